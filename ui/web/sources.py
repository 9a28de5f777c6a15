"""The source pane: an article whole, with the spans that the answer rests on."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from rag.errors import FootnoteError
from ui.web.parts import LAST, html_part
from ui.web.render.article import Span, article_html, no_article_html
from ui.web.render.html import el

if TYPE_CHECKING:
    from rag import Chatbot

_HOW = (
    "Press a footnote in an answer to read the passage in its article. "
    "The keys n and p step through footnotes, / leads to the question."
)


def source_pane(bot: "Chatbot", openers: Iterable[gr.HTML], name: str = "source") -> gr.HTML:
    """The pane, opened by the `open` events of what has footnotes."""
    empty = no_article_html(el("h2", "Sources"), el("p", _HOW))
    pane = html_part(name, "footnote.source(element, trigger, watch, 'open')", empty)
    pressed = gr.JSON(visible="hidden")

    def show(pressed: dict[str, Any]) -> Markup:
        spans = [Span(**span) for span in pressed["spans"]]
        return opened(bot, str(pressed["article"]), spans, int(pressed["current"]))

    for opener in (*openers, pane):
        js = "() => [footnote.pressed.span]"
        opener.open(show, pressed, pane, js=js, **LAST)
    return pane


def opened(bot: "Chatbot", article_id: str, spans: Sequence[Span] = (), current: int = 0) -> Markup:
    """The article with an answer's spans, of which the one numbered `current` is shown first."""
    try:
        return article_html(bot.article(article_id), spans, current)
    except FootnoteError as error:
        return no_article_html(el("p", str(error), role="alert"))
