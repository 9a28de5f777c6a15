"""Work that goes on in a thread of its own, whether or not anybody watches it to its end."""

import logging
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Generic, TypeVar

from rag.errors import FootnoteError
from ui.web.parts import unexpected

if TYPE_CHECKING:
    from rag.ingestion.pipeline import Progress

_LOG = logging.getLogger(__name__)
_PATIENCE = 0.5  # seconds until a step is given again: between two of them one can stop watching

Step = tuple[int, int | None, str]
Result = TypeVar("Result")


class Background(Generic[Result]):
    """Work under way. At its end it has a `result`, or an `error` that a reader understands.

    The server closes what shows a page that is gone, on the thread that serves everyone; so
    closing must not wait for the end.
    """

    def __init__(self, work: "Callable[[Progress], Result]") -> None:
        """Begin: `work` is called with what it tells its progress to."""
        self.result: Result | None = None
        self.error = ""
        self._work = work
        self._told: SimpleQueue[Step | None] = SimpleQueue()
        Thread(target=self._run, name="background", daemon=True).start()

    def steps(self) -> Iterator[Step]:
        """Each step of it, and the last one again from time to time, until it has ended."""
        last: Step | None = None
        while True:
            try:
                step = self._told.get(timeout=_PATIENCE)
            except Empty:
                step = last or (0, None, "")
            if step is None:
                return
            last = step
            yield step

    def _run(self) -> None:
        try:
            self.result = self._work(lambda *step: self._told.put(step))
        except FootnoteError as error:
            self.error = str(error)
        except Exception as error:
            _LOG.exception("Work in the background failed")
            self.error = unexpected(error)
        finally:
            self._told.put(None)
