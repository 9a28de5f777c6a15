"""The articles pane: what there is to ask, adding to it, opening and removing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import gradio as gr
from markupsafe import Markup

from rag.errors import StoreMissing
from ui.web.adding import adding_parts, wire_adding
from ui.web.parts import LAST, QUIET, errors_shown, html_part
from ui.web.render.article import no_article_html
from ui.web.render.article_list import PAGE, article_list_html, more_html
from ui.web.render.html import el
from ui.web.sources import opened
from vectorstore.records import Order

if TYPE_CHECKING:
    from rag import Chatbot

_ORDERS: list[tuple[str, Order]] = [
    ("Newest first", "newest"),
    ("Oldest first", "oldest"),
    ("Title", "title"),
    ("Longest first", "longest"),
]
_NOTHING_OPEN = "Open an article to read it here."
_MOST_SHOWN = 20 * PAGE


class _Listing(NamedTuple):
    """The parts that find and list."""

    query: gr.Textbox
    order: gr.Dropdown
    articles: gr.HTML
    more: gr.HTML
    article: gr.HTML


def articles_pane(bot: "Chatbot", page: gr.Blocks, tab: gr.Tab) -> None:
    """Adding and the list on the left, the article that was opened on the right.

    The list is made anew whenever `tab` is chosen.
    """
    with gr.Row(elem_id="articles"):
        with gr.Column(elem_id="library"):
            adding = adding_parts()
            query, order, articles, more = _finding_parts()
        article = html_part("article", "footnote.article(element, watch)", _nothing_open())
    listing = _Listing(query, order, articles, more, article)
    added = wire_adding(bot, page, adding)
    _wire_list(bot, listing, (tab.select, *(event.then for event in added)))
    _wire_rows(bot, listing)


def _finding_parts() -> tuple[gr.Textbox, gr.Dropdown, gr.HTML, gr.HTML]:
    with gr.Row(elem_id="finding"):
        query = gr.Textbox("", label="Search", placeholder="Title, source or author", scale=3)
        order = gr.Dropdown(_ORDERS, value=_ORDERS[0][1], label="Order", scale=1)
    script = "footnote.articleList(element, trigger, watch, 'open', 'remove', 'more')"
    articles = html_part("article-list", script)
    return query, order, articles, html_part("article-more", "footnote.append(element, watch)")


def _wire_list(bot: "Chatbot", listing: _Listing, changes: Sequence[Any]) -> None:
    """The list: made anew by each of `changes`, sought through, and brought a page at a time."""

    def listed(query: str, order: Order) -> Markup:
        return _list_html(bot, query, order, PAGE)

    def more(query: str, order: Order, shown: int) -> Markup:
        return more_html(bot.articles(int(shown), PAGE, order=order, query=query))

    chosen = [listing.query, listing.order]
    for change in changes:
        # At once: in the queue it would come back after a search that was begun meanwhile.
        change(listed, chosen, listing.articles, **LAST)
    for change in (listing.query.change, listing.order.change):
        change(listed, chosen, listing.articles, **LAST)
    listing.articles.more(more, [*chosen, _shown()], listing.more, js=_SHOWN, **LAST)


def _wire_rows(bot: "Chatbot", listing: _Listing) -> None:
    """A row's article is opened, or removed."""

    def removed(query: str, order: Order, shown: int, event: gr.EventData) -> tuple[Markup, Markup]:
        with errors_shown():
            bot.remove(event._data["article"])
        return _list_html(bot, query, order, min(int(shown), _MOST_SHOWN)), _nothing_open()

    def open_article(article: str) -> Markup:
        return opened(bot, article)

    js = "() => [footnote.pressed.article]"
    listing.articles.open(open_article, _shown(), listing.article, js=js, **LAST)
    listing.articles.remove(
        removed,
        [listing.query, listing.order, _shown()],
        [listing.articles, listing.article],
        js=_SHOWN,
        trigger_mode="multiple",
        **QUIET,
    )


_SHOWN = "(query, order) => [query, order, footnote.shown()]"


def _shown() -> gr.JSON:
    """What only the browser knows, filled in by an event's script."""
    return gr.JSON(visible="hidden")


def _list_html(bot: "Chatbot", query: str, order: Order, limit: int) -> Markup:
    try:
        articles = bot.articles(limit=max(limit, PAGE), order=order, query=query)
        return article_list_html(articles, bot.count(query), bot.count())
    except StoreMissing:
        return article_list_html([], 0, 0)


def _nothing_open() -> Markup:
    return no_article_html(el("p", _NOTHING_OPEN))
