"""Turns as HTML: statements with markers, refusals, what was retrieved, what can be done."""

from collections.abc import Iterable, Iterator
from uuid import uuid4

from markupsafe import Markup

from rag import Answer, Statement, Usage, answer_json
from ui.web.kept import PageTurn
from ui.web.render.documents import Document, notes
from ui.web.render.export import sources_text, turn_markdown, turn_text
from ui.web.render.html import Child, el, join
from ui.web.render.passages import excerpt, passage_button
from ui.web.render.statements import statements_html
from ui.wording import counted


def transcript(turns: Iterable[PageTurn], unreadable: int = 0) -> Markup:
    """All the turns of a conversation, and how many more there are that cannot be shown.

    No two are the same, so that the page takes note of each.
    """
    said = f"{counted(unreadable, 'answer')} of another version of Footnote cannot be shown here."
    return el(
        "div",
        el("p", said, class_="unreadable") if unreadable else None,
        (turn_html(turn) for turn in turns),
        class_="turns",
        data_version=uuid4().hex,
    )


def turn_html(turn: PageTurn) -> Markup:
    """One question and its answer."""
    answer, question = turn["answer"], turn["answer"]["question"]
    said = [_refusal(turn)] if answer["refused"] else [statements_html(answer), *_notes(answer)]
    foot = el("footer", _searched(turn), _actions(), _why())
    parts = _head(question, answer["standalone"]), _answer(*said), foot
    copies = {
        "data_copy": turn_text(turn),
        "data_markdown": turn_markdown(turn),
        "data_sources": sources_text(turn),
    }
    return _turn(turn["id"], "done", question, *parts, **copies)


class LiveTurn:
    """A question while it is being answered. What has been made of its answer is not made again."""

    def __init__(self, question: str) -> None:
        self.id = uuid4().hex
        self._question = question
        self._state = "searching"
        self._head = _head(question, None)
        self._waiting = "Searching the articles …"
        self._said = Markup()

    def retrieved(self, passages: int, standalone: str) -> None:
        """So many passages were found for the question as searched."""
        self._state = "writing"
        self._head = _head(self._question, standalone)
        self._waiting = f"Reading {counted(passages, 'passage')} …"

    def said(self, statement: Statement) -> None:
        """A statement is finished."""
        self._said += statements_html(answer_json(Answer(self._question, "", (statement,))))

    def html(self, draft: str = "", *, checking: bool = False) -> Markup:
        """The turn as it stands, with a statement that is being written, or `checking`."""
        doubt = el("span", "Checking it against the articles …", class_="doubt")
        told = draft, doubt if checking else None
        writing = el("p", *told, class_="statement draft", dir="auto") if draft else None
        waiting = el("p", self._waiting, class_="waiting")
        body = _answer(join(self._said, writing) or waiting)
        return _turn(self.id, self._state, self._question, self._head, body)

    def failed(self, error: str) -> Markup:
        """The turn with a sentence in place of its answer."""
        body = _answer(el("p", error, class_="error", role="alert"))
        foot = el("footer", el("div", _action("again", "Ask again"), class_="actions"))
        return _turn(self.id, "failed", self._question, self._head, body, foot)


def _turn(name: str, state: str, question: str, *parts: Child, **copies: str) -> Markup:
    return el(
        "article",
        *parts,
        class_=f"turn {state}",
        data_turn=name,
        data_question=question,
        **copies,
    )


def _answer(*said: Child) -> Markup:
    return el("div", *said, class_="answer")


def _head(question: str, standalone: str | None) -> Markup:
    searched = el("p", "Searched as: ", el("span", standalone, dir="auto"), class_="standalone")
    changed = standalone and standalone != question
    return el("header", el("h2", question, dir="auto"), searched if changed else None)


def _notes(answer: Document) -> Iterator[Markup]:
    return (el("p", note, class_="note", dir="auto") for note in notes(answer))


def _refusal(turn: PageTurn) -> Markup:
    answer = turn["answer"]
    return join(
        el("p", answer["reason"] or "The articles do not say.", class_="refusal", dir="auto"),
        (el("p", note, class_="note", dir="auto") for note in answer["notes"]),
        el("p", "The nearest passages:", class_="aside") if turn["hits"] else None,
        el("ol", *(_nearest(hit) for hit in turn["hits"][:3]), class_="nearest")
        if turn["hits"]
        else None,
        el(
            "p",
            "It may help to name people and places in full, to ask for one thing at a time, "
            "to widen the dates and sources, or to add articles that cover it.",
            class_="aside",
        ),
    )


def _nearest(hit: Document) -> Markup:
    return el("li", passage_button(hit), excerpt(hit))


def _searched(turn: PageTurn) -> Markup:
    passages, articles = turn["searched"]
    elapsed = sum(turn["answer"]["elapsed_ms"].values())
    usage = turn["answer"].get("usage")  # older kept turns have none
    return el(
        "details",
        el(
            "summary",
            f"Searched {counted(passages, 'passage')} of {counted(articles, 'article')}"
            f" in {elapsed:,.0f} ms",
        ),
        el("p", str(Usage(**usage)), class_="aside") if usage else None,
        el("ol", *(_retrieved(hit) for hit in turn["hits"]), class_="hits"),
        class_="searched",
    )


def _retrieved(hit: Document) -> Markup:
    score = el("span", f"{hit['score']:.2f}", class_="score", title="Score")
    return el(
        "li", score, passage_button(hit), el("span", hit["text"], dir="auto", class_="excerpt")
    )


def _actions() -> Markup:
    return el(
        "div",
        _action("copy", "Copy"),
        _action("markdown", "Copy Markdown"),
        _action("edit", "Edit"),
        _action("again", "Ask again"),
        _action("good", "Helpful", pressed=False),
        _action("bad", "Not helpful", pressed=False),
        class_="actions",
    )


def _action(name: str, label: str, *, pressed: bool | None = None) -> Markup:
    return el(
        "button",
        label,
        type="button",
        class_="action",
        data_action=name,
        aria_pressed=None if pressed is None else str(pressed).lower(),
    )


def _why() -> Markup:
    field = el("input", name="why", placeholder="Why?", aria_label="Why?", maxlength=500)
    return el("form", field, el("button", "Send", type="submit"), class_="why", hidden=True)
