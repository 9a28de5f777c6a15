"""Style and script in the page itself, so that they are there before anything is drawn.

Gradio's own `head` and `css` are put in by its scripts, after a white page and its own logo.
"""

import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders

from ui.web.headers import POLICY, page_policy

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_STATIC = Path(__file__).parent / "static"
_SCRIPT = re.compile(rb"<script\b(.*?</script>)", re.DOTALL)


def head() -> str:
    """What the head of the page is to hold."""
    style = (_STATIC / "style.css").read_text(encoding="utf-8")
    script = (_STATIC / "page.js").read_text(encoding="utf-8")
    return f"<style>{style}</style><script>{script}</script>"


class Head:
    """An ASGI middleware that ends the head of the page at `/` with `head`.

    What the page holds of scripts then is what runs in it, and no other.
    """

    def __init__(self, app: "ASGIApp", head: str) -> None:
        self._app = app
        self._head = f"{head}</head>".encode()

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass on what is asked, and the page with its head."""
        if scope["type"] == "http" and scope["method"] == "GET" and scope["path"] == "/":
            send = _Page(send, self._head).send
        await self._app(scope, receive, send)


class _Page:
    """Holds an answer back until it is whole, since its length comes first."""

    def __init__(self, send: "Send", head: bytes) -> None:
        self._send = send
        self._head = head
        self._start: Message = {}
        self._body = b""

    async def send(self, message: "Message") -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        nonce = secrets.token_urlsafe(16)
        body = self._body.replace(b"</head>", self._head, 1)
        body = _SCRIPT.sub(rb'<script nonce="%s"\1' % nonce.encode(), body)
        headers = MutableHeaders(scope=self._start)
        headers["content-length"] = str(len(body))
        headers["cache-control"] = "no-store"
        headers[POLICY] = page_policy(nonce)
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": body})
