"""How much one client may ask: requests a minute, and bytes at a time."""

from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network
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
_MOST_NAMES = 10_000


class RateLimit:
    """So many requests a minute for each name; what was not used in the last one is kept.

    Who asked nothing for a minute may ask as much as someone new, and is forgotten in time.
    """

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
        if len(self._left) > _MOST_NAMES:
            self._left = {n: (left, at) for n, (left, at) in self._left.items() if now - at < 60}
        return 0.0 if taken else (1 - left) * 60 / rate

    def give_back(self, name: str) -> None:
        """Let a request that was taken not count."""
        left, since = self._left.get(name, (0.0, 0.0))
        self._left[name] = (left + 1, since)


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
        await self._app(scope, Counted(receive, most).receive, send)


def address_of(scope: "Scope") -> str:
    """Where a request comes from; an IPv6 network counts as one, since it is given out whole."""
    host = scope["client"][0] if scope.get("client") else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    is_six = isinstance(address, IPv6Address) and not address.ipv4_mapped
    return str(ip_network((host, 64), strict=False)) if is_six else host


class Counted:
    """Receives a body, and raises `HTTPException` where it grows larger than `most` bytes."""

    def __init__(self, receive: "Receive", most: int) -> None:
        self._receive = receive
        self._most = most
        self._had = 0

    async def receive(self) -> "Message":
        """The next piece."""
        message = await self._receive()
        self._had += len(message.get("body", b""))
        if self._had > self._most:
            raise HTTPException(413, _too_large(self._most))
        return message


def _too_large(most: int) -> str:
    return f"The request is larger than {most / 1e6:.0f} MB. Send less at a time."
