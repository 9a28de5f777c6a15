"""`/api/ask`, `/api/retrieve` and `/api/check`: the documents that the command line prints."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from rag import answer_json, fact_check_json, hit_json
from ui.api.answering import Answering, unless_left
from ui.api.examples import ANSWER, CHECKED, PASSAGES, answered_with
from ui.api.observed import QUESTION
from ui.api.requests import Ask, Check, Retrieve, history_of


def questions(answering: Answering) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/api", tags=["Questions"])
    _ask(router, answering)
    _retrieve(router, answering)
    _check(router, answering)
    return router


def _ask(router: APIRouter, answering: Answering) -> None:
    @router.post("/ask", responses=answered_with(ANSWER))
    async def ask(request: Request, asked: Ask) -> JSONResponse:
        """Answer a question, every statement with its exact source."""
        history = history_of(asked.history)
        options: dict[str, Any] = {"history": history, "k": asked.k, "mode": asked.mode}
        answer = await answering.answer(request, asked.question, **options, **asked.scope)
        return JSONResponse(answer_json(answer))


def _retrieve(router: APIRouter, answering: Answering) -> None:
    @router.post("/retrieve", responses=answered_with(PASSAGES))
    async def retrieve(request: Request, asked: Retrieve) -> JSONResponse:
        """Find the passages that an answer would be made from, best first."""
        request.scope[QUESTION] = asked.question
        options: dict[str, Any] = {"history": history_of(asked.history), **asked.scope}
        finding = answering.run(answering.bot.retrieve, asked.question, asked.k, **options)
        hits = await unless_left(request, finding)
        document = {"question": asked.question, "passages": [hit_json(hit) for hit in hits]}
        return JSONResponse(document)


def _check(router: APIRouter, answering: Answering) -> None:
    @router.post("/check", responses=answered_with(CHECKED))
    async def check(request: Request, asked: Check) -> JSONResponse:
        """Look every sentence of a text up: supported, contradicted, or not found."""
        request.scope[QUESTION] = asked.text
        checking = answering.run(answering.bot.check, asked.text, **asked.scope)
        return JSONResponse(fact_check_json(await unless_left(request, checking)))
