"""Whom the page and the endpoint answer: known names of this machine, and no other site's pages.

A page elsewhere can point its own name at 127.0.0.1 and then read what a browser on this machine
can reach; its requests still carry that name. What it asks for under a known name carries its own
as `Origin`, or is said by the browser to be of another site (`Sec-Fetch-Site`).
"""

from collections.abc import Iterable
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocketClose

from ui.api.errors import refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK = frozenset(["localhost", "127.0.0.1", "::1"])
_HARMLESS = frozenset(["GET", "HEAD", "OPTIONS"])
_OWN = frozenset(["same-origin", "none"])
_HEARSAY = frozenset([b"x-forwarded-host", b"x-forwarded-proto", b"x-gradio-server"])


def is_exposed(host: str) -> bool:
    """Whether other machines can reach what listens on `host`."""
    if host == "localhost":
        return False
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return True


class KnownHosts:
    """An ASGI middleware that refuses unknown hosts, and what other sites' pages ask for.

    They may only lead to a page here, as any link does.
    """

    def __init__(self, app: "ASGIApp", host: str, allowed: Iterable[str] = ()) -> None:
        """`host` is what the server listens on, `allowed` the names it has elsewhere."""
        self._app = app
        self._names = LOOPBACK | {host.lower(), *(name.lower() for name in allowed)}
        self._everywhere = _is_unspecified(host)

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass on what is asked of a known host by its own pages or by a program."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        said = self._objection(scope)
        app: ASGIApp = _refused(scope, said) if said else self._app
        _drop_hearsay(scope)
        await app(scope, receive, send)

    def _objection(self, scope: "Scope") -> str | None:
        """Why this is not answered; None when it is."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_known(host):
            return f"This is not {host!r}. Allow that name with: --allow-host NAME"
        origin = headers.get("origin")
        acts = scope.get("method") not in _HARMLESS
        if acts and origin and origin.partition("://")[2] != host:
            return f"Pages of {origin!r} may change nothing here."
        if headers.get("sec-fetch-site", "none") not in _OWN and (acts or not _is_link(headers)):
            return "Pages of other sites may ask nothing here; they may link to it."
        return None

    def _is_known(self, host: str) -> bool:
        name = _hostname(host)
        return name in self._names or (self._everywhere and _is_address(name))


def _refused(scope: "Scope", said: str) -> "ASGIApp":
    if scope["type"] == "websocket":
        return WebSocketClose(reason=said)
    if "text/html" in Headers(scope=scope).get("accept", ""):
        return PlainTextResponse(said, 403)
    return refusal(scope["path"], 403, said)


def _is_link(headers: Headers) -> bool:
    """Whether a browser was led here by a link, and shows what comes as a page."""
    how = headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")
    return how == ("navigate", "document")


def _drop_hearsay(scope: "Scope") -> None:
    """Take out names and schemes that anyone may have put into the headers.

    The server itself believes those of a proxy it trusts.
    """
    scope["headers"] = [one for one in scope["headers"] if one[0].lower() not in _HEARSAY]


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
