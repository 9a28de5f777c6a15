"""The one query engine that answers every question, and a question on its way through it."""

from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import aclosing, closing
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING

from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import QueryBundle
from llama_index_instrumentation import get_dispatcher

from rag.answering.synthesizer import Synthesizer
from rag.answers import Answer, Done, Event, Retrieved
from rag.conversation.history import History
from rag.conversation.query_rewriting import Standalone, rewritten, standalone
from rag.llama_index.responses import AnswerResponse, AnswerStream, AsyncAnswerStream, Made
from rag.llama_index.retriever import ArticleRetriever, Scope
from rag.llama_index.synthesizer import CitingSynthesizer
from rag.llm.script import AsyncRun, completed, run
from rag.retrieval.query import printable_line
from rag.retrieval.retriever import Retriever

if TYPE_CHECKING:
    from llama_index.core.postprocessor.types import BaseNodePostprocessor

dispatcher = get_dispatcher(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What an engine is made of."""

    retriever: Retriever
    synthesizer: Synthesizer
    node_postprocessors: Sequence["BaseNodePostprocessor"] = ()


def query_engine(parts: Parts, scope: Scope, *, streaming: bool = False) -> RetrieverQueryEngine:
    """LlamaIndex's query engine over Footnote's retriever and synthesizer."""
    return RetrieverQueryEngine(
        ArticleRetriever(parts.retriever, scope),
        CitingSynthesizer(parts.retriever, parts.synthesizer, scope, streaming=streaming),
        list(parts.node_postprocessors),
    )


class Question:
    """A question asked in a conversation, on its way through the engine."""

    def __init__(self, parts: Parts, scope: Scope, asked: str, history: History) -> None:
        self._parts = parts
        self._scope = scope
        self._asked = asked
        self._history = history
        self._started = perf_counter()

    def answer(self) -> Answer:
        """The whole answer."""
        alone = condensed(self._question, self._history, self._parts.synthesizer)
        response = self._engine(streaming=False).query(_bundle(alone))
        return self._finished(alone, response)

    async def aanswer(self) -> Answer:
        """The same without blocking the event loop; cancelling ends the model's call."""
        alone = await acondensed(self._question, self._history, self._parts.synthesizer)
        response = await self._engine(streaming=False).aquery(_bundle(alone))
        return self._finished(alone, response)

    def events(self) -> Generator[Event, None, None]:
        """The answer as it happens."""
        alone = condensed(self._question, self._history, self._parts.synthesizer)
        response = self._engine(streaming=True).query(_bundle(alone))
        if not isinstance(response, AnswerStream):
            raise TypeError("a streaming engine gives a stream")
        retrieved = self._elapsed()
        yield Retrieved(response.hits, alone.question)
        with closing(response.events) as events:
            for event in events:
                yield self._as_asked(event, alone, retrieved)

    async def aevents(self) -> AsyncGenerator[Event, None]:
        """The same without blocking the event loop; leaving it ends the model's call."""
        alone = await acondensed(self._question, self._history, self._parts.synthesizer)
        response = await self._engine(streaming=True).aquery(_bundle(alone))
        if not isinstance(response, AsyncAnswerStream) or response.events is None:
            raise TypeError("a streaming engine gives a stream")
        retrieved = self._elapsed()
        yield Retrieved(response.hits, alone.question)
        async with aclosing(response.events) as events:
            async for event in events:
                yield self._as_asked(event, alone, retrieved)

    def _engine(self, *, streaming: bool) -> RetrieverQueryEngine:
        return query_engine(self._parts, self._scope, streaming=streaming)

    @property
    def _question(self) -> str:
        return printable_line(self._asked)

    def _elapsed(self) -> float:
        return 1000 * (perf_counter() - self._started)

    def _finished(self, alone: Standalone, response: object) -> Answer:
        if not isinstance(response, AnswerResponse) or response.answer is None:
            raise TypeError("an engine gives an answer")
        retrieved = self._elapsed() - response.answer.timings["answer"]
        return _in_conversation(response.answer, self._asked, alone, retrieved)

    def _as_asked(self, event: Made, alone: Standalone, retrieved: float) -> Event:
        if isinstance(event, Done):
            return Done(_in_conversation(event.answer, self._asked, alone, retrieved))
        return event


@dispatcher.span
def condensed(question: str, history: History, synthesizer: Synthesizer) -> Standalone:
    """A follow-up as a question of its own, by the model where one writes the answers."""
    if synthesizer.model is None:
        return standalone(question, history)
    return completed(run(rewritten(question, history), synthesizer.model))


@dispatcher.span
async def acondensed(question: str, history: History, synthesizer: Synthesizer) -> Standalone:
    """The same without blocking the event loop."""
    if synthesizer.model is None:
        return standalone(question, history)
    return await AsyncRun(rewritten(question, history), synthesizer.model).completed()


def _bundle(alone: Standalone) -> QueryBundle:
    return QueryBundle(alone.question, custom_embedding_strs=[alone.search_text])


def _in_conversation(answer: Answer, asked: str, alone: Standalone, retrieved: float) -> Answer:
    """The answer to a question as it was asked, with what making it whole has cost."""
    return replace(
        answer,
        question=asked,
        standalone=alone.question if alone.changed else None,
        timings={"retrieve": retrieved, **answer.timings},
        usage=alone.usage + answer.usage if alone.usage else answer.usage,
    )
