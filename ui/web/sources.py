"""The source pane: an article whole, with the spans that the answer rests on."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from rag import article_json
from rag.errors import FootnoteError
from ui.documents import also_in
from ui.web.parts import LAST, html_part
from ui.web.render.article import Span, article_html, no_article_html
from ui.web.render.html import el
from ui.web.render.revisions import revisions_html
from vectorstore.history import text_digest
from vectorstore.records import Article

if TYPE_CHECKING:
    from rag import Chatbot

_HOW = (
    "Press a footnote in an answer to read the passage in its article. "
    "The keys n and p step through footnotes, / leads to the question."
)
_SINCE = "This article has changed since it was cited. "
_AS_IT_WAS = "Here it is as it was then."
_FORGOTTEN = "Here it is as it is now: the text of then is not kept."


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
        return shown(bot, bot.article(article_id), spans, current)
    except FootnoteError as error:
        return no_article_html(el("p", str(error), role="alert"))


def shown(bot: "Chatbot", article: Article, spans: Sequence[Span], current: int) -> Markup:
    """An article that is in the store, with where it is as well and how it has changed.

    One that has changed since it was cited is shown as it was then, for as long as that is kept.
    Raises `ArticleMissing`.
    """
    revisions = bot.history(article.id)
    also = also_in(article_json(article), map(article_json, bot.copies(article.id)))
    cited = {span.version for span in spans if span.article == article.id and span.version}
    if not cited or text_digest(article.text) in cited:
        return article_html(article, spans, current, revisions_html(revisions, also))
    before = (one.before for one in revisions if text_digest(one.before.text) in cited)
    if (then := next(before, None)) is None:
        spans = [span for span in spans if span.article != article.id]
    about = revisions_html(revisions, also, _SINCE + (_AS_IT_WAS if then else _FORGOTTEN))
    return article_html(then or article, spans, current, about, former=then is not None)
