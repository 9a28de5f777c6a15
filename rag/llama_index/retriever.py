"""Footnote's retriever as LlamaIndex's."""

import asyncio
from dataclasses import dataclass, replace

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.callbacks import CallbackManager
from llama_index.core.schema import NodeWithScore, QueryBundle

from rag.llama_index.nodes import node_of
from rag.retrieval.query import Query, printable_line
from rag.retrieval.retriever import Retriever


@dataclass(frozen=True, slots=True)
class Scope:
    """What holds for every question of a retriever or an engine: filters, day, and how many."""

    within: Query
    k: int

    def query(self, question: str) -> Query:
        """The question, within the scope."""
        return replace(self.within, question=printable_line(question))


class ArticleRetriever(BaseRetriever):
    """A LlamaIndex retriever whose nodes carry their article and offsets as metadata.

    What is searched for are a query bundle's `embedding_strs`: the question itself, unless it was
    put otherwise for the search.
    """

    def __init__(self, retriever: Retriever, scope: Scope) -> None:
        super().__init__(callback_manager=CallbackManager())
        self._retriever = retriever
        self._scope = scope

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        query = self._scope.query(" ".join(query_bundle.embedding_strs))
        return [node_of(hit) for hit in self._retriever.retrieve(query, self._scope.k)]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)
