"""Logging in: a name and a password once, then a cookie. Programs send a key of the endpoint's."""

import asyncio
import re
import secrets
from collections.abc import Callable
from math import ceil
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from ui.api.access import KEY, bearer_of
from ui.api.keys import KeyFile
from ui.api.limits import Counted, RateLimit, address_of
from ui.web.auth import Users
from ui.web.cookies import cookie, cookie_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

USER = "footnote.user"
"""Where in the scope of a request the name is of who has logged in, or sent a key."""
ATTEMPTS = 10
"""Wrong passwords that may be tried in a minute, for one name as from one address."""

_LIFE = 14 * 24 * 3600  # seconds that a browser stays logged in without being used
_MOST_SESSIONS = 10_000
_LARGEST_FORM = 10_000
_TEMPLATE = Path(__file__).parent / "login.html"
_FIRST = "Log in first. Programs send one of the endpoint's keys: Authorization: Bearer KEY"
_UNKNOWN = "There is no such name with this password."


class Sessions:
    """Who has logged in, by the secret that their browser was given."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._users: dict[str, tuple[str, float]] = {}

    def begin(self, user: str) -> str:
        """A new secret of the user's. The one unused for longest ends when there are too many."""
        secret = secrets.token_urlsafe(32)
        self._users[secret] = (user, self._clock())
        if len(self._users) > _MOST_SESSIONS:
            del self._users[next(iter(self._users))]
        return secret

    def user(self, secret: str) -> str | None:
        """Whose the secret is; None when nobody's, or when it was not used for two weeks."""
        user, used = self._users.pop(secret, (None, 0.0))
        if user is None or self._clock() - used > _LIFE:
            return None
        self._users[secret] = (user, self._clock())
        return user

    def end(self, secret: str) -> None:
        """Let the secret open nothing any more."""
        self._users.pop(secret, None)


class Login:
    """An ASGI middleware that asks everyone who they are, before anything else."""

    def __init__(self, app: "ASGIApp", users: Users, keys: KeyFile | None = None) -> None:
        self._app = app
        self._users = users
        self._keys = keys
        self._sessions = Sessions()
        self._attempts, self._asked = RateLimit(), RateLimit()
        self._trying = asyncio.Semaphore(2)  # a password takes 16 MB and a core while it is tried

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass on what comes from who has logged in."""
        app: ASGIApp = self._app
        if scope["type"] == "http":
            scope[USER] = self._sessions.user(cookie_of(scope, "login") or "")
            app = await self._answer(Request(scope, receive)) or app
        await app(scope, receive, send)

    async def _answer(self, request: Request) -> "ASGIApp | None":
        """The answer to what concerns logging in, and to who has not; None for all else."""
        path, user = request.url.path.rstrip("/"), request.scope[USER]
        if path == "/login" and request.method == "POST":
            return await self._logging_in(request)
        if path == "/logout" and user:
            return self._logging_out(request)
        if user:
            return RedirectResponse("/", 303) if path == "/login" else None
        return self._with_key(request)

    async def _logging_in(self, request: Request) -> Response:
        try:
            form = await _form(request)
        except HTTPException as error:
            return _asked(request, error.status_code, "That is not this page's form.", "/")
        name, password = form.get("username", "").strip(), form.get("password", "")
        goal = _own_path(form.get("next", "/"))
        if seconds := self._wait(request, name):
            said = f"Too many attempts. Wait {seconds} s."
            return _asked(request, 429, said, goal, {"Retry-After": str(seconds)})
        async with self._trying:
            known = await asyncio.to_thread(self._users.know, name, password)
        if not known:
            return _asked(request, 401, _UNKNOWN, goal)
        for one in _tried(request, name):
            self._attempts.give_back(one)
        shown = _is_browser(request)
        done: Response = RedirectResponse(goal, 303) if shown else JSONResponse({"success": True})
        return _keeping(done, request, self._sessions.begin(name), _LIFE)

    def _wait(self, request: Request, name: str) -> int:
        """Seconds until the next attempt may be made, 0 when this one may."""
        return max(ceil(self._attempts.wait(one, ATTEMPTS)) for one in _tried(request, name))

    def _logging_out(self, request: Request) -> Response:
        if request.method != "POST":
            return _page(200, user=request.scope[USER])
        self._sessions.end(cookie_of(request.scope, "login") or "")
        return _keeping(RedirectResponse("/", 303), request, "", 0)

    def _with_key(self, request: Request) -> Response | None:
        """Let in who sends a key; to others, what there is to do."""
        key = self._keys.holder(bearer_of(request.scope)) if self._keys else None
        if key is None:
            return _asked(request, 401, _FIRST, _goal(request))
        if seconds := ceil(self._asked.wait(key.name, key.rate)):
            said = f"{key.name!r} may ask {key.rate} times a minute. Wait {seconds} s."
            return JSONResponse({"detail": said}, 429, {"Retry-After": str(seconds)})
        request.scope[KEY] = key
        request.scope[USER] = f"key {key.name}"
        return None


def _tried(request: Request, name: str) -> tuple[str, str]:
    """What an attempt is counted for."""
    return f"name {name}", f"address {address_of(request.scope)}"


def _asked(
    request: Request, status: int, said: str, goal: str, headers: dict[str, str] | None = None
) -> Response:
    """The form, to a browser; to a program, what there is to do."""
    if _is_browser(request):
        return _page(status, headers, said="" if said == _FIRST else said, next=goal)
    return JSONResponse({"detail": said, "error": said}, status, headers)


def _page(status: int, headers: dict[str, str] | None = None, **shown: str) -> Response:
    from jinja2 import Environment

    template = Environment(autoescape=True).from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return HTMLResponse(template.render(shown), status, headers)


def _keeping(response: Response, request: Request, secret: str, life: int) -> Response:
    response.headers.append("set-cookie", cookie(request.scope, "login", secret, life))
    return response


async def _form(request: Request) -> dict[str, str]:
    counted = Request(request.scope, Counted(request.receive, _LARGEST_FORM).receive)
    return dict(parse_qsl((await counted.body()).decode("utf-8", "replace")))


def _is_browser(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _goal(request: Request) -> str:
    """Where a browser wanted to go."""
    return f"{request.url.path}?{request.url.query}".rstrip("?")


def _own_path(goal: str) -> str:
    """The way on, if it stays here: a browser takes `//name` and `/\\name` for other servers."""
    return goal if re.fullmatch(r"/(?![/\\])[!-~]*", goal) else "/"
