"""Where articles are added: files and folders that are dropped, and texts that are pasted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.events import Dependency
from markupsafe import Markup

from ui.web.parts import html_part
from ui.web.readers import reader_of
from ui.web.render.adding import drop_zone_html
from ui.web.uploads import Upload, add_files, add_pasted

if TYPE_CHECKING:
    from rag import Chatbot

_PASTED = ("title", "source", "published_at", "url")
_GONE = "The server has let go of the files, as it does after an hour. Drop them again."


@dataclass(frozen=True, slots=True)
class AddingParts:
    """The parts."""

    files: gr.HTML
    pasted: Sequence[gr.Textbox]
    add: gr.Button
    news: gr.HTML


def adding_parts() -> AddingParts:
    """The drop zone, the fields for a text, and what is told of an adding."""
    script = "footnote.dropZone(element, trigger, 'arrived')"
    files = html_part("files", script, drop_zone_html())
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
    news = html_part("news", "footnote.news(element, watch)")
    return AddingParts(files, [text, *about], add, news)


def wire_adding(bot: "Chatbot", page: gr.Blocks, parts: AddingParts) -> Sequence[Dependency]:
    """The two events that add."""
    return _wire_files(bot, page, parts), _wire_pasting(bot, parts)


def _wire_files(bot: "Chatbot", page: gr.Blocks, parts: AddingParts) -> Dependency:
    def arrived(browser: str, files: list[Any], request: gr.Request) -> Iterator[Markup]:
        uploads = [_received(page, file) for file in files]
        for news in add_files(bot, reader_of(request, browser), uploads):
            yield news.html

    given = [gr.JSON(visible="hidden"), gr.JSON(visible="hidden")]
    event: Dependency = parts.files.arrived(
        arrived,
        given,
        parts.news,
        js="() => [footnote.reader(), footnote.pressed.files]",
        trigger_mode="multiple",
        **_adding(parts.news),
    )
    return event


def _received(page: gr.Blocks, file: Mapping[str, Any]) -> Upload:
    """A file that the server has received; no other path is taken from a browser."""
    if file["path"] not in page.upload_file_set:
        raise gr.Error(_GONE, print_exception=False)
    return Upload(file["path"], str(file["name"]))


def _wire_pasting(bot: "Chatbot", parts: AddingParts) -> Dependency:
    def pasted(
        request: gr.Request, browser: str, text: str, *about: str
    ) -> Iterator[tuple[Any, ...]]:
        fields = dict(zip(_PASTED, about, strict=True))
        for news in add_pasted(bot, reader_of(request, browser), text, **fields):
            kept = "" if news.worked else gr.skip()
            yield *(kept for _ in parts.pasted), news.html

    inputs = [gr.JSON(visible="hidden"), *parts.pasted]
    js = "(_, ...fields) => [footnote.reader(), ...fields]"
    return parts.add.click(
        pasted, inputs, [*parts.pasted, parts.news], js=js, **_adding(parts.news)
    )


def _adding(news: gr.HTML) -> dict[str, Any]:
    """How an event that adds is run: one at a time, with what it does told in `news`."""
    return {
        "concurrency_limit": 1,
        "concurrency_id": "adding",
        "show_progress": "minimal",
        "show_progress_on": news,
        "api_visibility": "private",
    }
