"""What a site's robots.txt allows, by RFC 9309."""

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from rag.errors import SourceError, SourceUnavailable

if TYPE_CHECKING:
    from protego import Protego

AGENT = "Footnote"
"""The name by which a robots.txt speaks of us."""

_MOST_BYTES = 500 * 1024
_LONGEST_DELAY = 10.0


class Robots:
    """The rules of every site that was asked, each read once."""

    def __init__(self, read: Callable[[str], bytes]) -> None:
        """`read` fetches an address; it raises `SourceError` where there is nothing to be had."""
        self._read = read
        self._rules: dict[str, Protego | SourceUnavailable] = {}
        self._locks: dict[str, Lock] = {}

    def check(self, url: str) -> None:
        """Raise `SourceError` where a site keeps programs off an address."""
        rules = self._of(url)
        if isinstance(rules, SourceUnavailable):
            raise SourceUnavailable(f"the site's robots.txt cannot be read: {rules}")
        if not rules.can_fetch(url, AGENT):
            raise SourceError("the site's robots.txt keeps programs off it")

    def delay(self, url: str) -> float:
        """The seconds that a site wants between two requests."""
        rules = self._of(url)
        wanted = None if isinstance(rules, SourceUnavailable) else rules.crawl_delay(AGENT)
        return min(wanted or 0.0, _LONGEST_DELAY)

    def _of(self, url: str) -> "Protego | SourceUnavailable":
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        with self._locks.setdefault(origin, Lock()):
            if origin not in self._rules:
                self._rules[origin] = self._fetched(urljoin(origin, "/robots.txt"))
            return self._rules[origin]

    def _fetched(self, url: str) -> "Protego | SourceUnavailable":
        """The rules; none where the site has no such file or refuses it."""
        from protego import Protego

        try:
            content = self._read(url)[:_MOST_BYTES]
        except SourceUnavailable as error:
            return error
        except SourceError:
            content = b""
        return Protego.parse(content.decode("utf-8", "replace"))
