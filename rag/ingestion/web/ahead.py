"""Work done ahead of its use, in threads."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

WORKERS = 8
WINDOW = 24
"""How many results at most wait to be used."""


def ahead(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[tuple[Item, Result]]:
    """Every item with what comes of it, in order, while the next ones are worked on.

    The threads are daemons: nobody waits for a slow site when the rest is not wanted any more.
    Raises what `work` raises.
    """
    tasks: SimpleQueue[tuple[Item, Future[Result]] | None] = SimpleQueue()
    waiting: deque[tuple[Item, Future[Result]]] = deque()
    threads = 0
    try:
        for item in items:
            waiting.append((item, Future()))
            tasks.put(waiting[-1])
            if threads < WORKERS:
                Thread(target=_serve, args=(work, tasks), name="fetching", daemon=True).start()
                threads += 1
            if len(waiting) == WINDOW:
                done, future = waiting.popleft()
                yield done, future.result()
        while waiting:
            done, future = waiting.popleft()
            yield done, future.result()
    finally:
        for _, future in waiting:
            future.cancel()
        for _ in range(threads):
            tasks.put(None)


def _serve(
    work: Callable[[Item], Result], tasks: "SimpleQueue[tuple[Item, Future[Result]] | None]"
) -> None:
    while task := tasks.get():
        item, future = task
        if future.set_running_or_notify_cancel():
            try:
                future.set_result(work(item))
            except BaseException as error:
                future.set_exception(error)
