"""An article as HTML, with the spans that an answer rests on."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, Self
from uuid import uuid4

from markupsafe import Markup

from rag import article_json
from ui.web.kept import shorten
from ui.web.render.citation_styles import STYLES
from ui.web.render.documents import Document
from ui.web.render.html import Child, el, join, listed, web_address
from ui.web.render.links import article_path
from vectorstore.records import PAGE_BREAK, Article

_AROUND = 100_000
"""How many characters of an article the pane shows before and after a span, at most."""


class Span(NamedTuple):
    """The characters `[start, end)` of an article that the footnote `number` cites; 0 is none.

    `version` is the digest of the text that they are of, where it is known.
    """

    number: int
    article: str
    start: int
    end: int
    title: str = ""
    version: str = ""

    @classmethod
    def of(cls, citation: Document) -> Self:
        """What a citation cites."""
        article, start, end = citation["article"], citation["start"], citation["end"]
        version = citation.get("version", "")
        return cls(citation["number"], article["id"], start, end, article["title"], version)

    def data(self) -> dict[str, Any]:
        """The attributes that say where a button leads."""
        told = self._replace(title=shorten(self.title, 120))
        return {f"data_{name}": value for name, value in told._asdict().items()}


def article_html(
    article: Article,
    spans: Sequence[Span] = (),
    current: int = 0,
    about: Child = None,
    *,
    alone: bool = False,
    former: bool = False,
) -> Markup:
    """The article with all `spans` marked, and the one numbered `current` marked as such.

    `about` stands between its head and its text.
    `spans` are those of the whole answer; the ones of other articles become links to them. No two
    are the same: the page takes no note of what it shows already. `alone` it has no buttons, and is
    whole; else of a very long one there is the part around the current span. Into a `former` text
    no link can lead.
    """
    here = [span for span in spans if span.article == article.id]
    shown = next((span for span in here if span.number == current), None)
    part = slice(0, len(article.text)) if alone else _part(article.text, shown)
    bar = None if alone else _bar(spans, current)
    along = None if alone else _taking_along(article, None if former else shown)
    return _section(
        article,
        el("header", bar, *_head(article), along, _partly(article, part)),
        about,
        el("div", _paragraphs(article.text, part, here, current), class_="text"),
    )


def _section(article: Article, *parts: Child) -> Markup:
    return el(
        "section",
        *parts,
        class_="source",
        aria_label=f"Source: {article.title}",
        tabindex=0,  # so that keys can scroll an article in which nothing else takes the focus
        data_article=article.id,
        data_version=uuid4().hex,
    )


def no_article_html(*said: Markup) -> Markup:
    """What stands in the place of an article that is not open."""
    return el("section", *said, class_="source empty", aria_label="Sources", tabindex=0)


def _head(article: Article) -> tuple[Markup, Markup]:
    about = [article.source, article.author, article.published_at]
    link = web_address(article.url)
    original = el("a", "Original", href=link, target="_blank", rel="noopener noreferrer")
    return (
        el("h2", article.title, dir="auto"),
        el("p", el("span", listed(*about)), original if link else None, class_="about", dir="auto"),
    )


def _taking_along(article: Article, shown: Span | None) -> Markup:
    """What can be copied: a link to the article or the span, and the article as a reference."""
    path = article_path(article.id, *(shown[2:4] if shown else ()))
    fields = article_json(article)
    return el(
        "p",
        el("a", "Link", href=path, target="_blank", data_link=True, title="Copy the link"),
        el("span", "Cite:"),
        (
            el("button", name, type="button", data_copy=style(fields), title=f"Copy as {name}")
            for name, style in STYLES.items()
        ),
        class_="taking-along",
    )


def _bar(spans: Sequence[Span], current: int) -> Markup:
    steps = (_step(span, current) for span in spans if span.number)
    close = el("button", "Close", type="button", class_="close")
    return el("div", el("nav", *steps, aria_label="Footnotes"), close, class_="bar")


def _step(span: Span, current: int) -> Markup:
    return el(
        "button",
        str(span.number),
        type="button",
        class_="step",
        title=span.title,
        aria_label=f"Footnote {span.number}: {span.title}",
        aria_current="true" if span.number == current else None,
        data_number=span.number,
    )


def _part(text: str, shown: Span | None) -> slice:
    """The characters to show: a book in the pane would take seconds and megabytes each time."""
    if len(text) <= 2 * _AROUND:
        return slice(0, len(text))
    middle = max(_AROUND, shown.start if shown else 0)
    return slice(middle - _AROUND, min(len(text), middle + _AROUND))


def _partly(article: Article, part: slice) -> Markup | None:
    if part == slice(0, len(article.text)):
        return None
    said = f"Characters {part.start:,} to {part.stop:,} of {len(article.text):,}. "
    whole = el("a", "Read it whole", href=article_path(article.id), target="_blank")
    return el("p", said, whole, class_="partly")


def _paragraphs(text: str, part: slice, spans: Sequence[Span], current: int) -> Iterator[Markup]:
    start = part.start
    page = text.count(PAGE_BREAK, 0, start) + 1
    if PAGE_BREAK in text:
        yield _page_number(page)
    for line in text[part].splitlines(keepends=True):
        if line.strip():
            pieces = _pieces(text, start, start + len(line.rstrip()), spans, current)
            yield el("p", pieces, dir="auto", data_start=start)
        start += len(line)
        if line.endswith(PAGE_BREAK):
            page += 1
            yield _page_number(page)


def _page_number(page: int) -> Markup:
    return el("p", f"p. {page}", class_="page-number", dir="ltr")


def _pieces(
    text: str, start: int, end: int, spans: Sequence[Span], current: int
) -> Iterator[Markup]:
    inside = [span for span in spans if span.start < end and span.end > start]
    edges = {start, end, *(min(max(edge, start), end) for s in inside for edge in s[2:4])}
    for left, right in pairwise(sorted(edges)):
        numbers = [s.number for s in inside if s.start <= left and right <= s.end]
        yield _mark(text[left:right], numbers, current) if numbers else join(text[left:right])


def _mark(text: str, numbers: Iterable[int], current: int) -> Markup:
    numbers = sorted(set(numbers))
    return el(
        "mark",
        text,
        class_="current" if current in numbers else None,
        data_numbers=" ".join(map(str, numbers)),
    )
