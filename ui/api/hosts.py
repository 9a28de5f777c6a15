"""Whom the endpoint answers: known names of this machine, and no other site's pages.

A page elsewhere can point its own name at 127.0.0.1 and then read what a browser on this machine
can reach; its requests still carry that name.
"""

from collections.abc import Iterable
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from ui.api.errors import refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK = frozenset(["localhost", "127.0.0.1", "::1"])
_HARMLESS = frozenset(["GET", "HEAD", "OPTIONS"])


def is_exposed(host: str) -> bool:
    """Whether other machines can reach what listens on `host`."""
    if host == "localhost":
        return False
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return True


class KnownHosts:
    """An ASGI middleware that refuses unknown hosts, and changes asked for by other sites."""

    def __init__(self, app: "ASGIApp", host: str, allowed: Iterable[str] = ()) -> None:
        """`host` is what the server listens on, `allowed` the names it has elsewhere."""
        self._app = app
        self._names = LOOPBACK | {host.lower(), *(name.lower() for name in allowed)}
        self._everywhere = _is_unspecified(host)

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass on what is asked of a known host by its own pages or by a program."""
        app: ASGIApp = self._app
        if scope["type"] == "http":
            app = self._refusal(scope) or app
        await app(scope, receive, send)

    def _refusal(self, scope: "Scope") -> "ASGIApp | None":
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_known(host):
            said = f"This is not {host!r}. Allow that name with: --allow-host NAME"
            return refusal(scope["path"], 403, said)
        origin = headers.get("origin")
        if scope["method"] not in _HARMLESS and origin and urlsplit(origin).netloc != host:
            return refusal(scope["path"], 403, f"Pages of {origin!r} may change nothing here.")
        return None

    def _is_known(self, host: str) -> bool:
        name = _hostname(host)
        return name in self._names or (self._everywhere and _is_address(name))


def _hostname(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    """Whether a host is a number, which no other site can take for its own."""
    try:
        return bool(ip_address(name))
    except ValueError:
        return False


def _is_unspecified(host: str) -> bool:
    return _is_address(host) and ip_address(host).is_unspecified
