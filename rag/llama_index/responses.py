"""LlamaIndex's responses, with the answer that they are the text of."""

from collections.abc import AsyncGenerator, Generator, Iterator
from contextlib import aclosing, closing
from dataclasses import dataclass, field

from llama_index.core.base.response.schema import (
    AsyncStreamingResponse,
    Response,
    StreamingResponse,
)
from llama_index.core.schema import NodeWithScore

from rag.answers import Answer, Cited, Delta, Done
from rag.documents import answer_json
from vectorstore.records import Hit

Made = Delta | Cited | Done


def _no_events() -> Generator[Made, None, None]:
    yield from ()


@dataclass
class AnswerResponse(Response):
    """A response whose text has markers, and whose metadata hold the answer as plain data."""

    answer: Answer | None = None

    @classmethod
    def of(cls, answer: Answer, nodes: list[NodeWithScore]) -> "AnswerResponse":
        """The response that tells an answer."""
        return cls(answer.text, nodes, answer_json(answer), answer)


@dataclass
class AnswerStream(StreamingResponse):
    """A response that streams statement by statement; its metadata are there at the end.

    `events` are the same as they happen; whoever takes them does not take `response_gen`.
    """

    hits: tuple[Hit, ...] = ()
    events: Generator[Made, None, None] = field(default_factory=_no_events)

    @classmethod
    def of(
        cls, events: Generator[Made, None, None], hits: tuple[Hit, ...], nodes: list[NodeWithScore]
    ) -> "AnswerStream":
        """The response whose text the events come to."""
        stream = cls(_no_text(), nodes, hits=hits, events=events)
        stream.response_gen = stream._texts()
        return stream

    def _texts(self) -> Generator[str, None, None]:
        text = Text()
        with closing(self.events) as events:
            for event in events:
                yield from text.of(event)
                if isinstance(event, Done):
                    self.metadata = answer_json(event.answer)


@dataclass
class AsyncAnswerStream(AsyncStreamingResponse):
    """The same without blocking the event loop."""

    hits: tuple[Hit, ...] = ()
    events: AsyncGenerator[Made, None] | None = None

    @classmethod
    def of(
        cls, events: AsyncGenerator[Made, None], hits: tuple[Hit, ...], nodes: list[NodeWithScore]
    ) -> "AsyncAnswerStream":
        """The response whose text the events come to."""
        stream = cls(_no_text_async(), nodes, hits=hits, events=events)
        stream.response_gen = stream._texts(events)
        return stream

    async def _texts(self, events: AsyncGenerator[Made, None]) -> AsyncGenerator[str, None]:
        text = Text()
        async with aclosing(events):
            async for event in events:
                for part in text.of(event):
                    yield part
                if isinstance(event, Done):
                    self.metadata = answer_json(event.answer)


class Text:
    """The text of an answer in parts, each a whole statement: only such are not withdrawn."""

    def __init__(self) -> None:
        self._told = ""

    def of(self, event: Made) -> Iterator[str]:
        """What an event adds; together, the answer's text, unless statements were withdrawn."""
        if isinstance(event, Cited):
            yield from self._more(event.statement.marked, " ")
        if isinstance(event, Done) and not event.answer.text.startswith(self._told):
            yield from self._more(event.answer.text, "\n\n")
        elif isinstance(event, Done):
            yield from self._more(event.answer.text[len(self._told) :], "")

    def _more(self, text: str, between: str) -> Iterator[str]:
        part = (between if self._told else "") + text
        self._told += part
        if part:
            yield part


def _no_text() -> Generator[str, None, None]:
    yield from ()


async def _no_text_async() -> AsyncGenerator[str, None]:
    for part in list[str]():
        yield part
