"""Errors as clients expect them: OpenAI's shape under `/v1`, elsewhere RFC 9457's."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from rag.errors import (
    ArticleMissing,
    FootnoteError,
    InputError,
    ModelError,
    ModelUnavailable,
    StoreError,
    StoreMissing,
)

_STATUS: dict[type[FootnoteError], int] = {
    InputError: 400,
    ArticleMissing: 404,
    StoreMissing: 404,
    StoreError: 503,
    ModelUnavailable: 503,
    ModelError: 502,
}
"""The status of an error is that of the first of these it is; a broken set-up is 500."""

_OPENAI_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
_UNFORESEEN = "Something went wrong ({}). The server's log says more."


def status_of(error: FootnoteError) -> int:
    """The HTTP status that tells a client of an error."""
    return next((s for kind, s in _STATUS.items() if isinstance(error, kind)), 500)


def openai_error(status: int, message: str, param: str | None = None) -> dict[str, Any]:
    """An error as OpenAI sends it."""
    kind = _OPENAI_TYPES.get(status, "invalid_request_error" if status < 500 else "server_error")
    code = HTTPStatus(status).phrase.lower().replace(" ", "_")
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def problem(status: int, detail: str, errors: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """An error as RFC 9457 describes it; `errors` say which part of the input was wrong."""
    title = HTTPStatus(status).phrase
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return document | ({"errors": errors} if errors else {})


def refusal(
    path: str, status: int, detail: str, headers: Mapping[str, str] | None = None
) -> Response:
    """The answer to a request on `path` that failed."""
    if path.startswith("/v1/"):
        return JSONResponse(openai_error(status, detail), status, headers)
    document = problem(status, detail)
    return JSONResponse(document, status, headers, media_type="application/problem+json")


def unforeseen(error: Exception) -> str:
    """What is said of an error that nobody thought of: its name, and nothing it holds."""
    return _UNFORESEEN.format(type(error).__name__)


def explain_errors(app: FastAPI) -> None:
    """Have `app` answer every error in the right shape."""
    app.add_exception_handler(FootnoteError, _failed)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _broken)


def _failed(request: Request, error: Exception) -> Response:
    assert isinstance(error, FootnoteError)
    return refusal(request.url.path, status_of(error), str(error))


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return refusal(request.url.path, error.status_code, str(error.detail), error.headers)


def _broken(request: Request, error: Exception) -> Response:
    return refusal(request.url.path, 500, unforeseen(error))


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [{"where": _place(e["loc"]), "message": str(e["msg"])} for e in error.errors()]
    said = "; ".join(f"{e['where']}: {e['message']}" for e in errors)
    if request.url.path.startswith("/v1/"):
        return JSONResponse(openai_error(400, said, errors[0]["where"]), 400)
    document = problem(422, said, errors)
    return JSONResponse(document, 422, media_type="application/problem+json")


def _place(location: tuple[str | int, ...]) -> str:
    return ".".join(str(part) for part in location if part != "body") or "body"
