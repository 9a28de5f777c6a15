"""What a browser is told not to do with what comes from here, whoever says otherwise in it.

Gradio makes functions of strings, for every event that runs a script, and styles elements by their
attributes: scripts cannot do without `unsafe-eval`, styles not without `unsafe-inline`. But nothing
that gets into the page as markup can run: a script needs the page's nonce, or to be a file of it.
"""

from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "content-security-policy"
_FRAMELESS = "object-src 'none'; frame-ancestors 'none'; form-action 'self'; base-uri 'self'"
_HEADERS = {
    POLICY: f"default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; {_FRAMELESS}",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def page_policy(nonce: str) -> str:
    """The policy of the page itself, whose scripts have this nonce."""
    return (
        f"default-src 'self'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        f"connect-src 'self'; worker-src 'self' blob:; {_FRAMELESS}"
    )


class SafeHeaders:
    """An ASGI middleware that gives every answer these headers, unless it has its own."""

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass everything on."""

        async def sending(message: "Message") -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, sending)
