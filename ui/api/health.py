"""Whether the endpoint is alive and ready, and its figures."""

from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse

from ui.api.answering import Answering
from ui.api.metrics import CONTENT_TYPE, Metrics
from ui.collection import extent

if TYPE_CHECKING:
    from rag import Chatbot


def health(answering: Answering, metrics: Metrics) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["Running it"])

    @router.get("/healthz")
    async def alive() -> JSONResponse:
        """Say that the process answers."""
        return JSONResponse({"status": "ok"})

    @router.get("/readyz")
    async def ready() -> JSONResponse:
        """Say whether the store can be asked; 503 when it cannot."""
        await answering.run(_size, answering.bot)
        return JSONResponse({"status": "ready"})

    @router.get("/metrics", response_class=PlainTextResponse)
    async def figures() -> PlainTextResponse:
        """Give the figures in Prometheus's format."""
        size = await answering.run(_size, answering.bot)
        return PlainTextResponse(metrics.text(size), media_type=CONTENT_TYPE)

    return router


def _size(bot: "Chatbot") -> dict[str, int]:
    """How much there is to ask; nothing while there is no store yet. Raises `StoreError`."""
    passages, articles = extent(bot)
    return {"footnote_articles": articles, "footnote_passages": passages}
