"""Where a question is written, and what it may be narrowed to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

if TYPE_CHECKING:
    from rag import Chatbot, Overview, Settings

_MOST_SOURCES = 1000
_NO_MODEL = "No language model is configured; OPENAI_API_KEY or FOOTNOTE_LLM names one."


@dataclass(frozen=True, slots=True)
class Composer:
    """The parts."""

    question: gr.Textbox
    send: gr.Button
    stop: gr.Button
    dates: Sequence[gr.Textbox]
    sources: gr.Dropdown
    mode: gr.Radio

    @property
    def scope(self) -> list[gr.components.Component]:
        """The parts whose values are what `options` takes after the history."""
        return [*self.dates, self.sources, self.mode]


def composer_pane(bot: "Chatbot") -> Composer:
    """The pane; there are no sources to choose from yet."""
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
            with gr.Row():
                dates = [
                    gr.Textbox(label="As of", placeholder="e.g. 2025-08-14"),
                    gr.Textbox(label="Published since", placeholder="e.g. 2025-08-01"),
                    gr.Textbox(label="Published until", placeholder="e.g. 2025-08-14"),
                ]
                sources = gr.Dropdown([], label="Sources", multiselect=True)
            mode = _mode_part(bot.settings)
    return Composer(question, send, stop, dates, sources, mode)


def _mode_part(settings: "Settings") -> gr.Radio:
    modes = [("In the articles' own words", "extractive")]
    if not settings.is_extractive:
        modes.append((f"Written by {settings.llm.partition(':')[2]}", "generative"))
    info = _NO_MODEL if settings.is_extractive else None
    return gr.Radio(modes, value=modes[-1][1], label="Answers", info=info)


def options(history: Sequence[Any], scope: Sequence[Any]) -> dict[str, Any]:
    """What the page sends, as `Chatbot.stream` takes it; empty fields narrow nothing."""
    as_of, since, until, sources, mode = scope
    filters = {"since": since, "until": until, "source": sources}
    given = {name: value for name, value in filters.items() if value}
    return {"history": history, "as_of": as_of or None, "filters": given, "mode": mode}


def sources_of(seen: "Overview") -> list[str]:
    """The sources to choose from: all, or the largest where a list of all would be no help."""
    return sorted(list(seen.sources)[:_MOST_SOURCES])
