"""What a chatbot is made of: the store, the networks, what answers; each made when first needed."""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Self

from rag.answering.extractive import Extractive
from rag.answering.synthesizer import Synthesizer
from rag.answers import Mode
from rag.errors import InputError, StoreMissing
from rag.models.encoder import Embedder
from rag.models.reader import Reader
from rag.models.verifier import Verifier
from rag.retrieval.embedding import embedder_for
from rag.retrieval.retriever import Retriever
from rag.settings import Settings
from vectorstore.store import ArticleStore

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.llms import LLM
    from llama_index.core.postprocessor.types import BaseNodePostprocessor

    from rag.llama_index.engine import Parts
    from rag.llm.language_model import LanguageModel


class Components:
    """The parts of one chatbot, and the store it holds until it is closed."""

    def __init__(
        self,
        settings: Settings,
        *,
        llm: "LLM | None" = None,
        embed_model: "BaseEmbedding | None" = None,
        node_postprocessors: "Sequence[BaseNodePostprocessor]" = (),
    ) -> None:
        if llm is not None:
            from rag.llm.language_model import handed_in

            settings = replace(settings, llm=handed_in(llm))
        self.settings = settings
        self.node_postprocessors = tuple(node_postprocessors)
        self._llm = llm
        self._embed_model = embed_model
        self._store: ArticleStore | None = None
        self._opening = RLock()

    @classmethod
    def open(
        cls,
        store: str | Path | None = None,
        settings: Settings | None = None,
        *,
        llm: "LLM | None" = None,
        embed_model: "BaseEmbedding | None" = None,
        node_postprocessors: "Sequence[BaseNodePostprocessor]" = (),
    ) -> Self:
        """A chatbot over the store at a folder or URL; an absent one is made by the first `add`.

        `settings` are by default `Settings.load(os.environ)`. `llm` writes the answers and
        `embed_model` makes the vectors, both any of LlamaIndex's, in place of those that the
        settings name; what is retrieved passes through `node_postprocessors`. Raises `StoreError`
        for a place that is no store, or is held by another process.
        """
        settings = settings or Settings.load(os.environ)
        bot = cls(
            settings if store is None else replace(settings, store=str(store)),
            llm=llm,
            embed_model=embed_model,
            node_postprocessors=node_postprocessors,
        )
        with suppress(StoreMissing):
            bot.opened(create=False)
        return bot

    def close(self) -> None:
        """Let go of the store, and of the connections to a model."""
        if "language_model" in self.__dict__:
            self.language_model.close()
        if self._store is not None:
            self._store.close()
            self._store = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def store(self) -> ArticleStore:
        """The open store. Raises `StoreMissing` when nothing was ever added."""
        return self.opened(create=False)

    @cached_property
    def embedder(self) -> Embedder:
        """What turns texts into vectors, loaded when first needed."""
        return embedder_for(self.settings, self._embed_model)

    @cached_property
    def reader(self) -> Reader:
        """What finds the answer in a passage, loaded when first needed."""
        return Reader.load()

    @cached_property
    def verifier(self) -> Verifier:
        """What says whether sentences support a statement, loaded when first needed."""
        return Verifier.load()

    @cached_property
    def language_model(self) -> "LanguageModel":
        """What writes answers, where the settings name one or it was handed in.

        Raises `ModelError` where its package is not installed.
        """
        from rag.llm.language_model import language_model

        return language_model(self.settings, self._llm)

    def warm_up(self) -> None:
        """Load what the first question would wait for: LlamaIndex, and the networks.

        Raises `FootnoteError` for weights that cannot be had.
        """
        from rag.llama_index import engine  # noqa: F401

        _ = self.embedder, self.reader

    @property
    def retriever(self) -> Retriever:
        """What finds passages. Raises `StoreMissing`."""
        return Retriever(self.store, self.embedder)

    def synthesizer(self, mode: Mode | None = None) -> Synthesizer:
        """What answers, in that mode or as the settings say."""
        mode = mode or ("extractive" if self.settings.is_extractive else "generative")
        if mode == "extractive":
            return Extractive(self.reader)
        return self._generative

    def parts(self, mode: Mode | None = None) -> "Parts":
        """What the query engine is made of, to answer in that mode. Raises `StoreMissing`."""
        from rag.llama_index.engine import Parts

        return Parts(self.retriever, self.synthesizer(mode), self.node_postprocessors)

    def how_many(self, k: int | None) -> int:
        """How many passages are found: `k`, or as the settings say. Raises `InputError`."""
        if k is not None and k < 1:
            raise InputError(f"k is {k}; ask for at least 1 passage.")
        return self.settings.passages if k is None else k

    @cached_property
    def _generative(self) -> Synthesizer:
        from rag.answering.generative import Generative

        return Generative(
            self.settings,
            lambda: self.language_model,
            lambda: self.verifier,
            lambda: Extractive(self.reader),
        )

    def opened(self, *, create: bool) -> ArticleStore:
        """The open store. Raises `StoreMissing` where there is none, unless one may be created."""
        with self._opening:
            if self._store is None:
                model, dimension = self.embedder.name, self.embedder.dimension
                self._store = ArticleStore.open(
                    self.settings.store,
                    model=model,
                    dimension=dimension,
                    create=create,
                    collection=self.settings.collection,
                    token=self.settings.store_token,
                )
            return self._store
