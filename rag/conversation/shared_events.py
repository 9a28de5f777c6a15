"""Events that one thread takes and another may give up."""

from collections.abc import Generator, Iterator
from threading import Lock

from rag.answers import Event


class SharedEvents:
    """The events of one answer; whoever gives them up waits for the step under way."""

    def __init__(self, events: Iterator[Event]) -> None:
        self._events = events
        self._step = Lock()

    def next(self) -> Event | None:
        """The next event; None after the last one."""
        with self._step:
            return next(self._events, None)

    def close(self) -> None:
        """Take no more events, and end the call to a model if there is one."""
        with self._step:
            if isinstance(self._events, Generator):
                self._events.close()
