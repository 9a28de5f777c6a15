"""What an empty conversation shows: how much there is to ask, and questions to begin with."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr

from ui.web.examples import examples
from ui.web.render.article_list import stored
from ui.web.render.html import Html, el
from ui.web.render.transcript import counted

if TYPE_CHECKING:
    from rag import Chatbot


def welcome_pane(bot: "Chatbot", page: gr.Blocks) -> gr.HTML:
    """The pane, made anew whenever the page is opened. Its examples are found out once, later."""
    pane = gr.HTML(
        "",
        elem_id="welcome",
        apply_default_css=False,
        js_on_load="footnote.examples(element)",
    )
    known: dict[tuple[str, ...], list[str]] = {}

    def greet() -> Html:
        articles = tuple(article.digest for article in stored(bot))
        return welcome_html(len(articles), known.get(articles, ()))

    def suggest() -> Html:
        articles = tuple(article.digest for article in stored(bot))
        if articles not in known:
            known.clear()
            known[articles] = examples(bot)
        return welcome_html(len(articles), known[articles])

    quiet: Any = {"outputs": pane, "show_progress": "hidden", "api_visibility": "private"}
    greeted = page.load(greet, queue=False, **quiet)
    greeted.then(suggest, concurrency_limit=1, **quiet)
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
