"""What an empty conversation shows: how much there is to ask, and questions to begin with."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import gradio as gr

from ui.examples import examples
from ui.html import Html, el
from ui.shelf import stored
from ui.transcript import counted

if TYPE_CHECKING:
    from rag import Chatbot


def welcome_pane(bot: "Chatbot", page: gr.Blocks) -> gr.HTML:
    """The pane, made anew whenever the page is opened; its examples are found out once."""
    pane = gr.HTML(
        "",
        elem_id="welcome",
        apply_default_css=False,
        js_on_load="footnote.examples(element)",
    )
    known: dict[tuple[str, ...], list[str]] = {}

    def greet() -> Iterator[Html]:
        articles = tuple(article.digest for article in stored(bot))
        if articles not in known:
            yield welcome_html(len(articles), ())
            known.clear()
            known[articles] = examples(bot) if articles else []
        yield welcome_html(len(articles), known[articles])

    page.load(
        greet, outputs=pane, show_progress="hidden", concurrency_limit=4, api_visibility="private"
    )
    return pane


def welcome_html(articles: int, questions: Sequence[str]) -> Html:
    """The greeting over this many articles."""
    if not articles:
        return el(
            "div",
            el("h2", "No articles yet"),
            el("p", "Add some under Articles, and ask them here."),
        )
    return el(
        "div",
        el("h2", f"Ask {counted(articles, 'article')}"),
        el("p", "Every statement of an answer leads to the words in an article that say so."),
        el("ul", *(el("li", _example(text)) for text in questions), class_="examples"),
    )


def _example(text: str) -> Html:
    return el("button", text, type="button", class_="example", dir="auto")
