"""What of Gradio's server can be reached, and by whom.

It answers far more than a page needs: files of its cache, other servers' addresses, every handler
of every event by its name. Here stands what this page is made of; the rest is not there.
"""

import json
import re
import secrets
from inspect import signature
from typing import TYPE_CHECKING, Any

import gradio as gr
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from ui.api.access import KEY
from ui.api.limits import Counted
from ui.web.cookies import cookie, cookie_of

if TYPE_CHECKING:
    from gradio.block_function import BlockFunction
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

READER = "footnote.reader"
"""Where in the scope of a request the page's name stands for the browser that asks, or None."""
LARGEST_CALL = 16_000_000
"""Bytes of one event: a browser keeps no more of its conversations."""
LARGEST_UPLOAD = 1_000_000_000
"""Bytes of the files that are dropped at once."""

_NAME = r"[\w.@+~-]+"
_OPEN = {
    "GET": [
        r"/|/config|/theme\.css|/favicon\.ico|/manifest\.json|/robots\.txt",
        rf"/(assets|static)(/{_NAME})+",
        rf"/gradio_api/(info|openapi\.json|app_id|heartbeat/{_NAME})",
        rf"/gradio_api/(queue/data|queue/status|upload_progress|call/{_NAME}/{_NAME})",
    ],
    "POST": [r"/gradio_api/(upload|cancel|reset)"],
}
_CALLS = re.compile(rf"/gradio_api/(?:(?:run|api|call)/({_NAME})|queue/join)")
_MCP = "/gradio_api/mcp"
_READER = re.compile(r"[A-Za-z0-9_-]{22}")
_NULL, _WRONG = b'{"error":null}', "That could not be done with what was sent."


class Guard:
    """An ASGI middleware before `page`'s Gradio application.

    Passes on what the page is made of, and calls: of documented endpoints by anyone, of the
    page's own events by a browser that has the page. To such a one it gives a cookie. Who comes
    with a key is a program, which may do no more than a key's holder at the endpoint.
    """

    def __init__(self, app: "ASGIApp", page: gr.Blocks, *, mcp: bool = False) -> None:
        self._app = app
        self._page = page
        self._mcp = mcp

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass on what may be asked, and say of the rest why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope[READER] = None if KEY in scope else _reader(scope)
        try:
            receive = await self._allowed(scope, receive)
        except HTTPException as error:
            refused = {"detail": error.detail, "error": error.detail}
            await JSONResponse(refused, error.status_code)(scope, receive, send)
            return
        if scope["path"] == "/":
            send = _named(scope, send)
        elif scope["path"].startswith("/gradio_api/"):
            send = _Explained(send).send
        await self._app(scope, receive, send)

    async def _allowed(self, scope: "Scope", receive: "Receive") -> "Receive":
        """What is received, as far as it may be; raises `HTTPException` where it may not."""
        path, method = scope["path"].rstrip("/") or "/", scope["method"].replace("HEAD", "GET")
        if ".." in path.split("/"):
            raise HTTPException(404, "There is nothing here.")
        if self._mcp and (path == _MCP or path.startswith(f"{_MCP}/")):
            return Counted(receive, LARGEST_CALL).receive
        if method == "POST" and (call := _CALLS.fullmatch(path)):
            sent = _parsed(await _body(receive))
            self._check(call[1], sent, scope[READER])
            return _again(sent, receive)
        if not any(re.fullmatch(known, path) for known in _OPEN.get(method, ())):
            raise HTTPException(404, "There is nothing here.")
        is_upload = path.endswith("/upload")
        if is_upload and not scope[READER]:
            raise HTTPException(403, "Files are taken from the page only. Load it first.")
        return Counted(receive, LARGEST_UPLOAD if is_upload else LARGEST_CALL).receive

    def _check(self, name: str | None, call: dict[str, Any], reader: str | None) -> None:
        """Raise `HTTPException` for a call that this caller may not make, or not with such data."""
        function = self._called(name, call.get("fn_index"))
        if function is None or not function.fn:
            known = ", ".join(f"/{f.api_name}" for f in self._documented())
            raise HTTPException(404, f"There is no such endpoint. There are: {known}.")
        if function.api_visibility != "public" and not reader:
            raise HTTPException(403, "Only the page itself may ask for this. Load it again.")
        _check_values(function, call.get("data"))

    def _called(self, name: str | None, number: Any) -> "BlockFunction | None":
        """The function that is meant: a documented one by name or number, others by number."""
        if number is None:
            return next((f for f in self._documented() if f.api_name == name), None)
        function = self._page.fns.get(number) if isinstance(number, int) else None
        named = name in {None, "predict"} or (function and function.api_name == name)
        return function if named else None

    def _documented(self) -> "list[BlockFunction]":
        return [f for f in self._page.fns.values() if f.fn and f.api_visibility == "public"]


def _check_values(function: "BlockFunction", data: Any) -> None:
    needed = len(function.inputs)
    if not isinstance(data, list) or (len(data) != needed and not function.cancels):
        said = f"{function.api_name!r} takes a list `data` of {needed} values"
        names = _parameters(function)
        raise HTTPException(422, f"{said}: {', '.join(names)}." if names else f"{said}.")


def _parameters(function: "BlockFunction") -> list[str]:
    """What a documented function takes, without what Gradio adds."""
    if function.api_visibility != "public" or not function.fn:
        return []
    given = signature(function.fn).parameters.values()
    return [one.name for one in given if one.annotation is not gr.Request]


async def _body(receive: "Receive") -> bytes:
    counted, body, more = Counted(receive, LARGEST_CALL), bytearray(), True
    while more:
        message = await counted.receive()
        if message["type"] != "http.request":
            raise HTTPException(400, "The request broke off.")
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        call = json.loads(body)
    except (ValueError, RecursionError):
        call = None
    if not isinstance(call, dict):
        raise HTTPException(422, 'A call is a JSON object such as {"data": ["..."]}.')
    return call


def _again(call: dict[str, Any], receive: "Receive") -> "Receive":
    """Receives a call that has been read, then what follows it.

    It is written anew, so that nobody can read anything else in it than was read here.
    """
    body = json.dumps(call).encode()
    read: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def received() -> "Message":
        return read.pop() if read else await receive()

    return received


def _reader(scope: "Scope") -> str | None:
    """The name that this page gave to the browser that asks."""
    name = cookie_of(scope, "page") or ""
    return name if _READER.fullmatch(name) else None


def _named(scope: "Scope", send: "Send") -> "Send":
    """Names the browser that is given the page, unless it has a name already."""

    async def sending(message: "Message") -> None:
        if message["type"] == "http.response.start" and not scope[READER]:
            name = cookie(scope, "page", secrets.token_urlsafe(16))
            MutableHeaders(scope=message).append("set-cookie", name)
        await send(message)

    return sending


class _Explained:
    """Sends Gradio's answers on, with a sentence for an error that it may not show."""

    def __init__(self, send: "Send") -> None:
        self._send = send
        self._start: Message | None = None

    async def send(self, message: "Message") -> None:
        if message["type"] == "http.response.start" and message["status"] == 500:
            self._start = message
            return
        if message["type"] == "http.response.body":
            sentence = json.dumps({"error": _WRONG}).encode()
            message["body"] = message.get("body", b"").replace(_NULL, sentence)
        if self._start:
            MutableHeaders(scope=self._start)["content-length"] = str(len(message["body"]))
            await self._send(self._start)
            self._start = None
        await self._send(message)
