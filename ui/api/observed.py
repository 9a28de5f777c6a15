"""What is noted of each request: its figures, and a line in the log."""

import logging
from time import perf_counter
from typing import TYPE_CHECKING

from ui.api.access import KEY
from ui.api.metrics import Metrics

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

QUESTION = "footnote.question"
"""Where in the scope of a request the question is, once it has been read."""
LOG = logging.getLogger("footnote.requests")
_LEFT = 499  # as nginx counts clients who went away before there was an answer


class Observed:
    """An ASGI middleware that counts, times and logs requests.

    The log names the key, the route and the outcome; the question only with `questions`.
    """

    def __init__(self, app: "ASGIApp", metrics: Metrics, *, questions: bool) -> None:
        self._app = app
        self._metrics = metrics
        self._questions = questions

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass everything on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = perf_counter()
        outcome = _Outcome(send)
        try:
            await self._app(scope, receive, outcome.send)
        except Exception:
            outcome.status = 500
            raise
        finally:
            self._note(scope, outcome.status, perf_counter() - started)

    def _note(self, scope: "Scope", status: int, seconds: float) -> None:
        # The route and not the path, which may name an article and has no end of values.
        route, method = getattr(scope.get("route"), "path", "unknown"), scope["method"]
        labels = {"route": route, "method": method, "status": str(status)}
        self._metrics.count("footnote_requests_total", **labels)
        self._metrics.time(seconds, route=route)
        name = scope[KEY].name if KEY in scope else "-"
        asked = f" {scope[QUESTION]!r}" if self._questions and QUESTION in scope else ""
        LOG.info("%s %s %s %d %.3fs%s", name, method, route, status, seconds, asked)


class _Outcome:
    """Passes an answer on, and remembers its status."""

    def __init__(self, send: "Send") -> None:
        self._send = send
        self.status = _LEFT

    async def send(self, message: "Message") -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self._send(message)
