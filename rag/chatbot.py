"""Chatbot: the one object a user holds."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from rag.answering.fact_check import FactCheck, FactChecker
from rag.answers import Answer, Done, Event, Mode, Retrieved
from rag.citations.groundedness import Groundedness
from rag.components import Components
from rag.conversation.conversation import Conversation
from rag.conversation.history import History
from rag.conversation.query_rewriting import standalone
from rag.conversation.shared_events import SharedEvents
from rag.errors import ArticleMissing
from rag.ingestion.pipeline import IngestReport, Progress, ingest
from rag.retrieval.query import Query
from vectorstore.catalog import ArticleSummary
from vectorstore.listing import Order
from vectorstore.records import Article, Hit

if TYPE_CHECKING:
    from llama_index.core.base.base_query_engine import BaseQueryEngine
    from llama_index.core.base.base_retriever import BaseRetriever

Source = str | Path | Article


class Chatbot(Components):
    """Answers questions about the articles of one store, with exact citations.

    Made by `Chatbot.open`. A context manager, since it holds the store until it is closed; safe
    to use from several threads.
    """

    # Articles

    def add(
        self, source: Source | Iterable[Source], *, progress: Progress | None = None
    ) -> IngestReport:
        """Read, chunk, embed and store articles: files, folders, globs, or `Article` objects.

        Adding again what has not changed does nothing. What cannot be read is named in the
        report, and the rest goes on.
        """
        sources = [source] if isinstance(source, str | Path | Article) else list(source)
        return ingest(self.opened(create=True), self.embedder, sources, progress=progress)

    def articles(
        self, offset: int = 0, limit: int | None = None, *, order: Order = "added", query: str = ""
    ) -> list[ArticleSummary]:
        """What the store holds, without the texts: all, or `limit` of them from the `offset`th on.

        `query` keeps those that have its words, or words that begin so, in title, source, author or
        id; `order` is `added`, `newest`, `oldest`, `title` or `longest`.
        """
        return self.store.articles(offset, limit, order, query)

    def count(self, query: str = "") -> int:
        """How many articles there are, or how many `articles` finds."""
        return self.store.count(query)

    def article(self, article_id: str) -> Article:
        """One article, whole. Raises `ArticleMissing`."""
        article = self.store.get(article_id)
        if article is None:
            raise ArticleMissing(f"No article {article_id!r}. See them all with: footnote articles")
        return article

    def remove(self, article_id: str) -> None:
        """Forget an article, in every index. Raises `ArticleMissing`."""
        if not self.store.remove([article_id]):
            raise ArticleMissing(f"No article {article_id!r}. See them all with: footnote articles")

    # Questions

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
        for event in self.stream(
            question, history=history, as_of=as_of, filters=filters, k=k, mode=mode
        ):
            if isinstance(event, Done):
                return event.answer
        raise AssertionError("a stream ends with Done")

    def stream(
        self,
        question: str,
        *,
        history: History = (),
        as_of: date | str | None = None,
        filters: Mapping[str, Any] | None = None,
        k: int | None = None,
        mode: Mode | None = None,
    ) -> Iterator[Event]:
        """The same as `ask`, as it happens: `Retrieved`, then `Delta` and `Cited`, then `Done`."""
        started = perf_counter()
        query = Query.parse(question, as_of, filters)
        synthesizer = self.synthesizer(mode)
        alone = standalone(query.question, history, synthesizer.complete)
        query = replace(query, question=alone.question)
        hits = self.retriever.retrieve(replace(query, question=alone.search_text), self._k(k))
        retrieved = perf_counter()
        yield Retrieved(hits, alone.question)
        draft = yield from synthesizer.compose(query, hits)
        if alone.usage:
            draft = replace(draft, usage=alone.usage + draft.usage)
        answered = perf_counter()
        timings = {
            "retrieve": 1000 * (retrieved - started),
            "answer": 1000 * (answered - retrieved),
        }
        changed = alone.question if alone.changed else None
        yield Done(draft.answer(question, synthesizer.mode, hits, changed, timings))

    async def aask(self, question: str, **options: Any) -> Answer:
        """`ask` without blocking the event loop."""
        return await asyncio.to_thread(self.ask, question, **options)

    async def astream(self, question: str, **options: Any) -> AsyncIterator[Event]:
        """`stream` without blocking the event loop; leaving the loop early stops the model."""
        events = SharedEvents(self.stream(question, **options))
        try:
            while event := await asyncio.to_thread(events.next):
                yield event
        finally:
            await asyncio.shield(asyncio.to_thread(events.close))

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
        return list(self.retriever.retrieve(replace(query, question=searched), k))

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
        checker = FactChecker(self.retriever, Groundedness(self.verifier))
        found = tuple(checker.check(text, Query.parse("", as_of, filters)))
        return FactCheck(text, found, {"check": 1000 * (perf_counter() - started)})

    def conversation(self) -> Conversation:
        """A talk in which follow-ups are understood."""
        return Conversation(self)

    # LlamaIndex

    def as_retriever(self, k: int | None = None) -> "BaseRetriever":
        """A plain LlamaIndex retriever over the store."""
        from rag.llama_index import ArticleRetriever

        return ArticleRetriever(self.retriever, self._k(k))

    def as_query_engine(self, k: int | None = None) -> "BaseQueryEngine":
        """A plain LlamaIndex query engine; its response's metadata hold the `Answer`."""
        from rag.llama_index import query_engine

        return query_engine(self.retriever, self.synthesizer(), self._k(k))

    def _k(self, k: int | None) -> int:
        return self.settings.passages if k is None else k
