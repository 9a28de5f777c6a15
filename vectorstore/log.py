"""The log of changes, in a collection of Chroma's, which tells readers what they have missed.

Entry `n` has the id "n". Chroma's `add` leaves a record that exists as it is, so whoever finds
their token in entry `n` was the first there: no two writers have one number, and none is left out.
Who will change articles adds an entry that says so, their ticket; and when it is done, another one
that ends the ticket. Tickets for the same article take turns in the order of their numbers.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from vectorstore.collection import SERVED
from vectorstore.server import asking
from vectorstore.state import Position

KEPT = 10_000
"""How many of the latest entries are kept at least; older ones are deleted, in steps of a tenth."""
_DOCUMENT_BYTES = 16_000


@dataclass(frozen=True, slots=True)
class LogEntry:
    """The beginning of a change of articles, a ticket; or, of the ticket `ends`, the end."""

    position: Position
    ids: tuple[str, ...]
    ends: int | None


class ChangeLog:
    """The collection of entries."""

    def __init__(self, collection: Any, place: Path | str) -> None:
        self._collection = collection
        self._place = place

    def append(self, after: Position, ids: Iterable[str], ends: int | None = None) -> Position:
        """Add an entry, somewhere after a position that is known; returns its own."""
        token = uuid4().hex
        document = json.dumps({"ids": list(ids), "ends": ends}, ensure_ascii=False)
        number = after.number + 1
        while not self._claimed(number, token, document):
            number = self._head(number) + 1
        self._fold(number)
        return Position(number, token)

    def read(self, after: Position) -> list[LogEntry] | None:
        """The entries after a position in order; None where the log does not reach back to it."""
        entries: list[LogEntry] = []
        known = after
        while True:
            page = self._get(range(known.number, known.number + SERVED))
            if known.number not in page or page[known.number].position != known:
                return None
            start = known.number
            while known.number + 1 in page:
                entries.append(page[known.number + 1])
                known = entries[-1].position
            if known.number + 1 < start + SERVED:
                return entries

    def last(self) -> Position:
        """The latest entry's position; a log without entries is begun."""
        with asking(self._place):
            found = self._collection.get(limit=1, include=[])["ids"]
        if not found:
            return self.append(Position(), (), 0)
        head = self._head(int(found[0]))
        return self._get([head])[head].position

    def tickets(self, position: Position) -> list[LogEntry]:
        """Those of the last entries up to a position that began something, and were not ended."""
        first = max(1, position.number - 3 * SERVED)
        entries: dict[int, LogEntry] = {}
        for start in range(first, position.number + 1, SERVED):
            entries |= self._get(range(start, min(start + SERVED, position.number + 1)))
        ended = {entry.ends for entry in entries.values()}
        return [e for number, e in entries.items() if e.ends is None and number not in ended]

    def _claimed(self, number: int, token: str, document: str) -> bool:
        """Whether this entry became the one of that number."""
        with asking(self._place):
            self._collection.add(
                [str(number)],
                embeddings=[[float(number)]],
                documents=[document],
                metadatas=[{"token": token}],
            )
        there = self._get([number - 1, number])
        ours = number in there and there[number].position.token == token
        if ours and number > 1 and number - 1 not in there:
            # Long behind: the number was free because what had it is deleted.
            with asking(self._place):
                self._collection.delete([str(number)])
            return False
        return ours

    def _head(self, known: int) -> int:
        """The number of the last entry, of which one up to it is known."""
        while True:
            leaps = [known + 2**power for power in range(32)]
            further = max(self._get(leaps), default=known)
            if further == known:
                return known
            known = further

    def _fold(self, number: int) -> None:
        """Delete what is older than anyone is likely to ask for, now and then."""
        step = KEPT // 10
        end = number - KEPT
        if number % step == 0 and end > 0:
            for start in range(max(1, end - 2 * step), end, SERVED):
                ids = [str(old) for old in range(start, min(start + SERVED, end))]
                with asking(self._place):
                    self._collection.delete(ids)

    def _get(self, numbers: Sequence[int]) -> dict[int, LogEntry]:
        with asking(self._place):
            found = self._collection.get(
                [str(number) for number in numbers], include=["metadatas", "documents"]
            )
        return {
            int(name): _entry(int(name), data["token"], text)
            for name, data, text in zip(
                found["ids"], found["metadatas"], found["documents"], strict=True
            )
        }


def chunks(ids: Iterable[str]) -> list[list[str]]:
    """Parts of `ids` each of which fits into one entry."""
    parts: list[list[str]] = [[]]
    size = 0
    for article in ids:
        added = len(json.dumps(article, ensure_ascii=False).encode()) + 2
        if size + added > _DOCUMENT_BYTES:
            parts.append([])
            size = 0
        size += added
        parts[-1].append(article)
    return [part for part in parts if part]


def _entry(number: int, token: str, text: str) -> LogEntry:
    document = json.loads(text)
    return LogEntry(Position(number, token), tuple(document["ids"]), document["ends"])
