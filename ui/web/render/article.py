"""An article as HTML, with the spans that an answer rests on."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, Self
from uuid import uuid4

from markupsafe import Markup

from ui.web.kept import shorten
from ui.web.render.documents import Document
from ui.web.render.html import Child, el, join, listed, web_address
from vectorstore.records import Article


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
    article: Article, spans: Sequence[Span] = (), current: int = 0, about: Child = None
) -> Markup:
    """The article with all `spans` marked, and the one numbered `current` marked as such.

    `about` stands between its head and its text.
    `spans` are those of the whole answer; the ones of other articles become links to them. No two
    are the same: the page takes no note of what it shows already.
    """
    here = [span for span in spans if span.article == article.id]
    return el(
        "section",
        _head(article, spans, current),
        about,
        el("div", _paragraphs(article.text, here, current), class_="text"),
        class_="source",
        aria_label=f"Source: {article.title}",
        tabindex=0,  # so that keys can scroll an article in which nothing else takes the focus
        data_article=article.id,
        data_version=uuid4().hex,
    )


def no_article_html(*said: Markup) -> Markup:
    """What stands in the place of an article that is not open."""
    return el("section", *said, class_="source empty")


def _head(article: Article, spans: Sequence[Span], current: int) -> Markup:
    about = [article.source, article.author, article.published_at]
    link = web_address(article.url)
    return el(
        "header",
        el("div", _steps(spans, current), _close(), class_="bar"),
        el("h2", article.title, dir="auto"),
        el(
            "p",
            el("span", listed(*about)),
            el("a", "Original", href=link, target="_blank", rel="noopener noreferrer")
            if link
            else None,
            class_="about",
            dir="auto",
        ),
    )


def _steps(spans: Sequence[Span], current: int) -> Markup:
    numbered = [span for span in spans if span.number]
    return el("nav", *(_step(span, current) for span in numbered), aria_label="Footnotes")


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


def _close() -> Markup:
    return el("button", "Close", type="button", class_="close")


def _paragraphs(text: str, spans: Sequence[Span], current: int) -> Iterator[Markup]:
    start = 0
    for line in text.splitlines(keepends=True):
        if line.strip():
            pieces = _pieces(text, start, start + len(line.rstrip()), spans, current)
            yield el("p", pieces, dir="auto")
        start += len(line)


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
