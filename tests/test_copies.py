"""Copies are found, grouped in whatever order they come, and take the space of one."""

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.copies import PAIRS, Pair, judge, precision_recall
from rag import Article, Chatbot, Settings, answer_json
from rag.retrieval.copies import without_copies
from tests.store_tools import entry, open_store
from ui.cli import terminal
from ui.web.kept import page_turn, readable
from ui.web.render.transcript import turn_html
from ui.web.sources import opened
from vectorstore import copies
from vectorstore.catalog import ArticleSummary, Catalog
from vectorstore.copies import ComparableText
from vectorstore.records import Candidate, Passage
from vectorstore.store import ArticleStore

SENTENCES = (
    "The dam above Ost burst on Tuesday night after three weeks of rain, the district said.",
    "Water reached the first houses of Lower Ost at ten minutes past eleven.",
    "Firefighters carried 214 people out of their beds, most of them from the home in Mill Street.",
    "Nobody is missing, said the district's governor, Ida Brandt, who had driven there at once.",
    "The dam was built in 1931 and holds 40 million litres when it is full.",
    "An inspector had asked for a new spillway in March, and the council had put the matter off.",
    "Engineers will look at the eastern wall as soon as the water has gone down.",
    "Trains between Ost and Brandau stand still until Friday at the least.",
    "The army has sent two bridges of steel and a kitchen that cooks for eight hundred.",
    "Schools in the valley are closed, and their halls are full of beds.",
)
REPORT = " ".join(SENTENCES)
OTHER_REPORT = (
    "Ost woke up to mud this morning. The wall that held the lake for ninety years is gone, and "
    "with it the lower mill, the bakery and eleven garages. Whoever walks along Mill Street today "
    "sees sofas in the trees. A neighbour, Karl Lund, says that he heard it first, like a train, "
    "and then his dog would not stop barking. Volunteers from Brandau came with shovels at six. "
    "The governor promised money by the end of the month, and people here say that they will wait "
    "and see."
)
FIRST = Article("first", "Dam bursts", REPORT, "Agency", published_at="2024-05-01")
LATER = Article("later", "Flood in Ost", REPORT, "Herald", published_at="2024-05-02")
CUT = Article("cut", "Ost under water", " ".join(SENTENCES[:5]), "Post", published_at="2024-05-03")
OTHER = Article("other", "Mud", OTHER_REPORT, "Courier", published_at="2024-05-02")
QUESTION = "How many people did firefighters carry out of their beds in Ost?"


@pytest.fixture(scope="module")
def dam(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chatbot]:
    """A chatbot that has read one report three times, and another one. Tests leave it as it is."""
    with Chatbot.open(tmp_path_factory.mktemp("dam") / "store", Settings()) as bot:
        bot.add([CUT, LATER, FIRST, OTHER])
        yield bot


def groups(store: ArticleStore) -> dict[str, str | None]:
    return {summary.id: summary.group for summary in store.articles()}


# What a copy is


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(" ".join(SENTENCES[:5]), id="cut"),
        pytest.param(" ".join(reversed(SENTENCES)), id="moved"),
        pytest.param(REPORT.upper(), id="in capitals"),
        pytest.param(REPORT.replace("Tuesday night", "Tuesday").replace("214", "216"), id="mended"),
        pytest.param(f"{REPORT} {OTHER_REPORT[:300]}", id="lengthened"),
    ],
)
def test_a_copy_is_known(text: str) -> None:
    assert ComparableText(REPORT).is_copy_of(ComparableText(text))
    assert not set(ComparableText(REPORT).bands).isdisjoint(ComparableText(text).bands)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(OTHER_REPORT, id="another report of the event"),
        pytest.param(" ".join(SENTENCES[:2]), id="two sentences of it"),
        pytest.param(f"{OTHER_REPORT} {' '.join(SENTENCES[4:6])}", id="another that repeats some"),
    ],
)
def test_what_is_no_copy_is_none(text: str) -> None:
    assert not ComparableText(REPORT).is_copy_of(ComparableText(text))


@settings(deadline=None, max_examples=50)
@given(st.text(), st.text())
def test_of_two_texts_each_is_a_copy_of_the_other(one: str, other: str) -> None:
    first, second = ComparableText(one), ComparableText(other)
    assert first.is_copy_of(second) == second.is_copy_of(first)


