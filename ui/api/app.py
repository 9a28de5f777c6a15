"""The endpoint as one ASGI application, alone or on the page's own port."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import FastAPI, Security
from fastapi.security import HTTPBearer
from starlette.middleware import Middleware

from ui.api.access import Authentication
from ui.api.answering import Answering
from ui.api.articles import articles
from ui.api.completions import completions
from ui.api.errors import explain_errors
from ui.api.health import health
from ui.api.hosts import KnownHosts, is_exposed
from ui.api.keys import KeyFile
from ui.api.limits import BodyLimit
from ui.api.metrics import Metrics
from ui.api.observed import Observed
from ui.api.questions import questions
from ui.api.reference import add_reference
from ui.version import installed_version

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from rag import Chatbot

_PATHS = ("/v1", "/api", "/docs", "/openapi.json", "/healthz", "/readyz", "/metrics")


@dataclass(frozen=True, slots=True)
class Access:
    """Who is let in: `host` is listened on, `allowed` are its names elsewhere, `keys` open it.

    `guarded` says that a key is asked for in any case.
    """

    host: str = "127.0.0.1"
    allowed: Sequence[str] = ()
    keys: KeyFile | None = None
    guarded: bool = False

    @property
    def needs_key(self) -> bool:
        """Whether nothing is answered without a key: others than this machine can ask."""
        return self.guarded or bool(self.allowed) or is_exposed(self.host)


def endpoint(bot: "Chatbot", access: Access, *, log_questions: bool = False) -> FastAPI:
    """The endpoint over `bot`."""
    metrics = Metrics()
    app = FastAPI(
        title="Footnote",
        summary="Ask your articles, get answers with footnotes that hold.",
        description="Questions, articles and checks, and OpenAI's API over them.",
        version=installed_version(),
        docs_url=None,
        redoc_url=None,
        dependencies=[Security(HTTPBearer(auto_error=False, description="Where keys are used."))],
        middleware=[
            Middleware(Observed, metrics=metrics, questions=log_questions),
            Middleware(KnownHosts, host=access.host, allowed=access.allowed),
            Middleware(Authentication, keys=access.keys, required=access.needs_key),
            Middleware(BodyLimit),
        ],
    )
    answering = Answering(bot, metrics)
    for routes in (completions, questions, articles):
        app.include_router(routes(answering))
    app.include_router(health(answering, metrics))
    add_reference(app)
    explain_errors(app)
    return app


class Beside:
    """An ASGI middleware that has the endpoint answer its own paths, on the page's port."""

    def __init__(self, app: "ASGIApp", endpoint: "ASGIApp") -> None:
        self._page = app
        self._endpoint = endpoint

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass on what is asked to whom it concerns."""
        app = self._page
        if scope["type"] == "http" and _is_ours(scope["path"]):
            app = self._endpoint
        await app(scope, receive, send)


def _is_ours(path: str) -> bool:
    return any(path == ours or path.startswith(f"{ours}/") for ours in _PATHS)
