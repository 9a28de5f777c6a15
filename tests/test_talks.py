"""What the page does without a browser: conversations, credentials, feedback, examples, lists."""

from pathlib import Path

import pytest

from rag import Answer, Article, Chatbot, Citation, Settings, Statement
from rag.answers import Delta, Retrieved
from rag.errors import SettingsError
from ui.web.app import launch
from ui.web.auth import credentials, is_exposed
from ui.web.conversations import Talks, acted
from ui.web.examples import SHOWN, examples
from ui.web.feedback import beside, candidate
from ui.web.render.article_list import found
from ui.web.render.transcript import turn_html
from ui.web.rephrasing import questions_of
from ui.web.streaming import Asking, answering
from ui.web.turns import Collection, turn
from vectorstore.catalog import ArticleSummary

TALKS: Talks = {
    "current": "b",
    "talks": [{"id": "b", "title": "B", "turns": ["2"]}, {"id": "a", "title": "A", "turns": ["1"]}],
}


def test_a_conversation_is_chosen() -> None:
    assert acted(TALKS, {"act": "choose", "talk": "a"}) == {**TALKS, "current": "a"}


def test_a_new_conversation_leaves_the_others() -> None:
    assert acted(TALKS, {"act": "new"}) == {**TALKS, "current": None}


def test_a_conversation_is_renamed_on_one_line() -> None:
    after = acted(TALKS, {"act": "rename", "talk": "a", "title": " Old\n bridges "})
    assert [talk["title"] for talk in after["talks"]] == ["B", "Old bridges"]


def test_deleting_the_conversation_shown_leaves_an_empty_page() -> None:
    assert acted(TALKS, {"act": "delete", "talk": "b"}) == {
        "current": None,
        "talks": TALKS["talks"][1:],
    }


def test_an_action_that_is_none_changes_nothing() -> None:
    assert acted(TALKS, {"act": "explode", "talk": "a"}) == TALKS


def test_credentials_keep_the_colons_of_a_password() -> None:
    assert credentials("ann:a:b") == [("ann", "a:b")]


def test_credentials_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "users"
    file.write_text("ann:one\n\nbob:two\n")
    assert credentials(str(file)) == [("ann", "one"), ("bob", "two")]


@pytest.mark.parametrize("auth", ["ann", "ann:", ":secret", ""])
def test_credentials_that_are_none_are_refused(auth: str) -> None:
    with pytest.raises(SettingsError, match="--auth"):
        credentials(auth)


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
    case = candidate(turn("t", answer, Collection(1, 1)), "good", "")
    assert {name: case[name] for name in ("question", "answers", "answerable", "evidence")} == {
        "question": "Is it?",
        "answers": ["It is so."],
        "answerable": True,
        "evidence": [{"article_id": "a", "quote": "It is so."}],
    }


@pytest.mark.parametrize(
    ("sentence", "questions"),
    [
        ("The engineer Mara Lind led the work.", ["Who is Mara Lind?", "Who led the work?"]),
        ("Eleven wagons overturned and the line is closed.", ["How many wagons overturned?"]),
        ("The bridge was opened on 3 May 2024.", ["When was the bridge opened?"]),
        ("It was Mara Lind who asked for the meeting.", ["Who asked for the meeting?"]),
        ("Oslo has warned that it will act.", ["What has Oslo warned?"]),
        ("Mara Lind led it.", []),
        ("Leaders urged restraint.", []),
    ],
)
def test_a_sentence_becomes_what_it_answers(sentence: str, questions: list[str]) -> None:
    assert [question for _, question in questions_of(sentence)] == questions


def test_every_example_is_answered_with_a_citation(bot: Chatbot) -> None:
    answers = [bot.ask(question) for question in examples(bot)]
    assert len(answers) == SHOWN
    assert all(answer.citations for answer in answers)


def test_an_empty_store_has_no_examples(settings: Settings) -> None:
    with Chatbot.open(settings.store, settings) as bot:
        assert examples(bot) == []


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


class Broken(Chatbot):
    """A chatbot that fails in the middle of an answer."""

    def stream(self, question: str, **options: object):  # type: ignore[no-untyped-def]
        yield Retrieved((), question)
        yield Delta("The be")
        raise ZeroDivisionError("by design")


def test_a_failure_becomes_a_sentence(settings: Settings) -> None:
    *_, last = answering(Broken(settings), Asking("Why?"))
    assert last["state"] == "failed"
    assert "ZeroDivisionError" in str(last["error"])
    assert "by design" not in turn_html(last)


def test_a_mistake_in_a_date_becomes_a_sentence(bot: Chatbot) -> None:
    *_, last = answering(bot, Asking("Why?", as_of="soon"))
    assert "as_of is 'soon'" in turn_html(last).replace("&#x27;", "'")


def test_a_follow_up_shows_the_question_it_became() -> None:
    answer = Answer("And he?", "", refused=True, standalone="And Putin?")
    assert "Searched as: <span" in turn_html(turn("t", answer, Collection(1, 1)))


def test_an_unsupported_statement_says_why() -> None:
    said = Statement("It cost 7.", (), "unsupported", "7 is in no cited sentence.")
    shown = turn_html(turn("t", Answer("?", said.marked, (said,)), Collection(1, 1)))
    assert "Not supported: 7 is in no cited sentence." in shown