def test_scripts_without_spaces_are_compared() -> None:
    text = "".join(chr(0x4E00 + number * 7 % 900) for number in range(200))
    assert ComparableText(text).is_copy_of(ComparableText(text[:120]))


def test_the_thresholds_hold_on_pairs_they_were_not_chosen_on(shared: Path) -> None:
    lines = (shared / "bench/realtimeqa2022/corpus.jsonl").read_text(encoding="utf-8").splitlines()
    corpus = {article["id"]: article for article in map(json.loads, lines)}
    pairs = [Pair(**json.loads(line)) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    judged = judge([pair for pair in pairs if pair.half == "judge"], corpus)
    precision, recall = precision_recall(judged, copies.MOST_SHARED, copies.LEAST_SHARED)
    assert (precision >= 0.98, recall >= 0.95) == (True, True)


# Groups


@pytest.mark.parametrize("order", list(permutations([FIRST, LATER, CUT])))
def test_a_group_is_named_for_its_earliest_in_any_order(
    order: Sequence[Article], tmp_path: Path
) -> None:
    catalog = Catalog(tmp_path / "catalog.sqlite")
    with catalog.changing():
        for article in (OTHER, *order):
            add_to(catalog, article)
    assert named(catalog) == {"first": "first", "later": "first", "cut": "first", "other": None}
    catalog.close()


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.booleans()), max_size=24), st.randoms())
def test_groups_do_not_depend_on_what_came_before(
    steps: list[tuple[str, bool]], random: Random
) -> None:
    catalog, afresh = Catalog(Path(":memory:")), Catalog(Path(":memory:"))
    there = set[str]()
    with catalog.changing(), afresh.changing():
        for name, added in steps:
            catalog.remove(name)
            there.discard(name)
            if added:
                add_to(catalog, CHAIN[name])
                there.add(name)
        for name in random.sample(sorted(there), len(there)):
            add_to(afresh, CHAIN[name])
        assert named(catalog) == named(afresh)
    catalog.close()
    afresh.close()


def test_a_group_may_fall_apart(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path / "catalog.sqlite")
    with catalog.changing():
        for article in CHAIN.values():
            add_to(catalog, article)
        assert set(named(catalog).values()) == {"h"}
        catalog.remove("d")
    assert named(catalog) == {**dict.fromkeys("abc", "c"), **dict.fromkeys("efgh", "h")}
    catalog.close()


def chain() -> dict[str, Article]:
    """Articles each of which is a copy of its neighbours, and not of those further on."""
    words = [f"word{number}" for number in range(260)]
    sentences = [" ".join(words[at : at + 10]).capitalize() + "." for at in range(0, 260, 10)]
    return {
        name: Article(name, name, " ".join(sentences[2 * at : 2 * at + 12]), published_at=day)
        for at, name in enumerate("abcdefgh")
        for day in [f"2024-01-{28 - at:02}" if at % 3 else None]
    }


CHAIN = chain()


def add_to(catalog: Catalog, article: Article) -> None:
    passage = Passage(article.id, 0, 0, len(article.text), article.text)
    catalog.add(ArticleSummary.of(article, 1, ""), [passage], None)


def named(catalog: Catalog) -> dict[str, str | None]:
    return dict(catalog._db.execute("SELECT id, grouped FROM articles").fetchall())


def test_groups_are_made_again_with_the_index(tmp_path: Path) -> None:
    with open_store(tmp_path / "store") as store:
        store.put([entry(article, 200) for article in (CUT, OTHER, FIRST, LATER)])
        before = groups(store)
    shutil.rmtree(tmp_path / "store" / "index")
    with open_store(tmp_path / "store") as again:
        assert groups(again) == before
        assert set(before.values()) == {"first", None}


def test_an_article_that_is_rewritten_leaves_its_group(tmp_path: Path) -> None:
    with open_store(tmp_path / "store") as store:
        store.put([entry(FIRST, 200), entry(LATER, 200)])
        store.put([entry(replace(LATER, text=OTHER_REPORT), 200)])
        assert groups(store) == {"first": None, "later": None}


def test_removing_one_groups_the_rest_anew(tmp_path: Path) -> None:
    with open_store(tmp_path / "store") as store:
        store.put([entry(article, 200) for article in (FIRST, LATER, CUT)])
        store.remove(["first"])
        assert groups(store) == {"later": "later", "cut": "later"}
        store.remove(["cut"])
        assert groups(store) == {"later": None}


