"""Footnote's synthesizers as one of LlamaIndex's, and the query engine around it."""

import asyncio
from collections.abc import AsyncGenerator, Generator, Iterator, Sequence
from contextlib import aclosing
from contextvars import copy_context
from time import perf_counter
from typing import Any, TypeVar

from llama_index.core.callbacks import CallbackManager
from llama_index.core.indices.prompt_helper import ChatPromptHelper, PromptHelper
from llama_index.core.instrumentation.events.synthesis import (
    SynthesizeEndEvent,
    SynthesizeStartEvent,
)
from llama_index.core.llms import MockLLM
from llama_index.core.prompts.mixin import PromptDictType
from llama_index.core.response_synthesizers import BaseSynthesizer
from llama_index.core.schema import NodeWithScore, QueryBundle
from llama_index_instrumentation import get_dispatcher

from rag.answering.synthesizer import Synthesizer
from rag.answers import Answer, Done, Draft
from rag.llama_index.nodes import hits_of
from rag.llama_index.responses import AnswerResponse, AnswerStream, AsyncAnswerStream, Made
from rag.llama_index.retriever import Scope
from rag.retrieval.query import Query
from rag.retrieval.retriever import Retriever
from vectorstore.records import Hit

E = TypeVar("E")
Nodes = list[NodeWithScore]
dispatcher = get_dispatcher(__name__)


class CitingSynthesizer(BaseSynthesizer):
    """A LlamaIndex response synthesizer around one of Footnote's.

    The nodes may be of any retriever, as long as their texts are in the store's articles. The base
    class insists on a language model and on ways to cut prompts; what it is given is never asked.
    """

    def __init__(
        self, retriever: Retriever, synthesizer: Synthesizer, scope: Scope, *, streaming: bool
    ) -> None:
        super().__init__(
            llm=MockLLM(),
            callback_manager=CallbackManager(),
            prompt_helper=PromptHelper(tokenizer=list),
            chat_prompt_helper=ChatPromptHelper(tokenizer=list),
            streaming=streaming,
        )
        self._retriever = retriever
        self._synthesizer = synthesizer
        self._scope = scope

    @dispatcher.span
    def synthesize(
        self,
        query: str | QueryBundle,
        nodes: Nodes,
        additional_source_nodes: Sequence[NodeWithScore] | None = None,
        **_: Any,
    ) -> AnswerResponse | AnswerStream:
        """The answer made from the nodes, whole or as a stream. Raises `InputError`."""
        dispatcher.event(SynthesizeStartEvent(query=query))
        asked = self._asked(query)
        hits = hits_of(nodes, asked.question, self._retriever)
        sources = [*nodes, *(additional_source_nodes or ())]
        response: AnswerResponse | AnswerStream
        if self._streaming:
            response = AnswerStream.of(_in_context(self._events(asked, hits)), hits, sources)
        else:
            response = AnswerResponse.of(_answer(self._events(asked, hits)), sources)
        dispatcher.event(SynthesizeEndEvent(query=query, response=response))
        return response

    @dispatcher.span
    async def asynthesize(
        self,
        query: str | QueryBundle,
        nodes: Nodes,
        additional_source_nodes: Sequence[NodeWithScore] | None = None,
        **_: Any,
    ) -> AnswerResponse | AsyncAnswerStream:
        """`synthesize` without blocking the event loop; cancelling ends the model's call."""
        dispatcher.event(SynthesizeStartEvent(query=query))
        asked = self._asked(query)
        hits = await asyncio.to_thread(hits_of, nodes, asked.question, self._retriever)
        sources = [*nodes, *(additional_source_nodes or ())]
        response: AnswerResponse | AsyncAnswerStream
        if self._streaming:
            response = AsyncAnswerStream.of(self._aevents(asked, hits), hits, sources)
        else:
            answers = [e.answer async for e in self._aevents(asked, hits) if isinstance(e, Done)]
            response = AnswerResponse.of(answers[0], sources)
        dispatcher.event(SynthesizeEndEvent(query=query, response=response))
        return response

    def get_response(self, *_: Any, **__: Any) -> str:
        """Refused: bare texts have lost their articles, so nothing could be cited."""
        raise TypeError("Footnote answers from nodes, not from bare texts; call synthesize().")

    async def aget_response(self, *_: Any, **__: Any) -> str:
        """Refused, like `get_response`."""
        raise TypeError("Footnote answers from nodes, not from bare texts; call asynthesize().")

    def _get_prompts(self) -> PromptDictType:
        return {}

    def _update_prompts(self, _: PromptDictType) -> None:
        return

    def _asked(self, query: str | QueryBundle) -> Query:
        return self._scope.query(query if isinstance(query, str) else query.query_str)

    def _events(self, query: Query, hits: tuple[Hit, ...]) -> Generator[Made, None, None]:
        started = perf_counter()
        draft = yield from self._synthesizer.compose(query, hits)
        yield Done(self._answered(query, hits, draft, started))

    async def _aevents(self, query: Query, hits: tuple[Hit, ...]) -> AsyncGenerator[Made, None]:
        started = perf_counter()
        composition = self._synthesizer.acompose(query, hits)
        async with aclosing(composition.events()) as events:
            async for event in events:
                yield event
        yield Done(self._answered(query, hits, composition.result, started))

    def _answered(
        self, query: Query, hits: tuple[Hit, ...], draft: Draft, started: float
    ) -> Answer:
        timings = {"answer": 1000 * (perf_counter() - started)}
        return draft.answer(query.question, self._synthesizer.mode, hits, None, timings)


def _answer(events: Iterator[Made]) -> Answer:
    return next(event.answer for event in events if isinstance(event, Done))


def _in_context(events: Generator[E, None, None]) -> Generator[E, None, None]:
    """The events, made in today's context: what is traced belongs to the span that is open now."""
    context, none = copy_context(), object()
    try:
        while (event := context.run(next, events, none)) is not none:
            yield event  # type: ignore[misc]
    finally:
        events.close()
