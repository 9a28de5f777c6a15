"""Chatbot: the one object a user holds."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from threading import RLock
from time import perf_counter
from typing import TYPE_CHECKING, Any, Self

from rag.answering.extractive import Extractive
from rag.answering.synthesizer import Synthesizer
from rag.answers import Answer, Done, Event, Mode, Retrieved
from rag.conversation.conversation import Conversation
from rag.conversation.history import History
from rag.conversation.query_rewriting import standalone
from rag.conversation.shared_events import SharedEvents
from rag.errors import ArticleMissing, StoreMissing
from rag.ingestion.pipeline import IngestReport, Progress, ingest
from rag.models.encoder import Embedder
from rag.models.reader import Reader
from rag.retrieval.embedding import embedder_for
from rag.retrieval.query import Query
from rag.retrieval.retriever import Retriever
from rag.settings import Settings
from vectorstore.catalog import ArticleSummary
from vectorstore.records import Article, Hit
from vectorstore.store import ArticleStore

if TYPE_CHECKING:
    from llama_index.core.base.base_query_engine import BaseQueryEngine
    from llama_index.core.base.base_retriever import BaseRetriever

Source = str | Path | Article


class Chatbot:
    """Answers questions about the articles of one store, with exact citations.

    Made by `Chatbot.open`. A context manager, since it holds the store until it is closed; safe
    to use from several threads.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._store: ArticleStore | None = None
        self._opening = RLock()

    @classmethod
    def open(cls, store: str | Path | None = None, settings: Settings | None = None) -> Self:
        """A chatbot over the store at a folder or URL; an absent one is made by the first `add`.

        `settings` are by default `Settings.load(os.environ)`. Raises `StoreError` for a place
        that is no store, or is held by another process.
        """
        settings = settings or Settings.load(os.environ)
        bot = cls(settings if store is None else replace(settings, store=str(store)))
        with suppress(StoreMissing):
            bot._opened(create=False)
        return bot

    def close(self) -> None:
        """Let go of the store."""
        if self._store is not None:
            self._store.close()
            self._store = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Articles

    def add(
        self, source: Source | Iterable[Source], *, progress: Progress | None = None
    ) -> IngestReport:
        """Read, chunk, embed and store articles: files, folders, globs, or `Article` objects.

        Adding again what has not changed does nothing. What cannot be read is named in the
        report, and the rest goes on.
        """
        sources = [source] if isinstance(source, str | Path | Article) else list(source)
        return ingest(self._opened(create=True), self.embedder, sources, progress=progress)

    def articles(self) -> list[ArticleSummary]:
        """What the store holds, without the texts."""
        return self.store.articles()

    def article(self, article_id: str) -> Article:
        """One article, whole. Raises `ArticleMissing`."""
        article = self.store.get(article_id)
        if article is None:
            raise ArticleMissing(f"No article {article_id!r}. See them all with: footnote articles")
        return article

    def remove(self, article_id: str) -> None:
        """Forget an article, in every index. Raises `ArticleMissing`."""
        self.article(article_id)
        self.store.remove([article_id])

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
        synthesizer = self._synthesizer(mode)
        alone = standalone(query.question, history, synthesizer.complete)
        query = replace(query, question=alone.question)
        hits = self._retriever.retrieve(replace(query, question=alone.search_text), self._k(k))
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
        return list(self._retriever.retrieve(replace(query, question=searched), k))

    def conversation(self) -> Conversation:
        """A talk in which follow-ups are understood."""
        return Conversation(self)

    # LlamaIndex

    def as_retriever(self, k: int | None = None) -> "BaseRetriever":
        """A plain LlamaIndex retriever over the store."""
        from rag.llama_index import ArticleRetriever

        return ArticleRetriever(self._retriever, self._k(k))

    def as_query_engine(self, k: int | None = None) -> "BaseQueryEngine":
        """A plain LlamaIndex query engine; its response's metadata hold the `Answer`."""
        from rag.llama_index import query_engine

        return query_engine(self._retriever, self._synthesizer(None), self._k(k))

    # Parts

    @property
    def store(self) -> ArticleStore:
        """The open store. Raises `StoreMissing` when nothing was ever added."""
        return self._opened(create=False)

    @cached_property
    def embedder(self) -> Embedder:
        """What turns texts into vectors, loaded when first needed."""
        return embedder_for(self.settings)

    @cached_property
    def reader(self) -> Reader:
        """What finds the answer in a passage, loaded when first needed."""
        return Reader.load()

    @property
    def _retriever(self) -> Retriever:
        return Retriever(self.store, self.embedder)

    def _synthesizer(self, mode: Mode | None) -> Synthesizer:
        mode = mode or ("extractive" if self.settings.is_extractive else "generative")
        if mode == "extractive":
            return Extractive(self.reader)
        return self._generative

    @cached_property
    def _generative(self) -> Synthesizer:
        from rag.answering.generative import Generative

        return Generative(self.settings, self.embedder, lambda: Extractive(self.reader))

    def _k(self, k: int | None) -> int:
        return self.settings.passages if k is None else k

    def _opened(self, *, create: bool) -> ArticleStore:
        with self._opening:
            if self._store is None:
                model, dimension = self.embedder.name, self.embedder.dimension
                self._store = ArticleStore.open(
                    self.settings.store, model=model, dimension=dimension, create=create
                )
            return self._store
