"""The source pane: an article whole, with the spans that the answer rests on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

import gradio as gr

from rag.errors import FootnoteError
from ui.web.render.html import Html, el, join, listed, web_address
from vectorstore.records import Article

if TYPE_CHECKING:
    from rag import Chatbot


class Span(NamedTuple):
    """The characters `[start, end)` of an article that the footnote `number` cites."""

    number: int
    article: str
    start: int
    end: int
    title: str = ""


def source_html(article: Article, spans: Sequence[Span], current: int, version: str) -> Html:
    """The article with all `spans` marked, and the one numbered `current` marked as such.

    `spans` are those of the whole answer; the ones of other articles become links to them.
    """
    here = [span for span in spans if span.article == article.id]
    return el(
        "section",
        _head(article, spans, current),
        el("div", _paragraphs(article.text, here, current), class_="text"),
        class_="source",
        aria_label=f"Source: {article.title}",
        data_article=article.id,
        data_version=version,
    )


def empty_html() -> Html:
    """What the pane says before there is anything to show."""
    return el(
        "section",
        el("h2", "Sources"),
        el(
            "p",
            "Press a footnote in an answer to read the passage in its article. "
            "The keys n and p step through footnotes, / leads back to the question.",
        ),
        class_="source empty",
    )


def _head(article: Article, spans: Sequence[Span], current: int) -> Html:
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


def _steps(spans: Sequence[Span], current: int) -> Html:
    numbered = [span for span in spans if span.number]
    return el("nav", *(_step(span, current) for span in numbered), aria_label="Footnotes")


def _step(span: Span, current: int) -> Html:
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


def _close() -> Html:
    return el("button", "Close", type="button", class_="close")


def _paragraphs(text: str, spans: Sequence[Span], current: int) -> Iterator[Html]:
    start = 0
    for line in text.splitlines(keepends=True):
        if line.strip():
            pieces = _pieces(text, start, start + len(line.rstrip()), spans, current)
            yield el("p", pieces, dir="auto")
        start += len(line)


def _pieces(text: str, start: int, end: int, spans: Sequence[Span], current: int) -> Iterator[Html]:
    inside = [span for span in spans if span.start < end and span.end > start]
    edges = {start, end, *(min(max(edge, start), end) for s in inside for edge in s[2:4])}
    for left, right in pairwise(sorted(edges)):
        numbers = [s.number for s in inside if s.start <= left and right <= s.end]
        yield _mark(text[left:right], numbers, current) if numbers else join(text[left:right])


def _mark(text: str, numbers: Iterable[int], current: int) -> Html:
    numbers = sorted(set(numbers))
    return el(
        "mark",
        text,
        class_="current" if current in numbers else None,
        data_numbers=" ".join(map(str, numbers)),
    )


def source_pane(bot: "Chatbot", transcripts: Iterable[gr.HTML]) -> gr.HTML:
    """The pane, opened by the `open` events of the transcripts."""
    pane = gr.HTML(
        empty_html(),
        elem_id="source",
        apply_default_css=False,
        js_on_load="footnote.source(element, trigger, watch, 'open')",
    )

    asked = gr.JSON(visible="hidden")

    def show(asked: dict[str, Any]) -> Html:
        return opened(bot, asked)

    for opener in (*transcripts, pane):
        opener.open(
            show,
            asked,
            pane,
            js="() => [footnote.pressed.span]",
            show_progress="hidden",
            queue=False,
            trigger_mode="always_last",  # Gradio drops what is pressed while it fetches, else.
            api_visibility="private",
        )
    return pane


def opened(bot: "Chatbot", asked: Mapping[str, Any]) -> Html:
    """The pane for what was pressed: `article`, the answer's `spans`, and the `current` number."""
    version = uuid4().hex
    try:
        article = bot.article(str(asked["article"]))
    except FootnoteError as error:
        return el("section", el("p", str(error), role="alert"), class_="source empty")
    spans = [Span(**span) for span in asked["spans"]]
    return source_html(article, spans, int(asked["current"]), version)
