"""The chat pane: a question goes in, statements with their footnotes come out, one at a time."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.events import Dependency

from ui.web.composer import Composer, asking, composer_pane
from ui.web.conversations import kept_talks, menu_pane, wire_menu
from ui.web.feedback import wire_feedback
from ui.web.render.html import Html
from ui.web.render.transcript import turn_html
from ui.web.sources import opened, source_pane
from ui.web.streaming import answering
from ui.web.turns import Turn
from ui.web.welcome import welcome_pane

if TYPE_CHECKING:
    from rag import Chatbot


def chat_pane(bot: "Chatbot", page: gr.Blocks) -> None:
    """The conversation on the left, the source pane on the right, and their events."""
    talks = kept_talks()
    with gr.Row(elem_id="chat"):
        with gr.Column(elem_id="talk"):
            menu = menu_pane()
            welcome_pane(bot, page)
            past, live = _transcript("past"), _transcript("live")
            composer = composer_pane(bot, page)
        source = source_pane(bot, [past, live])
    asked = _wire_asking(bot, talks, composer, live, source)
    wire_menu(page, menu, talks, past=past, live=live, asked=asked)
    wire_feedback(bot, talks, [past, live])


def _wire_asking(
    bot: "Chatbot",
    talks: gr.BrowserState,
    composer: Composer,
    live: gr.HTML,
    source: gr.HTML,
) -> Dependency:
    """A question is answered into `live`.

    One event for all ways of asking: while one question is answered, no other is begun.
    """
    record = gr.JSON(visible="hidden")

    def ask(question: str, history: list[Any], *scope: Any) -> Iterator[tuple[Any, ...]]:
        if not question.strip():
            return
        for step in answering(bot, asking(question, history, scope)):
            done = step["state"] == "done"
            shown = _first_source(bot, step) if done else None
            yield turn_html(step), shown or gr.skip(), step if done else None

    asked: Dependency = gr.on(
        [composer.send.click, composer.question.submit],
        ask,
        [composer.question, talks, *composer.scope],
        [live, source, record],
        js="(...inputs) => footnote.ask(inputs)",
        show_progress="minimal",
        show_progress_on=live,
        concurrency_limit=8,
        api_visibility="private",
    )
    asked.then(None, [record, talks], talks, js="footnote.save")
    composer.stop.click(None, cancels=asked, js="footnote.stopped")
    return asked


def _transcript(name: str) -> gr.HTML:
    return gr.HTML(
        "",
        elem_id=name,
        apply_default_css=False,
        js_on_load="footnote.transcript(element, trigger, watch, 'open', 'judge')",
    )


def _first_source(bot: "Chatbot", step: Turn) -> Html | None:
    """The pane at the answer's first footnote, if it has one."""
    spans = [
        {
            "number": citation["number"],
            "article": citation["article"]["id"],
            "start": citation["start"],
            "end": citation["end"],
            "title": citation["article"]["title"],
        }
        for citation in step["answer"]["citations"]
    ]
    if not spans:
        return None
    first = spans[0]
    asked = {"article": first["article"], "current": first["number"], "spans": spans}
    return opened(bot, asked)
