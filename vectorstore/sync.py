"""Following the log of changes, taking turns to change, and mending what others left half done."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import RLock
from time import monotonic, sleep, time

from vectorstore.catalog import Position
from vectorstore.chroma import SERVED, ChromaPassages
from vectorstore.errors import StoreError
from vectorstore.index import DerivedIndex
from vectorstore.log import ChangeLog, LogEntry

LEASE = 60.0
"""Seconds after which a change that has not ended counts as given up, and is mended."""
_PATIENCE = 0.75
"""The part of the lease after which a writer gives up by itself."""
_PAUSE = 0.05


@dataclass(slots=True)
class Sync:
    """Keeps an index in step with Chroma. In a folder, `alone` has all changes to itself."""

    index: DerivedIndex
    chroma: ChromaPassages
    log: ChangeLog
    alone: bool
    _writing: RLock = field(default_factory=RLock)
    _under_way: int = 0
    _failed: set[int] = field(default_factory=set)
    _behind: bool = True

    def current(self) -> None:
        """Catch up with what others changed, and mend what they left."""
        if self._behind or not self.alone:
            self.follow()
            self.mend()

    def follow(self) -> None:
        """Bring the index to the end of the log."""
        if self.log.read(self.index.position) == []:
            return
        with self.index.alone():
            entries = self.log.read(self.index.position)
            if entries is None:
                self.rebuild()
            elif entries:
                self._apply(entries)

    def rebuild(self) -> None:
        """Make the index again of all there is in Chroma."""
        position = self.log.last()
        with self.index.changing(position) as catalog:
            self.index.empty()
            place, broken = self.chroma.count(), set[str]()
            for found in self.chroma.everything():
                for summary, passages in found.whole:
                    self.index.put(summary, passages, place)
                    place -= 1
                found.whole.clear()
                broken = found.broken
            catalog.begin(0, broken, time())
            for ticket in self.log.tickets(position):
                catalog.begin(ticket.position.number, ticket.ids, time())
        self.follow()

    def mend(self) -> None:
        """Delete what belongs to no whole article of changes that were given up."""
        given_up = self._given_up()
        if not given_up or not self._writing.acquire(blocking=False):
            return
        try:
            ids = sorted({article for _, article in given_up})
            for start in range(0, len(ids), SERVED):
                with self.turn(ids[start : start + SERVED]) as part:
                    self.chroma.delete(self.chroma.remains(part).stale)
            for ticket in {ticket for ticket, _ in given_up} - {0}:
                theirs = [article for number, article in given_up if number == ticket]
                self.log.append(self.index.position, theirs, ends=ticket)
            self.follow()
            self._behind = False
        finally:
            self._writing.release()

    @contextmanager
    def turn(self, ids: Sequence[str]) -> Iterator[Sequence[str]]:
        """Within it nobody else changes these articles; afterwards the index has the change.

        Raises `StoreError` where others keep them too long.
        """
        with self._writing:
            self.follow()
            ticket = self.log.append(self.index.position, ids)
            self._under_way = ticket.number
            try:
                self._wait(ticket, set(ids))
                yield ids
                self.log.append(ticket, ids, ends=ticket.number)
            except BaseException:
                self._failed.add(ticket.number)
                self._behind = True
                raise
            finally:
                self._under_way = 0
            self.follow()

    def unsure(self) -> set[str]:
        """The articles of which there may be more than the index knows."""
        return {
            article for ticket, article, _ in self.index.unfinished() if ticket != self._under_way
        }

    def _apply(self, entries: Sequence[LogEntry]) -> None:
        changed = dict.fromkeys(i for entry in entries if entry.ends is not None for i in entry.ids)
        with self.index.changing(entries[-1].position) as catalog:
            for entry in entries:
                if entry.ends is None:
                    catalog.begin(entry.position.number, entry.ids, time())
                else:
                    catalog.end(entry.ends, entry.ids)
            for start in range(0, len(changed), SERVED):
                part = list(changed)[start : start + SERVED]
                found = self.chroma.articles(part)
                self.index.drop(part)
                for summary, passages in found.whole:
                    self.index.put(summary, passages, None)
                catalog.end(0, part)
                catalog.begin(0, found.broken, time())

    def _wait(self, ticket: Position, ids: set[str]) -> None:
        """Wait until no earlier ticket for any of these articles is open."""
        started = monotonic()
        while True:
            self.follow()
            given_up = self._given_up()
            waiting = [
                article
                for number, article, _ in self.index.unfinished()
                if 0 < number < ticket.number
                and article in ids
                and (number, article) not in given_up
            ]
            if not waiting:
                return
            if monotonic() - started > _PATIENCE * LEASE:
                raise StoreError(f"Others keep changing article {waiting[0]!r}. Try again later.")
            sleep(_PAUSE)

    def _given_up(self) -> set[tuple[int, str]]:
        """Tickets and articles of changes whose writers are gone."""
        oldest = time() - LEASE
        return {
            (ticket, article)
            for ticket, article, since in self.index.unfinished()
            if ticket != self._under_way
            and (self.alone or ticket in self._failed or since < oldest)
        }
