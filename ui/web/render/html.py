"""The one place where HTML is made: whatever is not `Markup` already is escaped."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from markupsafe import Markup, escape

_TAG = re.compile(r"[a-z][a-z0-9]*")
_ATTRIBUTE = re.compile(r"(?!on)[a-z][a-z-]*")
_OWN = re.compile(r"#[A-Za-z0-9-]+|(?:\.\./)?article/[A-Za-z0-9._~%-]+(?:#\d+-\d+)?")
_FORBIDDEN = frozenset({"script", "style", "iframe", "object", "embed", "base", "link", "meta"})
_LINKS = frozenset({"href", "src", "action", "formaction"})
_VOID = frozenset({"br", "hr", "input"})

Attribute = str | int | float | bool | None
Child = str | Iterable[str] | None


def el(tag: str, *children: Child, **attributes: Attribute) -> Markup:
    """An element. Strings among the children are text; `None` is nothing; iterables are flattened.

    Attribute names end in `_` where Python has a word of its own (`class_`) and have `_` for `-`.
    `None` and `False` leave an attribute out, `True` sets it bare. A link that leads neither to the
    web nor within the page nor to an article of ours is left out. Raises `ValueError` for a tag or
    attribute that could run something.
    """
    if not _TAG.fullmatch(tag) or tag in _FORBIDDEN:
        raise ValueError(f"{tag!r} is not an element this page may hold.")
    opening = f"<{tag}{''.join(_attribute(name, value) for name, value in attributes.items())}>"
    return Markup(opening if tag in _VOID else f"{opening}{join(*children)}</{tag}>")  # noqa: S704


def join(*children: Child) -> Markup:
    """The children one after the other, with text escaped."""
    return Markup().join(_flat(children))


def listed(*parts: str | None) -> Markup:
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


def _flat(children: Iterable[Child]) -> Iterator[str]:
    for child in children:
        if isinstance(child, str):
            yield child
        elif child is not None:
            yield from _flat(child)


def _attribute(name: str, value: Attribute) -> str:
    name = name.rstrip("_").replace("_", "-")
    if not _ATTRIBUTE.fullmatch(name) or name in {"style", "srcdoc"}:
        raise ValueError(f"{name!r} is not an attribute this page may hold.")
    if name in _LINKS:
        value = value if _OWN.fullmatch(str(value)) else web_address(str(value))
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
