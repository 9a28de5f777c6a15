"""Where a question is written, and what it may be narrowed to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from ui.web.render.article_list import stored
from ui.web.streaming import Asking

if TYPE_CHECKING:
    from rag import Chatbot


@dataclass(frozen=True, slots=True)
class Composer:
    """The parts; the values of `scope` are what `asking` takes after the history."""

    question: gr.Textbox
    send: gr.Button
    stop: gr.Button
    scope: tuple[gr.components.Component, ...]


def composer_pane(bot: "Chatbot", page: gr.Blocks) -> Composer:
    """The pane; the sources to choose from are those there are when the page is opened."""
    with gr.Column(elem_id="composer"):
        with gr.Row(elem_id="asking"):
            question = gr.Textbox(
                placeholder="Ask the articles",
                label="Question",
                show_label=False,
                lines=1,
                max_lines=6,
                autofocus=True,
                elem_id="question",
            )
            send = gr.Button("Ask", variant="primary", elem_id="send")
            stop = gr.Button("Stop", elem_id="stop")
        with gr.Accordion("Dates, sources, model", open=False, elem_id="scope"):
            scope = _scope_parts(bot)
    page.load(
        lambda: gr.Dropdown(choices=_sources(bot)),
        outputs=scope[3],
        show_progress="hidden",
        api_visibility="private",
    )
    return Composer(question, send, stop, scope)


def _scope_parts(bot: "Chatbot") -> tuple[gr.components.Component, ...]:
    with gr.Row():
        dates = (
            gr.Textbox(label="As of", placeholder="e.g. 2025-08-14"),
            gr.Textbox(label="Published since", placeholder="e.g. 2025-08-01"),
            gr.Textbox(label="Published until", placeholder="e.g. 2025-08-14"),
        )
        named = gr.Dropdown([], label="Sources", multiselect=True)
    settings = bot.settings
    ways = [("In the articles' own words", "extractive")]
    if not settings.is_extractive:
        ways.append((f"Written by {settings.llm.partition(':')[2]}", "generative"))
    way = gr.Radio(
        ways,
        value=ways[-1][1],
        label="Answers",
        info=None
        if len(ways) > 1
        else "No language model is configured; OPENAI_API_KEY or FOOTNOTE_LLM names one.",
    )
    return (*dates, named, way)


def asking(question: str, history: Sequence[Any], scope: Sequence[Any]) -> Asking:
    """What the page sends, as a question to the chatbot; empty fields narrow nothing."""
    as_of, since, until, sources, way = scope
    filters = {"since": since, "until": until, "source": sources}
    given = {name: value for name, value in filters.items() if value}
    return Asking(question, tuple(history), as_of or None, given, way)


def _sources(bot: "Chatbot") -> list[str]:
    return sorted({article.source for article in stored(bot) if article.source})
