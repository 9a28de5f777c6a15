"""`/api/articles`: what is stored, adding to it, and removing."""

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Depends
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from rag import article_json
from rag.errors import InputError
from ui.api.access import may_write
from ui.api.answering import Answering
from ui.api.examples import ARTICLE, ARTICLES, REPORT, answered_with
from ui.api.requests import NewArticle
from ui.collection import stored
from ui.documents import report_json, stored_json

if TYPE_CHECKING:
    from rag import Chatbot

MOST_ARTICLES = 1_000
MOST_ADDRESSES = 20
"""The addresses that one request may have fetched."""
WRITING = [Depends(may_write)]

Several = Annotated[list[NewArticle], Field(max_length=MOST_ARTICLES)]
Given = Annotated[NewArticle | Several, Body(description="One article, or a list.")]


def articles(answering: Answering) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/api/articles", tags=["Articles"])
    bot = answering.bot

    @router.get("", responses=answered_with(ARTICLES))
    async def list_articles() -> JSONResponse:
        """List the articles, without their texts."""
        return JSONResponse([stored_json(one) for one in await answering.run(stored, bot)])

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
