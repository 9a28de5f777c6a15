"""Turns as HTML: statements with markers, refusals, what was retrieved, what can be done."""

from collections.abc import Iterable

from rag import Usage
from ui.web.render.documents import Document, notes
from ui.web.render.export import turn_text
from ui.web.render.html import Html, el, join
from ui.web.render.statements import span_data, statements_html
from ui.web.turns import Turn, shorten


def transcript(turns: Iterable[Turn], version: str) -> Html:
    """All the turns of a conversation. `version` must differ between two renderings."""
    return el("div", *(turn_html(turn) for turn in turns), class_="turns", data_version=version)


def turn_html(turn: Turn) -> Html:
    """One question and as much of its answer as there is."""
    return el(
        "article",
        _question(turn["answer"]),
        el("div", _body(turn), class_="answer", aria_live="polite"),
        _foot(turn) if turn["state"] in {"done", "failed"} else None,
        class_=f"turn {turn['state']}",
        data_turn=turn["id"],
        data_question=turn["answer"]["question"],
        data_copy=turn_text(turn) if turn["state"] == "done" else None,
    )


def _question(answer: Document) -> Html:
    standalone = answer["standalone"]
    changed = standalone and standalone != answer["question"]
    return el(
        "header",
        el("h2", answer["question"], dir="auto"),
        el("p", "Searched as: ", el("span", standalone, dir="auto"), class_="standalone")
        if changed
        else None,
    )


def _body(turn: Turn) -> Html:
    answer = turn["answer"]
    if turn["error"]:
        return el("p", turn["error"], class_="error", role="alert")
    if turn["state"] == "searching":
        return el("p", "Searching the articles …", class_="waiting")
    if turn["state"] == "writing" and not (answer["statements"] or turn["draft"]):
        return el("p", f"Reading {counted(len(turn['hits']), 'passage')} …", class_="waiting")
    if answer["refused"]:
        return _refusal(turn)
    return join(
        statements_html(answer),
        el("p", turn["draft"], class_="statement draft", dir="auto") if turn["draft"] else None,
        (el("p", note, class_="note", dir="auto") for note in notes(answer)),
    )


def _refusal(turn: Turn) -> Html:
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


def _nearest(hit: Document) -> Html:
    return el("li", _passage(hit), el("span", hit["text"], dir="auto", class_="excerpt"))


def _passage(hit: Document) -> Html:
    return el(
        "button",
        shorten(hit["title"], 90),
        type="button",
        class_="passage",
        dir="auto",
        **span_data(hit["article"], hit["title"], hit["start"], hit["end"]),
    )


def _foot(turn: Turn) -> Html:
    if turn["error"]:
        return el("footer", el("div", _action("again", "Ask again"), class_="actions"))
    return el("footer", _searched(turn), _actions(), _why())


def _searched(turn: Turn) -> Html:
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


def _retrieved(hit: Document) -> Html:
    score = el("span", f"{hit['score']:.2f}", class_="score", title="Score")
    return el("li", score, _passage(hit), el("span", hit["text"], dir="auto", class_="excerpt"))


def counted(number: int, noun: str) -> str:
    """`1 passage`, `2,000 passages`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _actions() -> Html:
    return el(
        "div",
        _action("copy", "Copy"),
        _action("edit", "Edit"),
        _action("again", "Ask again"),
        _action("good", "Helpful", pressed=False),
        _action("bad", "Not helpful", pressed=False),
        class_="actions",
    )


def _action(name: str, label: str, *, pressed: bool | None = None) -> Html:
    return el(
        "button",
        label,
        type="button",
        class_="action",
        data_action=name,
        aria_pressed=None if pressed is None else str(pressed).lower(),
    )


def _why() -> Html:
    field = el("input", name="why", placeholder="Why?", aria_label="Why?", maxlength=500)
    return el("form", field, el("button", "Send", type="submit"), class_="why", hidden=True)
