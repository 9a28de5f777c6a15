"""The pane that checks a text: pasted on the left, what the articles say of it beside it."""

from typing import TYPE_CHECKING

import gradio as gr
from markupsafe import Markup

from rag import fact_check_json
from ui.api.requests import LONGEST_TEXT
from ui.web.allowance import PLACES, Allowance
from ui.web.parts import errors_shown, html_part
from ui.web.render.check import check_html
from ui.web.sources import source_pane

if TYPE_CHECKING:
    from rag import Chatbot

_HOW = (
    "Paste a draft, a press release or another chatbot's answer. Each of its sentences is looked "
    "up in the articles: supported, contradicted, or not found."
)


def check_pane(bot: "Chatbot", allowance: Allowance) -> None:
    """The text, its verdicts, and the source pane that their footnotes open."""
    with gr.Row(elem_id="check"):
        with gr.Column(elem_id="checking"):
            text = gr.Textbox(label="Text", placeholder=_HOW, lines=8, max_lines=20)
            run = gr.Button("Check", variant="primary", elem_id="run-check")
            report = html_part("report", "footnote.report(element, trigger, 'open')")
        source_pane(bot, [report], name="proof")

    def checked(request: gr.Request, text: str) -> Markup:
        with errors_shown(), allowance.question(request, text, LONGEST_TEXT):
            return check_html(fact_check_json(bot.check(text)))

    run.click(
        checked,
        text,
        report,
        show_progress="minimal",
        show_progress_on=report,
        concurrency_limit=PLACES,
        api_visibility="private",
    )
