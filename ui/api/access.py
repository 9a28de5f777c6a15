"""Who may ask: holders of a key, each so often; and who may change what is stored."""

from math import ceil
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request

from ui.api.errors import refusal
from ui.api.keys import Key, KeyFile
from ui.api.limits import RateLimit

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

OPEN = frozenset(["/healthz", "/readyz", "/docs", "/openapi.json"])
"""What anyone may see: nothing of the articles."""
KEY = "footnote.key"
"""Where in the scope of a request the key is that it came with."""

_NO_KEYS = (
    "This endpoint answers other machines only with a key, and none was made. "
    "On its machine: footnote key add NAME --keys FILE, then start it with --keys FILE."
)
_WRONG = "The key is missing or wrong. Send it as: Authorization: Bearer KEY"
_CHALLENGE = {"WWW-Authenticate": "Bearer"}


class Authentication:
    """An ASGI middleware that asks for a key, where there are any or `required` says so."""

    def __init__(self, app: "ASGIApp", keys: KeyFile | None, *, required: bool) -> None:
        self._app = app
        self._keys = keys
        self._required = required
        self._limit = RateLimit()

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass on what is open to all, and what comes with a key not used too often."""
        app: ASGIApp = self._app
        if scope["type"] == "http" and scope["path"] not in OPEN:
            app = self._refusal(scope) or app
        await app(scope, receive, send)

    def _refusal(self, scope: "Scope") -> "ASGIApp | None":
        if self._keys is None:
            return refusal(scope["path"], 401, _NO_KEYS, _CHALLENGE) if self._required else None
        key = self._keys.holder(bearer_of(scope))
        if key is None:
            return refusal(scope["path"], 401, _WRONG, _CHALLENGE)
        scope[KEY] = key
        if seconds := ceil(self._limit.wait(key.name, key.rate)):
            said = f"{key.name!r} may ask {key.rate} times a minute. Wait {seconds} s."
            return refusal(scope["path"], 429, said, {"Retry-After": str(seconds)})
        return None


def may_write(request: Request) -> None:
    """Refuse a request whose key is for reading only."""
    key: Key | None = request.scope.get(KEY)
    if key and key.access != "write":
        raise HTTPException(403, f"The key {key.name!r} may read only. Use one made with --write.")


def bearer_of(scope: "Scope") -> str:
    """The key that a request comes with; empty where it has none."""
    sent = Headers(scope=scope).get("authorization", "")
    scheme, _, secret = sent.partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""
