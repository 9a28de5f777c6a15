"""Following the log of changes, taking turns to change, and mending what others left half done."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import RLock
from time import monotonic, sleep, time

from vectorstore.chroma import ChromaPassages
from vectorstore.collection import SERVED
from vectorstore.errors import StoreError
from vectorstore.index import DerivedIndex
from vectorstore.log import ChangeLog, LogEntry
from vectorstore.state import Position

LEASE = 60.0
"""Seconds after which a change that has not ended counts as given up, and is mended."""
_PATIENCE = 0.5
"""The part of the lease for which a ticket waits: in the rest of it there is time to write."""
_PAUSE = 0.05
_NONE = -1


@dataclass(slots=True)
class Sync:
    """Keeps an index in step with Chroma. In a folder, `alone` has all changes to itself."""

    index: DerivedIndex
    chroma: ChromaPassages
    log: ChangeLog
    alone: bool
    _writing: RLock = field(default_factory=RLock)
    _under_way: int = _NONE
    _failed: set[int] = field(default_factory=set)
    _behind: bool = True

    def current(self) -> None:
        """Catch up with what others changed, and mend what they left."""
        if not self._behind and self.alone:
            return
        self._behind = False
        try:
            self.follow()
            self.mend()
        except BaseException:
            self._behind = True
            raise

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
        if not self._given_up():
            return
        if not self._writing.acquire(blocking=False):
            self._behind = True  # whoever is writing is asked again later
            return
        try:
            given_up = self._given_up()
            ids = sorted({article for _, article in given_up})
            for start in range(0, len(ids), SERVED):
                with self.turn(ids[start : start + SERVED]) as part:
                    self.chroma.delete(self.chroma.remains(part).stale)
            for ticket in {ticket for ticket, _ in given_up} - {0}:
                theirs = [article for number, article in given_up if number == ticket]
                self.log.append(self.index.position, theirs, ends=ticket)
            self.follow()
        finally:
            self._writing.release()

    @contextmanager
    def turn(self, ids: Sequence[str]) -> Iterator[Sequence[str]]:
        """Within it nobody else changes these articles; afterwards the index has the change.

        Raises `StoreError` where others keep them too long.
        """
        with self._writing:
            try:
                ticket = self._ticket(ids)
                yield ids
                self.log.append(ticket, ids, ends=ticket.number)
                self.follow()
            except BaseException:
                self._failed.add(self._under_way)
                self._behind = True
                raise
            finally:
                self._under_way = _NONE

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

    def _ticket(self, ids: Sequence[str]) -> Position:
        """A ticket whose turn it is; one that waited for too long is given back for a new one."""
        started = monotonic()
        while True:
            self.follow()
            ticket = self.log.append(self.index.position, ids)
            self._under_way = ticket.number
            taken = self._wait(ticket, set(ids))
            if taken is None:
                return ticket
            self.log.append(ticket, ids, ends=ticket.number)
            self._under_way = _NONE
            if monotonic() - started > 3 * LEASE:
                raise StoreError(f"Others keep changing article {taken!r}. Try again later.")

    def _wait(self, ticket: Position, ids: set[str]) -> str | None:
        """Wait until no earlier ticket for any of these articles is open; else name one that is."""
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
            if not waiting or monotonic() - started > _PATIENCE * LEASE:
                return waiting[0] if waiting else None
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
