"""The chat pane: a question goes in, statements with their footnotes come out, one at a time."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.events import Dependency
from markupsafe import Markup

from rag.errors import InputError
from ui.collection import newest, overview
from ui.web.allowance import PLACES, Allowance
from ui.web.composer import Composer, composer_pane, options, sources_of
from ui.web.conversations import menu_pane, wire_menu
from ui.web.feedback import wire_feedback
from ui.web.kept import shorten
from ui.web.parts import AT_ONCE, html_part
from ui.web.render.transcript import LiveTurn
from ui.web.render.welcome import NEWEST, welcome_html
from ui.web.shared import SharedConversations
from ui.web.sources import source_pane
from ui.web.streaming import answering

if TYPE_CHECKING:
    from rag import Chatbot

_TRANSCRIPT = "footnote.transcript(element, trigger, watch, 'open', 'judge')"


def chat_pane(
    bot: "Chatbot",
    page: gr.Blocks,
    tab: gr.Tab,
    shared: SharedConversations,
    allowance: Allowance,
) -> None:
    """The conversation on the left, the source pane on the right, and their events.

    What there is to ask is told anew whenever `tab` is chosen.
    """
    with gr.Row(elem_id="chat"):
        with gr.Column(elem_id="conversation"):
            menu = menu_pane()
            welcome = html_part("welcome")
            past, live = html_part("past", _TRANSCRIPT), html_part("live", _TRANSCRIPT)
            composer = composer_pane(bot)
        source = source_pane(bot, [past, live])
    asked, saved = _wire_asking(bot, composer, live, source, allowance)
    wire_menu(bot, page, menu, shared, past=past, live=live, asked=asked, saved=saved)
    wire_feedback(bot, [past, live])

    def greet() -> tuple[Markup, gr.Dropdown]:
        seen = overview(bot)
        said = welcome_html(seen, newest(bot, NEWEST))
        return said, gr.Dropdown(choices=sources_of(seen))

    for event in (page.load, tab.select):
        event(greet, outputs=[welcome, composer.sources], **AT_ONCE)


def _wire_asking(
    bot: "Chatbot", composer: Composer, live: gr.HTML, source: gr.HTML, allowance: Allowance
) -> tuple[Dependency, Dependency]:
    """A question is answered into `live`; the second event has kept the turn.

    One event for all ways of asking: while one question is answered, no other is begun.
    """

    def ask(
        request: gr.Request, question: str, history: list[Any], *scope: Any
    ) -> Iterator[tuple[Any, ...]]:
        allowed = allowance.question(request, question)
        yield from _asked(bot, allowed, question, options(history, scope))

    record, history = gr.JSON(visible="hidden"), gr.JSON(visible="hidden")
    asked: Dependency = gr.on(
        [composer.send.click, composer.question.submit],
        ask,
        [composer.question, history, *composer.scope],
        [live, source, record],
        js="(...inputs) => footnote.ask(inputs)",
        show_progress="minimal",
        show_progress_on=live,
        concurrency_limit=PLACES,
        api_visibility="private",
    )
    composer.stop.click(None, cancels=asked, js="footnote.stopped")
    return asked, asked.then(None, record, js="footnote.save")


def _asked(
    bot: "Chatbot",
    allowed: AbstractContextManager[None],
    question: str,
    narrowed: Mapping[str, Any],
) -> Iterator[tuple[Any, ...]]:
    if not question.strip():
        return
    try:
        with allowed:
            for step in answering(bot, question, **narrowed):
                yield step.html, step.source or gr.skip(), step.turn
    except InputError as error:
        yield LiveTurn(shorten(question, 300)).failed(str(error)), gr.skip(), None
