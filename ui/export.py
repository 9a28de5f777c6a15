"""Conversations to take away, as Markdown or as a page of HTML, with footnotes."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ui.html import Html, el, join, web_address
from ui.turns import Turn

Document = Mapping[str, Any]

_MARKUP = re.compile(r"[\\`*_\[\]<>#&|~]")


def turn_text(turn: Turn) -> str:
    """The question, the answer with its markers, and the sources it rests on, as plain text."""
    answer = turn["answer"]
    notes = [f"[{c['number']}] {about(c)}: “{c['quote']}”{_url(c)}" for c in answer["citations"]]
    said = answer["text"] or answer["reason"] or ""
    return "\n\n".join(filter(None, [answer["question"], said, "\n".join(notes)]))


def about(citation: Document) -> str:
    """The article's title, source and date on one line."""
    article = citation["article"]
    parts = [article["title"], article["source"], article["published_at"]]
    return " · ".join(filter(None, parts))


def talk_markdown(title: str, turns: Iterable[Turn]) -> str:
    """A conversation with Markdown's own footnotes."""
    parts = (_turn_markdown(number, turn) for number, turn in enumerate(turns, 1))
    return "\n\n".join([f"# {_plain(title)}", *parts]) + "\n"


def _turn_markdown(number: int, turn: Turn) -> str:
    answer = turn["answer"]
    said = [
        _plain(s["text"]) + "".join(f"[^{number}-{n}]" for n in s["citations"])
        for s in answer["statements"]
    ]
    notes = [
        f"[^{number}-{c['number']}]: {_plain(about(c))}: “{_plain(c['quote'])}”{_url(c)}"
        for c in answer["citations"]
    ]
    heading = f"## {_plain(answer['question'])}"
    return "\n\n".join([heading, *(said or [_plain(answer["reason"] or "")]), *notes])


def _plain(text: str) -> str:
    """Text on one line that Markdown shows as it is."""
    return _MARKUP.sub(r"\\\g<0>", " ".join(text.split()))


def talk_html(title: str, turns: Iterable[Turn]) -> str:
    """A conversation as a page that needs nothing but itself."""
    sections = (_turn_html(number, turn) for number, turn in enumerate(turns, 1))
    body = el("body", el("h1", title, dir="auto"), sections)
    return '<!doctype html>\n<meta charset="utf-8">\n' + join(el("title", title), body) + "\n"


def _turn_html(number: int, turn: Turn) -> Html:
    answer = turn["answer"]
    said = [
        el("p", s["text"], (_reference(number, n) for n in s["citations"]), dir="auto")
        for s in answer["statements"]
    ]
    return el(
        "section",
        el("h2", answer["question"], dir="auto"),
        said or el("p", answer["reason"], dir="auto"),
        el("dl", (_footnote(number, citation) for citation in answer["citations"])),
    )


def _reference(turn: int, number: int) -> Html:
    return el("sup", el("a", f"[{number}]", href=f"#note-{turn}-{number}"))


def _footnote(turn: int, citation: Document) -> Html:
    url = web_address(citation["article"]["url"])
    source = el("a", about(citation), href=url) if url else about(citation)
    number = citation["number"]
    return join(
        el("dt", f"[{number}]", id=f"note-{turn}-{number}"),
        el("dd", el("q", citation["quote"], dir="auto"), el("br"), source),
    )


def _url(citation: Document) -> str:
    url = web_address(citation["article"]["url"])
    return f" <{url}>" if url else ""
