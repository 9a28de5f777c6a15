"""The page's cookies: each for one use, bound to this server and out of scripts' reach."""

from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING

from starlette.datastructures import Headers

if TYPE_CHECKING:
    from starlette.types import Scope


def cookie_of(scope: "Scope", use: str) -> str | None:
    """What a browser has kept for a `use`, as it sends it."""
    try:
        cookies = SimpleCookie(Headers(scope=scope).get("cookie", ""))
    except CookieError:
        return None
    found = cookies.get(_name(scope, use))
    return found.value if found else None


def cookie(scope: "Scope", use: str, value: str, life: int | None = None) -> str:
    """The header that has a browser keep `value`, for `life` seconds or until it is closed."""
    limits = "" if life is None else f"; Max-Age={life}"
    secure = "; Secure" if scope["scheme"] == "https" else ""
    kept = f"{_name(scope, use)}={value}; Path=/{limits}"
    return f"{kept}; HttpOnly; SameSite=Lax{secure}"


def _name(scope: "Scope", use: str) -> str:
    """Its own for each port: a browser sends cookies to all servers of one machine."""
    return f"footnote-{use}-{scope['server'][1]}"