# Answers


def test_what_stands_for_a_copy_takes_its_place() -> None:
    copy, standing, other = (
        Candidate(Passage(article.id, 0, 0, len(text), text), 0.0, 0.0, None, group)
        for article, text, group in (
            (CUT, CUT.text, "first"),
            (FIRST, FIRST.text, "first"),
            (OTHER, OTHER.text, None),
        )
    )
    members = [ArticleSummary.of(article, 1, "") for article in (FIRST, CUT)]
    ranked = [(copy, 0.9), (other, 0.8), (standing, 0.1)]
    assert without_copies(ranked, {"first": members}) == [(standing, 0.9), (other, 0.8)]


def test_copies_take_the_space_of_one(dam: Chatbot) -> None:
    found = [(hit.article.id, [one.id for one in hit.also]) for hit in dam.retrieve(QUESTION)]
    assert {name: also for name, also in found if name != "other"} == {"first": ["later", "cut"]}
    assert len(found) == len({hit.passage.id for hit in dam.retrieve(QUESTION)})


def test_nothing_later_than_as_of_stands_for_a_group_or_is_named(dam: Chatbot) -> None:
    hits = dam.retrieve(QUESTION, as_of="2024-05-02")
    assert {(hit.article.id, *(one.id for one in hit.also)) for hit in hits} == {
        ("first", "later"),
        ("other",),
    }


def test_a_copy_is_found_where_it_alone_may_be(dam: Chatbot) -> None:
    (hit, *_) = dam.retrieve(QUESTION, filters={"source": "Post"})
    assert (hit.article.id, hit.also) == ("cut", ())


def test_what_only_a_copy_says_stays(tmp_path: Path) -> None:
    told = (
        " The bakery in Mill Street opens again in September, says its owner, Olga Haas, who has "
        "ordered a new oven from Brandau. She had lost the old one, two mixers, a van and nine "
        "hundred kilograms of flour to the water, and hopes to be paid for them by her insurer. "
        "Her shop was founded by a grandfather of hers and has been the last one in the street for "
        "eleven years. Until then she sells from a cart in front of the station every morning."
    )
    longer = replace(FIRST, text=f"{REPORT} {REPORT.replace('Ost', 'the town')}")
    copy = replace(LATER, text=REPORT + told)
    with Chatbot.open(tmp_path / "store", Settings()) as bot:
        bot.add([longer, copy])
        assert bot.articles()[0].group == "first"
        (hit, *_) = bot.retrieve("When does the bakery in Mill Street open again?")
        assert (hit.article.id, [one.id for one in hit.also]) == ("later", ["first"])


def test_an_answer_names_the_copies_of_what_it_cites(dam: Chatbot) -> None:
    (citation,) = answer_json(dam.ask(QUESTION))["citations"]
    also = [(one["id"], one["source"]) for one in citation["also"]]
    assert (citation["article"]["id"], also) == ("first", [("later", "Herald"), ("cut", "Post")])


def test_without_copies_nothing_is_said_of_them(bot: Chatbot) -> None:
    answer = answer_json(bot.ask("Who is Russia's finance minister?"))
    assert [part for part in (*answer["citations"], *answer["passages"]) if "also" in part] == []


def test_the_terminal_says_where_else_a_report_is(
    dam: Chatbot, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal.show_answer(dam.ask(QUESTION), as_json=False)
    assert (
        "[1] Dam bursts · Agency · 2024-05-01 · also in Herald, Post\n" in capsys.readouterr().out
    )


def test_the_page_says_where_else_a_report_is(dam: Chatbot) -> None:
    turn = page_turn("t", dam.ask(QUESTION), (4, 4))
    shown = turn_html(turn)
    assert readable([turn]) == [turn]
    assert "<bdi>also in Herald, Post</bdi></cite>" in shown


def test_an_open_article_says_where_else_it_is(dam: Chatbot) -> None:
    shown = [str(opened(dam, name)) for name in ("cut", "other")]
    assert ["Also in Agency, Herald</p>" in one for one in shown] == [True, False]


def test_the_group_of_an_article_is_told(dam: Chatbot) -> None:
    told = {article.id: article.group for article in dam.articles()}
    assert told == {"first": "first", "later": "first", "cut": "first", "other": None}
