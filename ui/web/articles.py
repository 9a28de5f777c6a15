"""The articles pane: what there is to ask, adding to it, opening and removing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.events import Dependency
from markupsafe import Markup

from rag.ingestion.loaders.kinds import SUFFIXES
from ui.collection import stored
from ui.web.parts import LAST, QUIET, errors_shown, html_part
from ui.web.render.article import no_article_html
from ui.web.render.article_list import ORDERS, article_list_html, found
from ui.web.render.html import el
from ui.web.sources import opened
from ui.web.uploads import add_files, add_pasted

if TYPE_CHECKING:
    from rag import Chatbot

_PASTED = ("title", "source", "published_at", "url")
_NOTHING_OPEN = "Open an article to read it here."


@dataclass(frozen=True, slots=True)
class ArticlesPane:
    """The parts of the pane."""

    files: gr.File
    pasted: Sequence[gr.Textbox]
    add: gr.Button
    news: gr.HTML
    query: gr.Textbox
    order: gr.Dropdown
    articles: gr.HTML
    article: gr.HTML


def articles_pane(bot: "Chatbot", tab: gr.Tab) -> None:
    """Adding and the list on the left, the article that was opened on the right.

    The list is made anew whenever `tab` is chosen.
    """
    with gr.Row(elem_id="articles"):
        with gr.Column(elem_id="library"):
            files, pasted, add, news = _adding_parts()
            query, order, articles = _finding_parts()
        article = html_part("article", "footnote.article(element, watch)", _nothing_open())
    pane = ArticlesPane(files, pasted, add, news, query, order, articles, article)
    added = (_wire_dropping(bot, pane), _wire_pasting(bot, pane))
    changes = (tab.select, query.change, order.change, *(event.then for event in added))
    _wire_list(bot, pane, changes)


def _adding_parts() -> tuple[gr.File, list[gr.Textbox], gr.Button, gr.HTML]:
    files = gr.File(
        label="Add articles",
        file_count="multiple",
        file_types=sorted(SUFFIXES),
        height=130,
        elem_id="files",
    )
    with gr.Accordion("Or paste a text", open=False, elem_id="paste"):
        text = gr.Textbox(label="Text", lines=6, max_lines=14)
        with gr.Row():
            about = [
                gr.Textbox(label="Title"),
                gr.Textbox(label="Source"),
                gr.Textbox(label="Published", placeholder="e.g. 2025-08-14"),
                gr.Textbox(label="Address", placeholder="https://"),
            ]
        add = gr.Button("Add", variant="primary", elem_id="add")
    return files, [text, *about], add, html_part("news")


def _finding_parts() -> tuple[gr.Textbox, gr.Dropdown, gr.HTML]:
    with gr.Row(elem_id="finding"):
        query = gr.Textbox("", label="Search", placeholder="Title, source, author or date", scale=3)
        order = gr.Dropdown(list(ORDERS), value=next(iter(ORDERS)), label="Order", scale=1)
    script = "footnote.articleList(element, trigger, 'open', 'remove')"
    return query, order, html_part("article-list", script)


def _wire_list(bot: "Chatbot", pane: ArticlesPane, changes: Sequence[Any]) -> None:
    """The list, made anew by each of `changes`; its rows are opened and removed."""

    def listed(query: str, order: str) -> Markup:
        articles = stored(bot)
        return article_list_html(found(articles, query, order), len(articles))

    def removed(query: str, order: str, event: gr.EventData) -> tuple[Markup, Markup]:
        with errors_shown():
            bot.remove(event._data["article"])
        return listed(query, order), _nothing_open()

    def open_article(article: str) -> Markup:
        return opened(bot, article)

    chosen = [pane.query, pane.order]
    for change in changes:
        change(listed, chosen, pane.articles, **QUIET)
    pressed, js = gr.JSON(visible="hidden"), "() => [footnote.pressed.article]"
    pane.articles.open(open_article, pressed, pane.article, js=js, **LAST)
    shown = [pane.articles, pane.article]
    pane.articles.remove(removed, chosen, shown, trigger_mode="multiple", **QUIET)


def _wire_dropping(bot: "Chatbot", pane: ArticlesPane) -> Dependency:
    def dropped(paths: list[str] | None) -> Iterator[tuple[None, Markup]]:
        for news in add_files(bot, paths) if paths else ():
            yield None, news

    shown = [pane.files, pane.news]
    return pane.files.upload(
        dropped, pane.files, shown, trigger_mode="multiple", **_adding(pane.news)
    )


def _wire_pasting(bot: "Chatbot", pane: ArticlesPane) -> Dependency:
    def pasted(text: str, *about: str) -> Iterator[tuple[Any, ...]]:
        fields = dict(zip(_PASTED, about, strict=True))
        for news in add_pasted(bot, text, **fields):
            yield *(gr.skip() for _ in pane.pasted), news
        yield *("" for _ in pane.pasted), gr.skip()

    return pane.add.click(pasted, pane.pasted, [*pane.pasted, pane.news], **_adding(pane.news))


def _adding(news: gr.HTML) -> dict[str, Any]:
    """How an event that adds is run: one at a time, with what it does told in `news`."""
    return {
        "concurrency_limit": 1,
        "concurrency_id": "adding",
        "show_progress": "minimal",
        "show_progress_on": news,
        "api_visibility": "private",
    }


def _nothing_open() -> Markup:
    return no_article_html(el("p", _NOTHING_OPEN))
