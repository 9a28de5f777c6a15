"""`/v1`: OpenAI's API, in which Footnote is a model named `footnote`."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.exceptions import HTTPException

from ui.api.answering import Answering, unless_left
from ui.api.chat_request import MODEL, Asked, ChatRequest, asked_in
from ui.api.chat_stream import Reply
from ui.api.examples import COMPLETION, answered_with
from ui.api.front_ends import task_reply

_LISTED = {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}
_MODELS = {"object": "list", "data": [_LISTED]}
_STREAM = "text/event-stream"


def completions(answering: Answering) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/v1", tags=["As OpenAI's clients ask"])

    @router.get("/models", responses=answered_with(_MODELS, problems=False))
    async def models() -> JSONResponse:
        """List the one model there is."""
        return JSONResponse(_MODELS)

    @router.get("/models/{name}", responses=answered_with(_LISTED, problems=False))
    async def model(name: str) -> JSONResponse:
        """Describe the model."""
        _check_model(name)
        return JSONResponse(_LISTED)

    @router.post("/chat/completions", responses=answered_with(COMPLETION, problems=False))
    async def chat(request: Request, chat: ChatRequest) -> Response:
        """Answer the last question of a conversation, whole or as it is made."""
        _check_model(chat.model)
        asked, reply = asked_in(chat.messages), Reply(chat)
        if (brief := task_reply(asked.said)) is not None:
            return _said(reply, brief)
        return await (_streamed if chat.stream else _whole)(answering, request, reply, asked)

    return router


async def _whole(answering: Answering, request: Request, reply: Reply, asked: Asked) -> Response:
    scope = reply.request.scope
    answer = await answering.answer(request, asked.question, history=asked.history, **scope)
    return JSONResponse(reply.whole(answer))


async def _streamed(answering: Answering, request: Request, reply: Reply, asked: Asked) -> Response:
    scope = reply.request.scope
    events = answering.events(request, asked.question, history=asked.history, **scope)
    # What fails before the first event has a status of its own; the passages it tells are not sent.
    await unless_left(request, anext(events))
    return StreamingResponse(reply.streamed(events), media_type=_STREAM)


def _said(reply: Reply, text: str) -> Response:
    if reply.request.stream:
        return StreamingResponse(reply.streamed_text(text), media_type=_STREAM)
    return JSONResponse(reply.said(text))


def _check_model(name: str) -> None:
    if name != MODEL:
        raise HTTPException(404, f"There is no model {name!r}. Ask {MODEL!r}.")
