"""Pages of our own beside Gradio's: an article by itself, a shared conversation, what they need.

    /article/ID           with #START-END, scrolled to those characters and they marked
    /conversation/NAME    a conversation that a reader shared, with its footnotes
    /own/NAME             the style and script of these

They stand behind the log-in, where there is one.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route, Router

from rag.errors import FootnoteError
from ui.web.render.reading_page import message_page, reading_page
from ui.web.shared import SharedConversations

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from rag import Chatbot

_STATIC = Path(__file__).parent / "static"
_ASSETS = frozenset({"reading.css", "reading.js"})
_PATHS = ("/article/", "/conversation/", "/own/")
_NOT_SHARED = "There is no conversation at this address."
# Nothing in them runs but our own script, whatever an article says.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class OwnPages:
    """An ASGI middleware that answers these paths itself, and passes on all others."""

    def __init__(self, app: "ASGIApp", bot: "Chatbot", shared: SharedConversations) -> None:
        self._page = app
        self._bot = bot
        self._shared = shared
        self._router = Router(
            [
                Route("/article/{id:path}", self._article),
                Route("/conversation/{name}", self._conversation),
                Route("/own/{name}", self._asset),
                Route("/{other:path}", self._nothing),
            ]
        )

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer, or pass on."""
        ours = scope["type"] == "http" and scope["path"].startswith(_PATHS)
        await (self._router if ours else self._page)(scope, receive, send)

    def _article(self, request: Request) -> Response:
        name = request.path_params["id"]
        up = _up(request)
        try:
            article = self._bot.article(name)
        except FootnoteError as error:
            return _told(str(error), up, 404)
        page = reading_page(article, home=f"{up}/", assets=f"{up}/own")
        return HTMLResponse(page, headers=_HEADERS)

    def _conversation(self, request: Request) -> Response:
        html = self._shared.get(request.path_params["name"])
        if html is None:
            return _told(_NOT_SHARED, _up(request), 404)
        return HTMLResponse(html, headers=_HEADERS)

    def _asset(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _ASSETS:
            return self._nothing(request)
        return FileResponse(_STATIC / name)

    def _nothing(self, request: Request) -> Response:
        return _told("There is nothing at this address.", _up(request), 404)


def _up(request: Request) -> str:
    """The way from an article's address to the page's, relative, as behind a proxy's path."""
    return "/".join([".."] * (request.scope["raw_path"].count(b"/") - 1))


def _told(said: str, up: str, status: int) -> Response:
    page = message_page(said, home=f"{up}/", assets=f"{up}/own")
    return HTMLResponse(page, status, headers=_HEADERS)
