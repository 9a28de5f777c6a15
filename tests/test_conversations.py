"""What the page does without a browser: conversations, credentials, feedback, lists."""

from pathlib import Path

import pytest

from rag import Answer, Article, Chatbot, Citation, Settings, Statement
from rag.answers import Delta, Retrieved
from rag.errors import SettingsError
from ui.api.hosts import is_exposed
from ui.web.app import launch
from ui.web.auth import Users
from ui.web.conversations import acted
from ui.web.feedback import beside, candidate
from ui.web.kept import KeptConversations, page_turn
from ui.web.render.article_list import found
from ui.web.render.transcript import turn_html
from ui.web.render.welcome import welcome_html
from ui.web.streaming import answering
from vectorstore.catalog import ArticleSummary

KEPT: KeptConversations = {
    "current": "b",
    "talks": [{"id": "b", "title": "B", "turns": ["2"]}, {"id": "a", "title": "A", "turns": ["1"]}],
}


def test_a_conversation_is_chosen() -> None:
    assert acted(KEPT, {"act": "choose", "conversation": "a"}) == {**KEPT, "current": "a"}


def test_a_new_conversation_leaves_the_others() -> None:
    assert acted(KEPT, {"act": "new"}) == {**KEPT, "current": None}


def test_a_conversation_is_renamed_on_one_line() -> None:
    after = acted(KEPT, {"act": "rename", "conversation": "a", "title": " Old\n bridges "})
    assert [kept["title"] for kept in after["talks"]] == ["B", "Old bridges"]


def test_deleting_the_conversation_shown_leaves_an_empty_page() -> None:
    assert acted(KEPT, {"act": "delete", "conversation": "b"}) == {
        "current": None,
        "talks": KEPT["talks"][1:],
    }


def test_an_action_that_is_none_changes_nothing() -> None:
    assert acted(KEPT, {"act": "explode", "conversation": "a"}) == KEPT


def test_a_password_keeps_its_colons() -> None:
    assert Users.load("ann:a:b").know("ann", "a:b")


def test_users_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "users"
    file.write_text("ann:one\n\nbob:two\n")
    users = Users.load(str(file))
    assert [users.know("ann", "one"), users.know("bob", "two"), users.know("bob", "one")] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("auth", ["ann", "ann:", ":secret", ""])
def test_users_that_are_none_are_refused(auth: str) -> None:
    with pytest.raises(SettingsError, match="--auth"):
        Users.load(auth)


@pytest.mark.parametrize(
    ("host", "exposed"),
    [("127.0.0.1", False), ("localhost", False), ("::1", False), ("0.0.0.0", True), ("me", True)],
)
def test_a_host_beyond_this_machine_is_exposed(host: str, *, exposed: bool) -> None:
    assert is_exposed(host) is exposed


def test_mcp_says_what_to_install(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.web.app.version", lambda name: "2.3.0")
    with pytest.raises(
        SettingsError, match=r"here is 2\.3\.0\. Install it with: pip install 'mcp<2'"
    ):
        launch(Chatbot(settings), mcp=True)


def test_what_the_page_keeps_lies_beside_the_store() -> None:
    assert beside("a/.store", "feedback.jsonl") == Path("a/.store-feedback.jsonl").absolute()


def test_feedback_is_a_candidate_for_a_gold_case() -> None:
    article = Article("a", "Title", "It is so.")
    said = Statement("It is so.", (Citation.of(1, article, 0, 9),), "quoted")
    answer = Answer("Is it?", said.marked, (said,))
    case = candidate(page_turn("t", answer, (1, 1)), "good", "")
    assert {name: case[name] for name in ("question", "answers", "answerable", "evidence")} == {
        "question": "Is it?",
        "answers": ["It is so."],
        "answerable": True,
        "evidence": [{"article_id": "a", "quote": "It is so."}],
    }


def summary(name: str, day: str | None, passages: int) -> ArticleSummary:
    return ArticleSummary(name, name, "S", None, None, day, passages, 10, "d")


def test_articles_are_found_by_every_word_and_sorted() -> None:
    shelf = [
        summary("b x", "2024-01-01", 3),
        summary("a x", None, 5),
        summary("c", "2025-01-01", 1),
    ]
    names = {
        order: [a.id for a in found(shelf, "X s", order)] for order in ("Title", "Newest first")
    }
    assert names == {"Title": ["a x", "b x"], "Newest first": ["b x", "a x"]}


def test_the_first_screen_says_what_there_is() -> None:
    articles = [summary("Old <b>", "2024-01-01", 3), summary("New", "2025-01-01T09:00", 1)]
    said = welcome_html(articles).replace("<bdi>", "").replace("</bdi>", "")
    assert "<h2>Ask 2 articles</h2>" in said
    assert ">S · 2024-01-01 to 2025-01-01</p>" in said
    assert said.index(">New · 2025-01-01<") < said.index(">Old &lt;b&gt; · 2024-01-01<")


class Broken(Chatbot):
    """A chatbot that fails in the middle of an answer."""

    def stream(self, question: str, **options: object):  # type: ignore[no-untyped-def]
        yield Retrieved((), question)
        yield Delta("The be")
        raise ZeroDivisionError("by design")


def test_a_failure_becomes_a_sentence(settings: Settings) -> None:
    *_, last = answering(Broken(settings), "Why?")
    assert 'class="turn failed"' in last.html
    assert "ZeroDivisionError" in last.html
    assert "by design" not in last.html


def test_a_mistake_in_a_date_becomes_a_sentence(bot: Chatbot) -> None:
    *_, last = answering(bot, "Why?", as_of="soon")
    assert "as_of is 'soon'" in last.html.unescape()


def test_a_follow_up_shows_the_question_it_became() -> None:
    answer = Answer("And he?", "", refused=True, standalone="And Putin?")
    assert "Searched as: <span" in turn_html(page_turn("t", answer, (1, 1)))


def test_an_unsupported_statement_says_why() -> None:
    said = Statement("It cost 7.", (), "unsupported", "7 is in no cited sentence.")
    shown = turn_html(page_turn("t", Answer("?", said.marked, (said,)), (1, 1)))
    assert "Not supported: 7 is in no cited sentence." in shown
