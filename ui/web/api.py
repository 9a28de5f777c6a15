"""The page's API: `/ask` and `/articles`, for `gradio_client`, plain HTTP and MCP.

The functions' docstrings are what clients are shown. They wait in no line of Gradio's: for one that
does, its MCP server asks the page anew by HTTP, as somebody who has not logged in.
"""

import asyncio
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.events import api

from rag.documents import answer_json, article_json
from ui.collection import stored
from ui.web.allowance import PLACES, Allowance
from ui.web.parts import errors_shown

if TYPE_CHECKING:
    from rag import Chatbot


def ask_endpoint(bot: "Chatbot", allowance: Allowance) -> None:
    """Name and document `/ask`."""

    places = asyncio.Semaphore(PLACES)

    async def ask(
        request: gr.Request, question: str, as_of: str = "", source: str = ""
    ) -> dict[str, Any]:
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
        with errors_shown(), allowance.question(request, question):
            async with places:
                answer = await bot.aask(question, as_of=as_of or None, filters=filters)
        return answer_json(answer)

    api(ask, api_name="ask", queue=False)


def articles_endpoint(bot: "Chatbot") -> None:
    """Name and document `/articles`."""

    def articles() -> list[dict[str, Any]]:
        """
        List the articles that can be asked about.

        Returns:
            For each its id, title, source, url, author, published_at and number of passages.
        """
        return [{**article_json(article), "passages": article.passages} for article in stored(bot)]

    api(articles, api_name="articles", queue=False)
