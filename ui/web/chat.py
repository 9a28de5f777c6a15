"""The chat pane: a question goes in, statements with their footnotes come out, one at a time."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.events import Dependency
from markupsafe import Markup

from rag.errors import ArticleMissing
from ui.collection import stored
from ui.web.composer import Composer, composer_pane, options, sources_of
from ui.web.conversations import kept_conversations, menu_pane, wire_menu
from ui.web.feedback import wire_feedback
from ui.web.parts import AT_ONCE, html_part
from ui.web.render.article import Span
from ui.web.render.welcome import welcome_html
from ui.web.sources import shown, source_pane
from ui.web.streaming import Step, answering

if TYPE_CHECKING:
    from rag import Chatbot

_TRANSCRIPT = "footnote.transcript(element, trigger, watch, 'open', 'judge')"


def chat_pane(bot: "Chatbot", page: gr.Blocks) -> None:
    """The conversation on the left, the source pane on the right, and their events."""
    conversations = kept_conversations()
    with gr.Row(elem_id="chat"):
        with gr.Column(elem_id="conversation"):
            menu = menu_pane()
            welcome = html_part("welcome")
            past, live = html_part("past", _TRANSCRIPT), html_part("live", _TRANSCRIPT)
            composer = composer_pane(bot)
        source = source_pane(bot, [past, live])
    asked = _wire_asking(bot, conversations, composer, live, source)
    wire_menu(bot, page, menu, conversations, past=past, live=live, asked=asked)
    wire_feedback(bot, conversations, [past, live])

    def greet() -> tuple[Markup, gr.Dropdown]:
        articles = stored(bot)
        return welcome_html(articles), gr.Dropdown(choices=sources_of(articles))

    page.load(greet, outputs=[welcome, composer.sources], **AT_ONCE)


def _wire_asking(
    bot: "Chatbot",
    conversations: gr.BrowserState,
    composer: Composer,
    live: gr.HTML,
    source: gr.HTML,
) -> Dependency:
    """A question is answered into `live`.

    One event for all ways of asking: while one question is answered, no other is begun.
    """

    def ask(question: str, history: list[Any], *scope: Any) -> Iterator[tuple[Any, ...]]:
        yield from _asked(bot, question, options(history, scope))

    record = gr.JSON(visible="hidden")
    asked: Dependency = gr.on(
        [composer.send.click, composer.question.submit],
        ask,
        [composer.question, conversations, *composer.scope],
        [live, source, record],
        js="(...inputs) => footnote.ask(inputs)",
        show_progress="minimal",
        show_progress_on=live,
        concurrency_limit=8,
        api_visibility="private",
    )
    asked.then(None, [record, conversations], conversations, js="footnote.save")
    composer.stop.click(None, cancels=asked, js="footnote.stopped")
    return asked


def _asked(bot: "Chatbot", question: str, narrowed: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    if question.strip():
        for step in answering(bot, question, **narrowed):
            yield step.html, _first_source(bot, step) or gr.skip(), step.turn


def _first_source(bot: "Chatbot", step: Step) -> Markup | None:
    """The pane at the whole answer's first footnote, if it has one."""
    if not (step.turn and step.answer and step.answer.citations):
        return None
    spans = [Span.of(citation) for citation in step.turn["answer"]["citations"]]
    with suppress(ArticleMissing):  # removed meanwhile
        return shown(bot, step.answer.citations[0].article, spans, spans[0].number)
    return None
