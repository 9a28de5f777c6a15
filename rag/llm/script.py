"""Work that asks a model on its way, written once for callers that wait and callers that do not.

A `Script` is a generator. It yields events, which are passed on, and a `Prompt` whenever it wants
the next piece of the model's reply to it: it is sent the piece, None after the last one, or has a
`ModelError` raised at that place. `run` asks the model while its caller waits; `AsyncRun` awaits
the model, and does everything else in threads.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar

from rag.answers import Cited, Delta
from rag.errors import ModelError
from rag.llm.messages import Piece, Prompt

E = TypeVar("E")
R = TypeVar("R")
Step = Prompt | Delta | Cited
Script = Generator[Step, Piece | None, R]


class Asked(Protocol):
    """A model that can be asked."""

    def stream(self, prompt: Prompt) -> Generator[Piece, None, None]:
        """The reply as it comes; closing it ends the call. Raises `ModelError`."""
        ...

    def astream(self, prompt: Prompt) -> AsyncGenerator[Piece, None]:
        """The same without blocking the event loop."""
        ...


@dataclass(frozen=True, slots=True)
class Returned(Generic[R]):
    """What a script has come to."""

    value: R


def run(script: Script[R], model: Asked | None) -> Generator[Delta | Cited, None, R]:
    """Pass the script's events on, and return what it returns; closing this ends the model's call.

    Only a script that asks nothing may go without a model.
    """
    prompt, reply = None, _no_pieces()
    step: Step | Returned[R] = _step(partial(next, script))
    try:
        while not isinstance(step, Returned):
            if not isinstance(step, Prompt):
                yield step
                step = _step(partial(next, script))
                continue
            try:
                if step is not prompt:
                    reply.close()
                    prompt, reply = step, _model(model).stream(step)
                piece = next(reply, None)
            except ModelError as error:
                step = _step(partial(script.throw, error))
            else:
                step = _step(partial(script.send, piece))
        return step.value
    finally:
        reply.close()


def completed(events: Generator[object, None, R]) -> R:
    """Run to the end for what is returned."""
    while not isinstance(step := _step(partial(next, events)), Returned):
        pass
    value: R = step.value
    return value


class AsyncRun(Generic[R]):
    """The events of a script, without blocking the event loop; cancelling ends the model's call."""

    result: R
    """What the script has returned, once the events are through."""

    def __init__(self, script: Script[R], model: Asked | None) -> None:
        self._script = script
        self._model = model

    async def events(self) -> AsyncGenerator[Delta | Cited, None]:
        """The events; closing this ends the model's call."""
        script, prompt, reply = self._script, None, _no_pieces_async()
        step: Step | Returned[R] = await asyncio.to_thread(_step, partial(next, script))
        try:
            while not isinstance(step, Returned):
                if not isinstance(step, Prompt):
                    yield step
                    step = await asyncio.to_thread(_step, partial(next, script))
                    continue
                try:
                    if step is not prompt:
                        await reply.aclose()
                        prompt, reply = step, _model(self._model).astream(step)
                    piece = await next_or_none(reply)
                except ModelError as error:
                    step = await asyncio.to_thread(_step, partial(script.throw, error))
                else:
                    step = await asyncio.to_thread(_step, partial(script.send, piece))
            self.result = step.value
        finally:
            await reply.aclose()

    async def completed(self) -> R:
        """Run to the end for what is returned."""
        async for _ in self.events():
            pass
        return self.result


async def in_threads(pieces: Generator[E, None, None]) -> AsyncGenerator[E, None]:
    """What a generator yields, waited for in threads; one that is left is closed at its next."""
    turn = Lock()

    def step() -> E | Returned[Any]:
        with turn:
            return _step(partial(next, pieces))

    def close() -> None:
        with turn:
            pieces.close()

    try:
        while not isinstance(piece := await asyncio.to_thread(step), Returned):
            yield piece
    finally:
        asyncio.get_running_loop().run_in_executor(None, close)


async def next_or_none(pieces: AsyncIterator[E]) -> E | None:
    """The next of them; None after the last one."""
    try:
        return await anext(pieces)
    except StopAsyncIteration:
        return None


def _step(resume: Callable[[], E]) -> E | Returned[Any]:
    """Go on to what a generator yields next, or has returned: a thread cannot raise that."""
    try:
        return resume()
    except StopIteration as stop:
        return Returned(stop.value)


def _model(model: Asked | None) -> Asked:
    if model is None:
        raise AssertionError("a script that asks needs a model")
    return model


def _no_pieces() -> Generator[Piece, None, None]:
    yield from ()


async def _no_pieces_async() -> AsyncGenerator[Piece, None]:
    for piece in list[Piece]():
        yield piece
