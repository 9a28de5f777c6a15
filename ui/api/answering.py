"""Questions answered, so many at a time; what is asked by a client who leaves is given up."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from rag.answers import Answer, Done, Event
from rag.errors import FootnoteError
from ui.api.metrics import Metrics
from ui.api.observed import QUESTION

if TYPE_CHECKING:
    from rag import Chatbot

AT_ONCE = 16
"""How many questions are worked on at a time; the others wait in line."""
LONGEST_LINE = 256
LONGEST_QUESTION = 8_000

T = TypeVar("T")


class Line:
    """Lets so many in at a time, in the order they came, and none into a line that is too long."""

    def __init__(self, at_once: int = AT_ONCE, longest: int = LONGEST_LINE) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._longest = longest
        self._waiting = 0

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """One's turn, for as long as it takes."""
        with self._waited():
            await self._places.acquire()
        try:
            yield
        finally:
            self._places.release()

    @contextmanager
    def _waited(self) -> Iterator[None]:
        if self._waiting >= self._longest:
            said = f"{self._waiting} questions are waiting already. Ask again in a moment."
            raise HTTPException(503, said, {"Retry-After": "2"})
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1


class Answering:
    """What the endpoint asks of a chatbot."""

    def __init__(self, bot: "Chatbot", metrics: Metrics) -> None:
        self.bot = bot
        self._metrics = metrics
        self._line = Line()

    async def events(
        self, request: Request, question: str, **options: Any
    ) -> AsyncGenerator[Event]:
        """The same as `Chatbot.astream`. Closing it ends the work."""
        request.scope[QUESTION] = question
        if not question.strip():
            raise HTTPException(400, "There is no question. Write one.")
        if len(question) > LONGEST_QUESTION:
            said = f"The question has {len(question):,} characters; at most {LONGEST_QUESTION:,}."
            raise HTTPException(400, said)
        with self._counted():
            async with self._line.place(), aclosing(self._stream(question, options)) as events:
                async for event in events:
                    yield event

    async def answer(self, request: Request, question: str, **options: Any) -> Answer:
        """The same as `Chatbot.aask`, given up when the client goes away."""
        return await unless_left(request, self._last(request, question, options))

    async def run(self, function: Callable[..., T], *arguments: Any, **options: Any) -> T:
        """What a method of the chatbot returns, in its turn and in a thread of its own."""
        async with self._line.place():
            return await asyncio.to_thread(function, *arguments, **options)

    async def _last(self, request: Request, question: str, options: dict[str, Any]) -> Answer:
        async with aclosing(self.events(request, question, **options)) as events:
            async for event in events:
                if isinstance(event, Done):
                    return event.answer
        raise AssertionError("a stream ends with Done")

    async def _stream(self, question: str, options: dict[str, Any]) -> AsyncGenerator[Event]:
        async with aclosing(self.bot.astream(question, **options)) as events:
            async for event in events:
                if isinstance(event, Done):
                    self._count(event.answer)
                yield event

    @contextmanager
    def _counted(self) -> Iterator[None]:
        try:
            yield
        except FootnoteError:
            self._metrics.count("footnote_questions_total", outcome="failed")
            raise

    def _count(self, answer: Answer) -> None:
        outcome = "refused" if answer.refused else "answered"
        self._metrics.count("footnote_questions_total", outcome=outcome)
        if usage := answer.usage:
            tokens = {"read": usage.prompt_tokens, "written": usage.completion_tokens}
            for kind, number in tokens.items():
                self._metrics.count("footnote_model_tokens_total", number, kind=kind)


async def unless_left(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """What the work returns; it is given up, with `ClientDisconnect`, when the client goes away."""
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait([working, leaving], return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientDisconnect
    finally:
        working.cancel()
        leaving.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
