"""Whose turn it is at each host."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic, sleep

from rag.errors import SourceUnavailable

_MOST_FAILURES = 3


class Turns:
    """One request at a time a host, and not before it is ready. Safe to use from threads."""

    def __init__(self) -> None:
        self._locks: dict[str, Lock] = {}
        self._ready: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._left: dict[str, str] = {}

    @contextmanager
    def at(self, host: str) -> Iterator[None]:
        """Alone at a host, when it is ready for a request. Raises `SourceUnavailable`."""
        with self._locks.setdefault(host, Lock()):
            if host in self._left:
                raise SourceUnavailable(self._left[host])
            sleep(max(0.0, self._ready.get(host, 0.0) - monotonic()))
            yield

    def wait(self, host: str, seconds: float) -> None:
        """Let a host rest."""
        self._ready[host] = max(self._ready.get(host, 0.0), monotonic() + seconds)

    def worked(self, host: str) -> None:
        """A host answers."""
        self._failures.pop(host, None)

    def failed(self, host: str, reason: str) -> None:
        """A host did not answer; when it does so again and again it is asked for nothing more."""
        self._failures[host] = self._failures.get(host, 0) + 1
        if self._failures[host] >= _MOST_FAILURES:
            self._left[host] = f"{reason}; nothing more was asked of this site"

    def closed(self, host: str, seconds: float) -> SourceUnavailable:
        """A host wants a long pause: ask it for nothing more; returns why."""
        minutes = max(1, round(seconds / 60))
        self._left[host] = f"the site asks for a pause of {minutes} minutes; try again then"
        return SourceUnavailable(self._left[host])
