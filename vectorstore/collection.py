"""A collection of Chroma's, asked for no more at a time than a call may hold."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from vectorstore.server import asking

SERVED, EMBEDDED = 300, 2000
"""How many records a call may name, bring or ask for, on a server (Chroma Cloud's quota) or not."""


class ChromaCollection:
    """A collection in a folder or on a server, whose failures are `StoreError`s."""

    def __init__(self, collection: Any, place: Path | str) -> None:
        self._collection = collection
        self._place = place
        self.page = EMBEDDED if isinstance(place, Path) else SERVED

    def _pages(self, ids: Sequence[str]) -> Iterator[list[str]]:
        """The ids in parts that a call may name."""
        for start in range(0, len(ids), self.page):
            yield list(ids[start : start + self.page])

    def _ask(self, call: str, *values: Any, **named: Any) -> Any:
        with asking(self._place):
            method: Callable[..., Any] = getattr(self._collection, call)
            return method(*values, **named)
