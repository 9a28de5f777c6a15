"""The page's API: `/ask` and `/articles`, for `gradio_client`, plain HTTP and MCP."""

from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.events import api

from rag.answers import answer_json
from rag.errors import FootnoteError
from ui.web.render.article_list import stored

if TYPE_CHECKING:
    from rag import Chatbot


def endpoints(bot: "Chatbot") -> None:
    """Name and document the two endpoints. Their docstrings are what clients are shown."""

    def ask(question: str, as_of: str = "", source: str = "") -> dict[str, Any]:
        """
        Answer a question about the articles, every statement with its exact source.

        Args:
            question: What to ask, in a sentence.
            as_of: A date such as 2025-08-14; nothing published later is used. Empty for no bound.
            source: Use only articles from this source. Empty for all.

        Returns:
            The answer with its statements, citations (article, start, end, quote) and passages.
        """
        filters = {"source": source} if source else None
        try:
            return answer_json(bot.ask(question, as_of=as_of or None, filters=filters))
        except FootnoteError as error:
            raise gr.Error(str(error), print_exception=False) from error

    def articles() -> list[dict[str, Any]]:
        """
        List the articles that can be asked about.

        Returns:
            For each its id, title, source, url, author, published_at and number of passages.
        """
        return [_listed(article) for article in stored(bot)]

    api(ask, api_name="ask", concurrency_limit=8)
    api(articles, api_name="articles")


def _listed(article: Any) -> dict[str, Any]:
    names = ("id", "title", "source", "url", "author", "published_at", "passages")
    return {name: getattr(article, name) for name in names}
