"""What an article said before it was changed: kept, shown, and never an answer."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, expect
from typer.testing import CliRunner

from rag import Article, Chatbot, Edit, Settings
from rag.errors import ArticleMissing
from rag.text.revisions import edits
from tests.browser import needs_chromium
from tests.store_tools import BEES, RIVER, entry, found, open_store
from tests.test_page import free_port
from ui.cli.app import app
from ui.cli.articles import show_history
from ui.web.app import launch
from ui.web.kept import page_turn, with_changes
from ui.web.render.article import Span
from ui.web.render.transcript import transcript
from ui.web.sources import opened
from vectorstore.chroma import ChromaPassages
from vectorstore.history import KEPT, text_digest
from vectorstore.server import connect, disconnect
from vectorstore.store import ArticleStore

FELL = replace(RIVER, text="The river fell on Tuesday. The bridge was closed at noon.")
GONE = replace(RIVER, text="The river is gone.")
DAM = Article(
    "dam",
    "The dam at Ost",
    "The dam at Ost holds 40 million litres. It was built in 1931.\n\nIts keeper is Ida Brandt.",
    published_at="2024-05-01",
)
CORRECTED = replace(DAM, text=DAM.text.replace("40", "55").replace("1931", "1931 by hand"))
QUESTION = "How much does the dam at Ost hold?"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ArticleStore]:
    with open_store(tmp_path / "store") as store:
        store.put([entry(RIVER), entry(BEES)])
        yield store


@pytest.fixture
def dam(tmp_path: Path) -> Iterator[Chatbot]:
    """A chatbot that has read an article and its correction."""
    with Chatbot.open(tmp_path / "dam", Settings()) as bot:
        bot.add(DAM)
        bot.add(CORRECTED)
        yield bot


def versions(store: ArticleStore, id: str = "river") -> list[Article]:
    return [version.article for version in store.history(id)]


def records(folder: Path) -> int:
    """How many records of history Chroma has, in a store that is closed."""
    client = connect(folder / "chroma", None)
    count = client.get_collection("footnote-history", embedding_function=None).count()
    disconnect(client)
    return int(count)


# What is kept


def test_what_a_text_said_is_kept_latest_first(store: ArticleStore) -> None:
    for article in (FELL, GONE):
        store.put([entry(article)])
    assert versions(store) == [FELL, RIVER]
    assert versions(store, "bees") == versions(store, "unknown") == []
    assert [summary.id for summary in store.changed()] == ["river"]


def test_a_new_title_or_the_same_text_makes_no_version(store: ArticleStore) -> None:
    store.put([entry(replace(RIVER, title="Flood"), 30)])
    store.put([entry(replace(RIVER, title="Flood"))], version="2")
    assert (versions(store), store.changed()) == ([], [])


def test_a_version_keeps_the_title_it_had(store: ArticleStore) -> None:
    store.put([entry(FELL)])
    store.put([entry(replace(FELL, title="Flood"))])
    assert versions(store) == [RIVER]


def test_a_text_that_comes_back_is_kept_in_its_place(store: ArticleStore) -> None:
    for article in (FELL, RIVER, FELL):
        store.put([entry(article)])
    assert versions(store) == [RIVER, FELL, RIVER]


def test_a_long_version_comes_back_whole(store: ArticleStore) -> None:
    long = replace(RIVER, text="The river rose. 水は引いた。" * 2000)
    store.put([entry(long, 1000)])
    store.put([entry(FELL)])
    assert versions(store) == [long, RIVER]


def test_the_oldest_versions_are_forgotten(tmp_path: Path) -> None:
    texts = [f"The river stands at {number} metres." for number in range(KEPT + 4)]
    with open_store(tmp_path / "store") as store:
        for text in texts:
            store.put([entry(replace(RIVER, text=text))])
        kept = [article.text for article in versions(store)]
    assert kept == texts[3:-1][::-1]
    assert records(tmp_path / "store") == KEPT


def test_history_goes_with_the_article(store: ArticleStore, tmp_path: Path) -> None:
    store.put([entry(FELL), entry(replace(BEES, text="Bees sleep."))])
    store.remove(["river"])
    store.put([entry(GONE)])
    assert (versions(store), versions(store, "bees")) == ([], [BEES])
    store.close()
    assert records(tmp_path / "store") == 1


def test_earlier_versions_are_not_searched(store: ArticleStore) -> None:
    store.put([entry(replace(RIVER, text="Nothing to see."))])
    assert found(store, "rose Monday bridge closed noon") <= {"river", "bees"}
    candidates = store.search(entry(RIVER)[2][0], "rose Monday bridge", limit=99)
    assert {c.passage.text for c in candidates if c.passage.article_id == "river"} == {
        "Nothing to see."
    }


def test_history_needs_no_index(store: ArticleStore, tmp_path: Path) -> None:
    store.put([entry(FELL)])
    store.close()
    shutil.rmtree(tmp_path / "store" / "index")
    with open_store(tmp_path / "store") as again:
        assert versions(again) == [RIVER]


def test_who_borrows_the_store_sees_the_history(store: ArticleStore, tmp_path: Path) -> None:
    with open_store(tmp_path / "store") as borrowed:
        assert type(borrowed) is not type(store)
        borrowed.put([entry(FELL)])
        assert versions(borrowed) == versions(store) == [RIVER]


@pytest.mark.parametrize("written", [False, True], ids=["before", "after"])
def test_a_change_broken_off_can_be_made_again(
    written: bool, store: ArticleStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = ChromaPassages.put

    def broken(self: ChromaPassages, *values: object) -> None:
        if written:
            put(self, *values)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ChromaPassages, "put", broken)
        with pytest.raises(KeyboardInterrupt):
            store.put([entry(FELL)])
    assert versions(store) == ([RIVER] if written else [])
    store.put([entry(FELL)])
    assert (store.get("river"), versions(store)) == (FELL, [RIVER])
    store.close()
    assert records(tmp_path / "store") == 1


# What has changed


def test_edits_are_sentences_in_reading_order() -> None:
    before = "One stays. Two goes.\n\nThree stays. Four  is wrapped."
    after = "One stays.\n\nThree stays. Four is wrapped. Five comes. Six comes."
    assert edits(before, after) == (Edit("Two goes.", ""), Edit("", "Five comes. Six comes."))


@given(st.lists(st.sampled_from("ABCDE")), st.lists(st.sampled_from("ABCDE")))
def test_edits_lead_from_one_text_to_the_other(before: list[str], after: list[str]) -> None:
    old, new = (" ".join(f"{name}x is here." for name in names) for names in (before, after))
    made = edits(old, new)
    counts = [
        old.count(f"{name}x")
        + sum(e.added.count(f"{name}x") - e.removed.count(f"{name}x") for e in made)
        for name in "ABCDE"
    ]
    assert counts == [new.count(f"{name}x") for name in "ABCDE"]
    assert (made == ()) == (before == after)


def test_a_chatbot_tells_what_was_removed_and_added(dam: Chatbot) -> None:
    (revision,) = dam.history("dam")
    assert (revision.before, revision.after) == (DAM, CORRECTED)
    assert revision.edits == (
        Edit(
            "The dam at Ost holds 40 million litres. It was built in 1931.",
            "The dam at Ost holds 55 million litres. It was built in 1931 by hand.",
        ),
    )
    with pytest.raises(ArticleMissing, match="'unknown'"):
        dam.history("unknown")


def test_an_earlier_version_answers_nothing(dam: Chatbot) -> None:
    answer = dam.ask(QUESTION)
    assert "55 million" in answer.text
    assert "40 million" not in "".join(hit.passage.text for hit in answer.hits) + answer.text
    assert answer.differing == ()


def test_the_terminal_tells_the_history(dam: Chatbot, capsys: pytest.CaptureFixture[str]) -> None:
    show_history("dam", dam.history("dam"), as_json=False)
    day = str(dam.articles()[0].changed_at)[:10]
    assert capsys.readouterr().out == (
        f"Changed on {day}\n"
        "  - The dam at Ost holds 40 million litres. It was built in 1931.\n"
        "  + The dam at Ost holds 55 million litres. It was built in 1931 by hand.\n"
    )


def test_the_history_as_json_has_the_texts(
    dam: Chatbot, capsys: pytest.CaptureFixture[str]
) -> None:
    show_history("dam", dam.history("dam"), as_json=True)
    (change,) = json.loads(capsys.readouterr().out)["changes"]
    assert change["before"]["text"] == DAM.text


def test_the_command_line_lists_what_has_changed(dam: Chatbot, tmp_path: Path) -> None:
    def said(*words: str) -> str:
        return CliRunner().invoke(app, [*words, "--store", str(tmp_path / "dam")]).stdout

    dam.add(replace(DAM, id="other"))
    listed = json.loads(said("articles", "--changed", "--json"))
    assert [(one["id"], one["changed_at"]) for one in listed] == [
        ("dam", dam.articles()[0].changed_at)
    ]
    for words, ids in ({"dam": ["dam"], "bridge": []}).items():
        listed = json.loads(said("articles", words, "--changed", "--order", "oldest", "--json"))
        assert [one["id"] for one in listed] == ids
    assert "+ The dam at Ost holds 55 million litres." in said("history", "dam")
    assert said("history", "other") == "other has not changed since it was added.\n"


# On the page


def test_a_kept_answer_says_that_its_article_has_changed(dam: Chatbot) -> None:
    now = page_turn("now", dam.ask(QUESTION), (1, 1))
    dam.add(DAM)
    then = page_turn("then", dam.ask(QUESTION), (1, 1))
    told = str(transcript(with_changes([now, then], dam.changed())))
    day = str(dam.changed()[0].changed_at)[:10]
    assert told.count(f">“The dam at Ost” has changed since, on {day}.</p>") == 2


def test_no_link_leads_into_a_text_of_before(dam: Chatbot) -> None:
    turn = page_turn("then", dam.ask(QUESTION), (1, 1))
    spans = [Span.of(citation) for citation in turn["answer"]["citations"]]
    into = f"article/dam#{spans[0].start}-"

    def linked() -> tuple[bool, bool]:
        told = str(transcript(with_changes([turn], dam.changed())))
        return into in told, into in opened(dam, "dam", spans, 1)

    assert linked() == (True, True)
    dam.add(DAM)
    assert linked() == (False, False)


def test_an_answer_of_today_says_nothing_of_changes(dam: Chatbot) -> None:
    turn = page_turn("now", dam.ask(QUESTION), (1, 1))
    assert "has changed" not in transcript(with_changes([turn], dam.changed()))


def test_a_text_that_is_not_kept_is_not_marked(dam: Chatbot) -> None:
    shown = opened(dam, "dam", [Span(1, "dam", 0, 5, "The dam", "0" * 16)], 1)
    assert ("<mark" in shown, "the text of then is not kept" in shown) == (False, True)


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[tuple[Chatbot, Page]]:
    """The page over a chatbot that has read the article, but not its correction."""
    with Chatbot.open(tmp_path / "page", Settings()) as bot:
        bot.add(DAM)
        served = launch(bot, port=free_port())
        page = browser.new_page()
        page.goto(str(served.local_url))
        expect(page.locator("#welcome h2")).to_be_visible()
        yield bot, page
        page.close()
        served.close()


@needs_chromium
def test_a_conversation_from_before_shows_what_it_cited(page: tuple[Chatbot, Page]) -> None:
    bot, shown = page
    shown.locator("#question textarea").fill(QUESTION)
    shown.keyboard.press("Enter")
    expect(shown.locator(".turn.done")).to_have_count(1)
    bot.add(CORRECTED)
    shown.reload()
    expect(shown.locator("#past .note")).to_contain_text("has changed since, on")
    shown.locator("#past .marker").first.click()
    expect(shown.locator("#source .since")).to_contain_text("Here it is as it was then.")
    expect(shown.locator("#source mark")).to_contain_text("40 million litres")
    shown.locator("#source summary").click()
    expect(shown.locator("#source del")).to_contain_text("40 million litres")
    expect(shown.locator("#source ins")).to_contain_text("55 million litres")
    assert text_digest(DAM.text) == shown.locator("#past .marker").get_attribute("data-version")
