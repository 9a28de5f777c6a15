"""What an empty conversation shows: how much there is to ask, and questions to begin with."""

from typing import TYPE_CHECKING

import gradio as gr

from rag.errors import FootnoteError
from ui.html import Html, el
from ui.transcript import counted

if TYPE_CHECKING:
    from rag import Chatbot


def welcome_pane(bot: "Chatbot", page: gr.Blocks) -> gr.HTML:
    """The pane, made anew whenever the page is opened."""
    pane = gr.HTML(
        "",
        elem_id="welcome",
        apply_default_css=False,
        js_on_load="footnote.examples(element, trigger, 'ask')",
    )
    page.load(
        lambda: welcome_html(bot),
        outputs=pane,
        show_progress="hidden",
        queue=False,
        api_visibility="private",
    )
    return pane


def welcome_html(bot: "Chatbot") -> Html:
    """The greeting, with examples when there are articles."""
    try:
        articles = bot.articles()
    except FootnoteError:
        articles = []
    if not articles:
        return el("div", el("h2", "No articles yet"), el("p", "Add some under Articles."))
    return el(
        "div",
        el("h2", f"Ask {counted(len(articles), 'article')}"),
        el("p", "Every statement of an answer leads to the words in an article that say so."),
        el("ul", *(el("li", _example(text)) for text in examples(bot)), class_="examples"),
    )


def examples(bot: "Chatbot") -> list[str]:
    """Questions that the articles at hand answer."""
    return [f"What is said about {a.title}?" for a in bot.articles()[:3]]


def _example(text: str) -> Html:
    return el("button", text, type="button", class_="example", dir="auto")
