"""The articles pane: what there is to ask, adding to it, opening and removing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from rag.errors import FootnoteError
from ui.web.render.article_list import ORDERS, found, shelf_html, stored
from ui.web.render.html import Html, el
from ui.web.sources import source_html
from ui.web.uploads import KINDS, MOST_FILES, add_files, add_pasted

if TYPE_CHECKING:
    from rag import Chatbot

_PASTED = ("title", "source", "published_at", "url")
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


@dataclass(frozen=True, slots=True)
class Library:
    """The parts of the pane."""

    files: gr.File
    pasted: Sequence[gr.Textbox]
    add: gr.Button
    news: gr.HTML
    query: gr.Textbox
    order: gr.Dropdown
    shelf: gr.HTML
    article: gr.HTML


def articles_pane(bot: "Chatbot", occasions: Sequence[Any]) -> None:
    """Adding and the list on the left, the article that was opened on the right.

    The list is made anew on each of `occasions`, which are events of the page.
    """
    with gr.Row(elem_id="articles"):
        with gr.Column(elem_id="library"):
            files, pasted, add, news = _adding_parts()
            query, order, shelf = _finding_parts()
        article = gr.HTML(
            _nothing_open(),
            elem_id="article",
            apply_default_css=False,
            js_on_load="footnote.article(element, watch)",
        )
    parts = Library(files, pasted, add, news, query, order, shelf, article)
    _wire_shelf(bot, parts, [*occasions, query.change, order.change])
    _wire_adding(bot, parts)


def _adding_parts() -> tuple[gr.File, list[gr.Textbox], gr.Button, gr.HTML]:
    files = gr.File(
        label="Add articles",
        file_count="multiple",
        file_types=KINDS,
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
    news = gr.HTML("", elem_id="news", apply_default_css=False)
    return files, [text, *about], add, news


def _finding_parts() -> tuple[gr.Textbox, gr.Dropdown, gr.HTML]:
    with gr.Row(elem_id="finding"):
        query = gr.Textbox("", label="Search", placeholder="Title, source, author or date", scale=3)
        order = gr.Dropdown(list(ORDERS), value=next(iter(ORDERS)), label="Order", scale=1)
    shelf = gr.HTML(
        "",
        elem_id="shelf",
        apply_default_css=False,
        js_on_load="footnote.shelf(element, trigger, 'open', 'remove')",
    )
    return query, order, shelf


def _wire_shelf(bot: "Chatbot", parts: Library, occasions: Sequence[Any]) -> None:
    def listed(query: str, order: str) -> Html:
        return shelf_now(bot, query, order)

    pressed = gr.JSON(visible="hidden")

    def opened(article: str) -> Html:
        return _article(bot, article)

    def removed(query: str, order: str, event: gr.EventData) -> tuple[Html, Html]:
        try:
            bot.remove(event._data["article"])
        except FootnoteError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return shelf_now(bot, query, order), _nothing_open()

    given = [parts.query, parts.order]
    for occasion in occasions:
        occasion(listed, given, parts.shelf, **_QUIET)
    last: Any = {"js": "() => [footnote.pressed.article]", "trigger_mode": "always_last", **_QUIET}
    parts.shelf.open(opened, pressed, parts.article, **last)
    shown = [parts.shelf, parts.article]
    parts.shelf.remove(removed, given, shown, trigger_mode="multiple", **_QUIET)


def _wire_adding(bot: "Chatbot", parts: Library) -> None:
    def dropped(paths: list[str] | None) -> Iterator[tuple[Any, Any]]:
        if not paths:
            return
        if len(paths) > MOST_FILES:
            yield None, el("p", f"{len(paths):,} files; add at most {MOST_FILES:,} at a time.")
            return
        for news in add_files(bot, paths):
            yield None, news

    def pasted(text: str, *about: str) -> Iterator[tuple[Any, ...]]:
        named = dict(zip(_PASTED, about, strict=True))
        kept = (gr.skip(),) * len(parts.pasted)
        for news in add_pasted(bot, text, **named):
            yield *kept, news
        yield *("",) * len(parts.pasted), gr.skip()

    def listed(query: str, order: str) -> Html:
        return shelf_now(bot, query, order)

    in_turn: Any = {
        "concurrency_limit": 1,
        "concurrency_id": "adding",
        "show_progress": "minimal",
        "show_progress_on": parts.news,
        "api_visibility": "private",
    }
    shown = [parts.files, parts.news]
    added = (
        parts.files.upload(dropped, parts.files, shown, trigger_mode="multiple", **in_turn),
        parts.add.click(pasted, parts.pasted, [*parts.pasted, parts.news], **in_turn),
    )
    for event in added:
        event.then(listed, [parts.query, parts.order], parts.shelf, **_QUIET)


def shelf_now(bot: "Chatbot", query: str, order: str) -> Html:
    """The list as it is at this moment."""
    articles = stored(bot)
    return shelf_html(found(articles, query, order), len(articles))


def _article(bot: "Chatbot", article_id: str) -> Html:
    try:
        return source_html(bot.article(article_id), [], 0, article_id)
    except FootnoteError as error:
        return el("section", el("p", str(error), role="alert"), class_="source empty")


def _nothing_open() -> Html:
    return el("section", el("p", "Open an article to read it here."), class_="source empty")
