"""How much one client may ask: requests a minute, and bytes at a time."""

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException

from rag.ingestion.loaders.decoding import MOST_BYTES
from ui.api.errors import refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_QUESTION = 1_000_000
"""Bytes a request may have that adds no articles; those that do may have `MOST_BYTES`."""


class RateLimit:
    """So many requests a minute for each name; what was not used in the last one is kept."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}

    def wait(self, name: str, rate: int) -> float:
        """Take one request; the seconds to wait before there is one, 0 when it was taken."""
        now = self._clock()
        left, since = self._left.get(name, (float(rate), now))
        left = min(float(rate), left + (now - since) * rate / 60)
        taken = 1.0 if left >= 1 else 0.0
        self._left[name] = (left - taken, now)
        return 0.0 if taken else (1 - left) * 60 / rate


class BodyLimit:
    """An ASGI middleware that refuses bodies too large, by what they say and by what they are."""

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass on what is small enough."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = MOST_BYTES if scope["path"].startswith("/api/articles") else LARGEST_QUESTION
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdigit() and int(declared) > most:
            await refusal(scope["path"], 413, _too_large(most))(scope, receive, send)
            return
        await self._app(scope, _Counted(receive, most).receive, send)


class _Counted:
    """Receives a body, and stops where it grows too large."""

    def __init__(self, receive: "Receive", most: int) -> None:
        self._receive = receive
        self._most = most
        self._had = 0

    async def receive(self) -> "Message":
        message = await self._receive()
        self._had += len(message.get("body", b""))
        if self._had > self._most:
            raise HTTPException(413, _too_large(self._most))
        return message


def _too_large(most: int) -> str:
    return f"The request is larger than {most / 1e6:.0f} MB. Send less at a time."
