"""Chatbot: the one object a user holds."""

import asyncio
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import date
from time import perf_counter
from typing import TYPE_CHECKING, Any

from rag.answering.briefing import Brief, brief
from rag.answering.fact_check import FactCheck, FactChecker
from rag.answering.timeline import Timeline, timeline
from rag.answers import Answer, Event, Mode
from rag.citations.groundedness import Groundedness
from rag.collection import Collection
from rag.conversation.conversation import Conversation
from rag.conversation.history import History
from rag.conversation.query_rewriting import standalone
from rag.retrieval.query import Query
from vectorstore.records import Hit

if TYPE_CHECKING:
    from llama_index.core.base.base_retriever import BaseRetriever
    from llama_index.core.chat_engine.types import BaseChatEngine
    from llama_index.core.postprocessor.types import BaseNodePostprocessor
    from llama_index.core.query_engine import RetrieverQueryEngine
    from llama_index.core.vector_stores import MetadataFilters

    from rag.llama_index.engine import Question
    from rag.llama_index.retriever import Scope


class Chatbot(Collection):
    """Answers questions about the articles of one store, with exact citations.

    Made by `Chatbot.open`. A context manager, since it holds the store until it is closed; safe
    to use from several threads.
    """

    def ask(
        self,
        question: str,
        *,
        history: History = (),
        as_of: date | str | None = None,
        filters: Mapping[str, Any] | None = None,
        k: int | None = None,
        mode: Mode | None = None,
    ) -> Answer:
        """Answer one question.

        `history` are the turns before it; nothing published after `as_of` is used; `filters`
        narrow by `source`, `article`, `since` and `until`; `k` is how many passages are found.
        `mode` overrides the configured way of answering. While a language model is not to be had,
        the answer is an extractive one, and its first note says why. Raises `InputError`, and
        `ModelError` where the model is set up wrongly.
        """
        return self._question(question, history, as_of, filters, k, mode).answer()

    def stream(
        self,
        question: str,
        *,
        history: History = (),
        as_of: date | str | None = None,
        filters: Mapping[str, Any] | None = None,
        k: int | None = None,
        mode: Mode | None = None,
    ) -> Generator[Event, None, None]:
        """The same as `ask`, as it happens: `Retrieved`, then `Delta` and `Cited`, then `Done`."""
        return self._question(question, history, as_of, filters, k, mode).events()

    async def aask(
        self,
        question: str,
        *,
        history: History = (),
        as_of: date | str | None = None,
        filters: Mapping[str, Any] | None = None,
        k: int | None = None,
        mode: Mode | None = None,
    ) -> Answer:
        """`ask` without blocking the event loop; cancelling it ends the call to the model."""
        made = await asyncio.to_thread(self._question, question, history, as_of, filters, k, mode)
        return await made.aanswer()

    async def astream(
        self,
        question: str,
        *,
        history: History = (),
        as_of: date | str | None = None,
        filters: Mapping[str, Any] | None = None,
        k: int | None = None,
        mode: Mode | None = None,
    ) -> AsyncGenerator[Event, None]:
        """`stream` without blocking the event loop; leaving it or cancelling ends the call."""
        made = await asyncio.to_thread(self._question, question, history, as_of, filters, k, mode)
        async with aclosing(made.aevents()) as events:
            async for event in events:
                yield event

    def retrieve(
        self,
        question: str,
        k: int = 10,
        *,
        history: History = (),
        as_of: date | str | None = None,
        filters: Mapping[str, Any] | None = None,
    ) -> list[Hit]:
        """The `k` passages most likely to answer, best first."""
        query = Query.parse(question, as_of, filters)
        searched = standalone(query.question, history).search_text
        return list(self.retriever.retrieve(replace(query, question=searched), self.how_many(k)))

    def check(
        self,
        text: str,
        *,
        as_of: date | str | None = None,
        filters: Mapping[str, Any] | None = None,
    ) -> FactCheck:
        """Look every sentence of a text up in the articles: supported, contradicted, not found.

        `as_of` and `filters` are as in `ask`. English only; what is not is `unchecked`.
        """
        started = perf_counter()
        found = tuple(self._checker.check(text, Query.parse("", as_of, filters)))
        return FactCheck(text, found, {"check": 1000 * (perf_counter() - started)})

    def timeline(
        self,
        question: str,
        *,
        as_of: date | str | None = None,
        filters: Mapping[str, Any] | None = None,
    ) -> Timeline:
        """The dated sentences about a question or a thing, in order, each said once.

        A time that a sentence names is resolved against the day of its article; one that names
        none stands at that day. `as_of` and `filters` are as in `ask`.
        """
        started = perf_counter()
        events = timeline(self.retriever, Query.parse(question, as_of, filters))
        return Timeline(question, events, {"timeline": 1000 * (perf_counter() - started)})

    def brief(
        self,
        topic: str | None = None,
        *,
        since: date | str | None = None,
        as_of: date | str | None = None,
        filters: Mapping[str, Any] | None = None,
    ) -> Brief:
        """What the articles are about since a day: the events, each in one cited sentence.

        With a `topic`, the events of what is about it. `as_of` and `filters` are as in `ask`.
        """
        started = perf_counter()
        inside = {**(filters or {}), **({"since": since} if since else {})}
        told = brief(self.retriever, self._checker, Query.parse(topic or "", as_of, inside))
        return replace(told, timings={"brief": 1000 * (perf_counter() - started)})

    def conversation(self) -> Conversation:
        """A talk in which follow-ups are understood."""
        return Conversation(self)

    @property
    def _checker(self) -> FactChecker:
        return FactChecker(self.retriever, Groundedness(self.verifier))

    # LlamaIndex

    def as_retriever(
        self,
        k: int | None = None,
        *,
        filters: "Mapping[str, Any] | MetadataFilters | None" = None,
        as_of: date | str | None = None,
    ) -> "BaseRetriever":
        """A plain LlamaIndex retriever over the store.

        `filters` and `as_of` are as in `ask`; LlamaIndex's `MetadataFilters` are understood as
        well. Raises `InputError` naming a filter that is not.
        """
        from rag.llama_index.retriever import ArticleRetriever

        return ArticleRetriever(self.retriever, self._scope(filters, as_of, k))

    def as_query_engine(
        self,
        k: int | None = None,
        *,
        filters: "Mapping[str, Any] | MetadataFilters | None" = None,
        as_of: date | str | None = None,
        node_postprocessors: "Sequence[BaseNodePostprocessor]" = (),
        streaming: bool = False,
    ) -> "RetrieverQueryEngine":
        """A plain LlamaIndex query engine, the one that answers `ask`.

        Its response's metadata hold the answer as plain data; of a streaming one they are there
        at its end. The chatbot's own postprocessors come before these.
        """
        from rag.llama_index.engine import query_engine

        parts = self.parts(None)
        parts = replace(
            parts, node_postprocessors=(*parts.node_postprocessors, *node_postprocessors)
        )
        return query_engine(parts, self._scope(filters, as_of, k), streaming=streaming)

    def as_chat_engine(
        self,
        k: int | None = None,
        *,
        filters: "Mapping[str, Any] | MetadataFilters | None" = None,
        as_of: date | str | None = None,
    ) -> "BaseChatEngine":
        """A LlamaIndex chat engine: follow-ups are understood by what was said before."""
        from rag.llama_index.chat_engine import CitingChatEngine

        return CitingChatEngine(self.parts(None), self._scope(filters, as_of, k))

    def _question(  # noqa: PLR0917
        self,
        question: str,
        history: History,
        as_of: date | str | None,
        filters: Mapping[str, Any] | None,
        k: int | None,
        mode: Mode | None,
    ) -> "Question":
        from rag.llama_index.engine import Question

        return Question(self.parts(mode), self._scope(filters, as_of, k), question, history)

    def _scope(
        self,
        filters: "Mapping[str, Any] | MetadataFilters | None",
        as_of: date | str | None,
        k: int | None,
    ) -> "Scope":
        from rag.llama_index.filters import plain_filters
        from rag.llama_index.retriever import Scope

        return Scope(Query.parse("", as_of, plain_filters(filters)), self.how_many(k))
