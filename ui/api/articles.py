"""`/api/articles`: what is stored, adding to it, and removing."""

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Depends, Query
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from rag import article_json
from rag.errors import InputError, StoreMissing
from ui.api.access import may_write
from ui.api.answering import Answering
from ui.api.examples import ARTICLE, ARTICLES, REPORT, answered_with
from ui.api.requests import NewArticle
from ui.documents import report_json, stored_json
from vectorstore.records import Order

if TYPE_CHECKING:
    from rag import ArticleSummary, Chatbot

MOST_ARTICLES = 1_000
TOTAL = "X-Total-Count"
MOST_ADDRESSES = 20
"""The addresses that one request may have fetched."""
WRITING = [Depends(may_write)]

Several = Annotated[list[NewArticle], Field(max_length=MOST_ARTICLES)]
Limit = Annotated[int, Query(ge=1, le=MOST_ARTICLES, description="At most so many.")]
Offset = Annotated[int, Query(ge=0, description="How many are passed over.")]
Words = Annotated[
    str, Query(description="Only those with these words in title, source, author or id.")
]
Given = Annotated[NewArticle | Several, Body(description="One article, or a list.")]


def articles(answering: Answering) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/api/articles", tags=["Articles"])
    bot = answering.bot

    @router.get("", responses=answered_with(ARTICLES))
    async def list_articles(
        offset: Offset = 0, limit: Limit = 100, order: Order = "added", query: Words = ""
    ) -> JSONResponse:
        """List articles, without their texts; the header `X-Total-Count` says how many there are.

        `query` may have beginnings of words.
        """
        page, total = await answering.run(_listed, bot, offset, limit, order, query)
        return JSONResponse([stored_json(one) for one in page], headers={TOTAL: str(total)})

    @router.post("", dependencies=WRITING, responses=answered_with(REPORT))
    async def add_articles(given: Given) -> JSONResponse:
        """Add articles, at most 1,000 at a time; adding again changes only what has changed."""
        several = given if isinstance(given, list) else [given]
        return JSONResponse(await answering.run(_added, bot, several))

    @router.get("/{article_id:path}", responses=answered_with(ARTICLE))
    async def read_article(article_id: str) -> JSONResponse:
        """Read one article, whole."""
        article = await answering.run(bot.article, article_id)
        return JSONResponse({**article_json(article), "text": article.text})

    @router.delete("/{article_id:path}", dependencies=WRITING, status_code=204)
    async def remove_article(article_id: str) -> Response:
        """Remove an article."""
        await answering.run(bot.remove, article_id)
        return Response(status_code=204)

    return router


def _listed(
    bot: "Chatbot", offset: int, limit: int, order: Order, query: str
) -> tuple[list["ArticleSummary"], int]:
    """A page of the articles that are found, and how many these are."""
    try:
        with bot.store.snapshot() as stored:
            return stored.articles(offset, limit, order, query), stored.count(query)
    except StoreMissing:
        return [], 0


def _added(bot: "Chatbot", given: Sequence[NewArticle]) -> dict[str, Any]:
    """Add the articles as a file of them would be, and report; they are known by their number.

    What is an address is fetched, from public ones alone: whoever asks may be anybody.
    """
    addresses = [one.address for one in given if one.address is not None]
    if len(addresses) > MOST_ADDRESSES:
        raise InputError(f"{len(addresses)} addresses; give at most {MOST_ADDRESSES} at a time.")
    with TemporaryDirectory(prefix="footnote-") as folder:
        file = Path(folder) / "articles.jsonl"
        file.write_text("".join(f"{_line(one)}\n" for one in given), "utf-8")
        texts = [file] if len(addresses) < len(given) else []
        report = json.dumps(report_json(bot.add([*texts, *addresses])))
        place = json.dumps(str(file))[1:-1]
    document: dict[str, Any] = json.loads(report.replace(place, "article"))
    return document


def _line(article: NewArticle) -> str:
    return "" if article.address else json.dumps(_fields(article))


def _fields(article: NewArticle) -> dict[str, str]:
    fields = {name: value for name, value in article.model_dump().items() if value}
    if not article.id and not article.url:
        known_by = article.title or article.text or ""
        fields["id"] = f"added-{sha256(known_by.encode()).hexdigest()[:10]}"
    return {"text": "", **fields}
