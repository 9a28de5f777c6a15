"""Turns as HTML: statements with markers, refusals, what was retrieved, what can be done."""

from collections.abc import Iterable, Mapping
from typing import Any

from ui.export import about, turn_text
from ui.html import Html, el, join
from ui.turns import Turn, shorten

Document = Mapping[str, Any]


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


def marker(citation: Document) -> Html:
    """A footnote's number. Pointing at it shows the quote, pressing it opens the source."""
    article = citation["article"]
    return el(
        "button",
        str(citation["number"]),
        el(
            "span",
            el("q", shorten(citation["quote"], 300), dir="auto"),
            el("cite", shorten(about(citation), 120), dir="auto"),
            class_="quote",
            role="tooltip",
        ),
        type="button",
        class_="marker",
        aria_label=f"Footnote {citation['number']}: {shorten(article['title'], 80)}",
        data_number=citation["number"],
        **span_data(article["id"], article["title"], citation["start"], citation["end"]),
    )


def span_data(article: str, title: str, start: int, end: int) -> dict[str, Any]:
    """The attributes that say where a button leads."""
    return {
        "data_article": article,
        "data_title": shorten(title, 120),
        "data_start": start,
        "data_end": end,
    }


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
    cited = {citation["number"]: citation for citation in answer["citations"]}
    return join(
        (_statement(statement, cited, answer["short"]) for statement in answer["statements"]),
        el("p", turn["draft"], class_="statement draft", dir="auto") if turn["draft"] else None,
        (el("p", note, class_="note", dir="auto") for note in answer["notes"]),
    )


def _statement(statement: Document, cited: Mapping[int, Document], short: Any) -> Html:
    weak = statement["support"] == "unsupported"
    return el(
        "p",
        _emphasised(statement, short),
        el("span", *(marker(cited[n]) for n in statement["citations"]), class_="markers"),
        el("span", _doubt(statement), class_="doubt") if weak else None,
        class_=f"statement {statement['support']}",
        dir="auto",
    )


def _emphasised(statement: Document, short: Any) -> Html:
    text = statement["text"]
    if not short or short["number"] not in statement["citations"]:
        return join(text)
    before, found, after = text.partition(short["quote"])
    return join(before, el("strong", found), after) if found else join(text)


def _doubt(statement: Document) -> str:
    return f"Not supported: {statement.get('note') or 'the cited sentences do not say this.'}"


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
    return el(
        "details",
        el(
            "summary",
            f"Searched {counted(passages, 'passage')} of {counted(articles, 'article')}"
            f" in {elapsed:,.0f} ms",
        ),
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
