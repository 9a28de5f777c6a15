"""The pane that tells what happened in order: a question, and the dated sentences about it."""

from typing import TYPE_CHECKING

import gradio as gr
from markupsafe import Markup

from rag import timeline_json
from ui.web.parts import errors_shown, html_part
from ui.web.render.timeline import timeline_html
from ui.web.sources import source_pane

if TYPE_CHECKING:
    from rag import Chatbot

_HOW = "A person, a place, an event: what the articles date about it, in order"


def timeline_pane(bot: "Chatbot") -> None:
    """The question, the line of what happened, and the source pane that its footnotes open."""
    with gr.Row(elem_id="timeline"):
        with gr.Column(elem_id="telling"):
            question = gr.Textbox(label="What about?", placeholder=_HOW, max_lines=1)
            run = gr.Button("Show", variant="primary", elem_id="run-timeline")
            line = html_part("line", "footnote.report(element, trigger, 'open')")
        source_pane(bot, [line], name="origin")

    def told(question: str) -> Markup:
        with errors_shown():
            return timeline_html(timeline_json(bot.timeline(question)))

    gr.on(
        [run.click, question.submit],
        told,
        question,
        line,
        show_progress="minimal",
        show_progress_on=line,
        concurrency_limit=2,
        api_visibility="private",
    )
