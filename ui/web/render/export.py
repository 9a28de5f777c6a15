"""Conversations to take away, as Markdown or as a page of HTML, with footnotes."""

import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from markupsafe import Markup

from ui.web.kept import PageTurn
from ui.web.render.documents import Document, about, apart, byline, doubt, notes
from ui.web.render.html import el, join, listed, web_address
from ui.web.render.links import article_path

_MARKUP = re.compile(r"[\\`*_\[\]<>#&|~]")
_IN_ADDRESSES = "%/:?#[]@!$&'()*+,;=~"
_DIFFER = "The articles differ:"
_HEAD = Markup("""<!doctype html>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<style>
  body { max-width: 42rem; margin: 3rem auto; padding: 0 1rem; font: 1.05rem/1.6 Georgia, serif; }
  h1, h2 { line-height: 1.3; }
  h2 { margin-top: 3rem; }
  table { width: 100%; margin: 1rem 0; border-collapse: collapse; table-layout: fixed; }
  caption { text-align: start; font-weight: bold; }
  th, td { padding: 0.5rem 1rem 0.5rem 0; text-align: start; vertical-align: top; }
  th, dl, small { font: 0.85rem/1.5 system-ui, sans-serif; }
  tr { border-top: 1px solid; }
  dt { float: left; }
  dd { margin: 0 0 0.75rem 2rem; }
</style>
""")


def turn_text(turn: PageTurn) -> str:
    """The question, the answer with its markers, and the sources it rests on, as plain text."""
    answer = turn["answer"]
    said = answer["text"] or answer["reason"] or ""
    parts = [answer["question"], said, *answer["notes"], sources_text(turn)]
    return "\n\n".join(filter(None, parts))


def sources_text(turn: PageTurn) -> str:
    """The sources alone: a line for each footnote, with the words it cites."""
    cited = turn["answer"]["citations"]
    return "\n".join(f"[{c['number']}] {byline(c)}: “{c['quote']}”{_url(c)}" for c in cited)


def turn_markdown(turn: PageTurn) -> str:
    """The same with Markdown's own footnotes."""
    return _turn_markdown(1, turn) + "\n"


def conversation_markdown(title: str, turns: Iterable[PageTurn]) -> str:
    """A conversation with Markdown's own footnotes."""
    parts = (_turn_markdown(number, turn) for number, turn in enumerate(turns, 1))
    return "\n\n".join([f"# {_plain(title)}", *parts]) + "\n"


def _turn_markdown(number: int, turn: PageTurn) -> str:
    answer = turn["answer"]
    sides, others = apart(answer)
    said = [
        *_sides_markdown(number, sides, answer["citations"]),
        *(_statement_markdown(number, statement) for statement in others),
    ]
    cited = [
        f"[^{number}-{c['number']}]: {_plain(byline(c))}: “{_plain(c['quote'])}”{_url(c)}"
        for c in answer["citations"]
    ]
    heading = f"## {_plain(answer['question'])}"
    told = said or [_plain(answer["reason"] or "")]
    return "\n\n".join([heading, *told, *map(_plain, notes(answer)), *cited])


def _sides_markdown(
    number: int, sides: Sequence[Document], citations: Sequence[Document]
) -> list[str]:
    """A column for each of the statements that differ."""
    if not sides:
        return []
    rows = (
        [_plain(byline(_cited(side, citations))) for side in sides],
        ["---"] * len(sides),
        [_statement_markdown(number, side) for side in sides],
    )
    return [_DIFFER, "\n".join(f"| {' | '.join(row)} |" for row in rows)]


def _statement_markdown(number: int, statement: Document) -> str:
    marks = "".join(f"[^{number}-{n}]" for n in statement["citations"])
    said = doubt(statement)
    return _plain(statement["text"]) + marks + (f" *({_plain(said)})*" if said else "")


def _cited(statement: Document, citations: Sequence[Document]) -> Document:
    return next(c for c in citations if c["number"] in statement["citations"])


def _plain(text: str) -> str:
    """Text on one line that Markdown shows as it is."""
    return _MARKUP.sub(r"\\\g<0>", " ".join(text.split()))


def conversation_html(title: str, turns: Iterable[PageTurn], *, shared: bool = False) -> str:
    """A conversation as a page that needs nothing but itself; `shared`, it leads to the articles.

    Then it is to be had from the page's own server.
    """
    sections = (_turn_html(number, turn, shared=shared) for number, turn in enumerate(turns, 1))
    body = el("body", el("h1", title, dir="auto"), sections)
    return _HEAD + join(el("title", title), body) + "\n"


def _turn_html(number: int, turn: PageTurn, *, shared: bool) -> Markup:
    answer = turn["answer"]
    sides, others = apart(answer)
    said = [el("p", _statement_html(number, statement), dir="auto") for statement in others]
    return el(
        "section",
        el("h2", answer["question"], dir="auto"),
        _sides_html(number, sides, answer["citations"]) if sides else None,
        said if sides or said else el("p", answer["reason"], dir="auto"),
        (el("p", note, dir="auto") for note in notes(answer)),
        el("dl", (_footnote(number, cited, shared=shared) for cited in answer["citations"])),
    )


def _sides_html(number: int, sides: Sequence[Document], citations: Sequence[Document]) -> Markup:
    return el(
        "table",
        el("caption", _DIFFER),
        el("tr", (el("th", listed(*about(_cited(side, citations))), dir="auto") for side in sides)),
        el("tr", (el("td", _statement_html(number, side), dir="auto") for side in sides)),
    )


def _statement_html(number: int, statement: Document) -> Markup:
    said = doubt(statement)
    marks = (_reference(number, n) for n in statement["citations"])
    return join(statement["text"], marks, join(" ", el("small", f"({said})")) if said else None)


def _reference(turn: int, number: int) -> Markup:
    return el("sup", el("a", f"[{number}]", href=f"#note-{turn}-{number}"))


def _footnote(turn: int, citation: Document, *, shared: bool) -> Markup:
    article, number = citation["article"], citation["number"]
    url = web_address(article["url"])
    source = el("a" if url else "span", listed(*about(citation)), href=url, dir="auto")
    place = article_path(article["id"], citation["start"], citation["end"])
    inside = join(" · ", el("a", "In its article", href=f"../{place}")) if shared else None
    return join(
        el("dt", f"[{number}]", id=f"note-{turn}-{number}"),
        el("dd", el("q", citation["quote"], dir="auto"), el("br"), source, inside),
    )


def _url(citation: Document) -> str:
    url = web_address(citation["article"]["url"])
    return f" <{quote(url, safe=_IN_ADDRESSES)}>" if url else ""
