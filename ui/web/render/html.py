"""The one place where HTML is made: whatever is not `Html` already is escaped."""

import re
from collections.abc import Iterable
from html import escape
from urllib.parse import urlsplit

_TAG = re.compile(r"[a-z][a-z0-9]*")
_ATTRIBUTE = re.compile(r"(?!on)[a-z][a-z-]*")
_FRAGMENT = re.compile(r"#[A-Za-z0-9-]+")
_FORBIDDEN = frozenset({"script", "style", "iframe", "object", "embed", "base", "link", "meta"})
_LINKS = frozenset({"href", "src", "action", "formaction"})
_VOID = frozenset({"br", "hr", "input"})

Attribute = str | int | float | bool | None


class Html(str):
    """Markup that `el` made and that may stand in a page as it is."""

    __slots__ = ()


Child = str | Iterable[str] | None


def el(tag: str, *children: Child, **attributes: Attribute) -> Html:
    """An element. Strings among the children are text; `None` is nothing; iterables are flattened.

    Attribute names end in `_` where Python has a word of its own (`class_`) and have `_` for `-`.
    `None` and `False` leave an attribute out, `True` sets it bare. A link that leads neither to the
    web nor within the page is left out. Raises `ValueError` for a tag or attribute that could run
    something.
    """
    if not _TAG.fullmatch(tag) or tag in _FORBIDDEN:
        raise ValueError(f"{tag!r} is not an element this page may hold.")
    opening = f"<{tag}{''.join(_attribute(name, value) for name, value in attributes.items())}>"
    return Html(opening if tag in _VOID else f"{opening}{join(*children)}</{tag}>")


def join(*children: Child) -> Html:
    """The children one after the other, with text escaped."""
    return Html("".join(_flat(children)))


def listed(*parts: str | None) -> Html:
    """The parts that there are, on one line that takes the first one's direction.

    Each keeps its own: a date in a line of Arabic would else be turned round.
    """
    first, *others = filter(None, parts) if any(parts) else ("",)
    return join(first, (join(" · ", el("bdi", part)) for part in others))


def web_address(url: str | None) -> str | None:
    """The URL if a browser may follow it: http or https, with a host; else None."""
    try:
        parts = urlsplit((url or "").strip())
    except ValueError:
        return None
    return (url or "").strip() if parts.scheme in {"http", "https"} and parts.hostname else None


def _flat(children: Iterable[Child]) -> Iterable[str]:
    for child in children:
        if isinstance(child, str):
            yield child if isinstance(child, Html) else escape(child)
        elif child is not None:
            yield from _flat(child)


def _attribute(name: str, value: Attribute) -> str:
    name = name.rstrip("_").replace("_", "-")
    if not _ATTRIBUTE.fullmatch(name) or name in {"style", "srcdoc"}:
        raise ValueError(f"{name!r} is not an attribute this page may hold.")
    if name in _LINKS:
        value = value if _FRAGMENT.fullmatch(str(value)) else web_address(str(value))
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
