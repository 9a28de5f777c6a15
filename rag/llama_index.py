"""Footnote as plain LlamaIndex objects. Importing this imports LlamaIndex, which takes a second."""

import asyncio
from collections.abc import Sequence
from typing import Any

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.response.schema import Response
from llama_index.core.callbacks import CallbackManager
from llama_index.core.llms import MockLLM
from llama_index.core.prompts.mixin import PromptDictType
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import BaseSynthesizer
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from rag.answering.synthesizer import Synthesizer, completed
from rag.documents import answer_json
from rag.retrieval.query import Query
from rag.retrieval.retriever import Retriever
from vectorstore.records import Hit, Passage


class ArticleRetriever(BaseRetriever):
    """A LlamaIndex retriever whose nodes carry their article and offsets as metadata."""

    def __init__(self, retriever: Retriever, k: int) -> None:
        super().__init__(callback_manager=CallbackManager())
        self._retriever = retriever
        self._k = k

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        query = Query.parse(query_bundle.query_str)
        return [_node(hit) for hit in self._retriever.retrieve(query, self._k)]


class CitingSynthesizer(BaseSynthesizer):
    """A LlamaIndex response synthesizer around one of Footnote's.

    The nodes must come from an `ArticleRetriever` over the same store. The base class insists on
    a language model; the one it is given is never asked.
    """

    def __init__(self, retriever: Retriever, synthesizer: Synthesizer) -> None:
        super().__init__(llm=MockLLM(), callback_manager=CallbackManager())
        self._retriever = retriever
        self._synthesizer = synthesizer

    def synthesize(
        self,
        query: str | QueryBundle,
        nodes: list[NodeWithScore],
        additional_source_nodes: Sequence[NodeWithScore] | None = None,
        **_: Any,
    ) -> Response:
        """A response whose text has markers, and whose metadata hold the answer as plain data."""
        question = query if isinstance(query, str) else query.query_str
        hits = self._hits(nodes)
        draft = completed(self._synthesizer.compose(Query.parse(question), hits))
        answer = draft.answer(question, self._synthesizer.mode, hits)
        sources = [*nodes, *(additional_source_nodes or ())]
        return Response(draft.text, source_nodes=sources, metadata=answer_json(answer))

    async def asynthesize(
        self,
        query: str | QueryBundle,
        nodes: list[NodeWithScore],
        additional_source_nodes: Sequence[NodeWithScore] | None = None,
        **_: Any,
    ) -> Response:
        """`synthesize` without blocking the event loop."""
        return await asyncio.to_thread(self.synthesize, query, nodes, additional_source_nodes)

    def get_response(self, *_: Any, **__: Any) -> str:
        """Refused: bare texts have lost their articles, so nothing could be cited."""
        raise TypeError("Footnote answers from nodes, not from bare texts; call synthesize().")

    async def aget_response(self, *_: Any, **__: Any) -> str:
        """Refused, like `get_response`."""
        return self.get_response()

    def _get_prompts(self) -> PromptDictType:
        return {}

    def _update_prompts(self, _: PromptDictType) -> None:
        return

    def _hits(self, nodes: Sequence[NodeWithScore]) -> tuple[Hit, ...]:
        passages = [_passage(node) for node in nodes]
        articles = self._retriever.store.get_many({passage.article_id for passage in passages})
        return tuple(
            Hit(passage, articles[passage.article_id], node.score or 0.0, _similarity(node))
            for passage, node in zip(passages, nodes, strict=True)
            if passage.article_id in articles
        )


def query_engine(retriever: Retriever, synthesizer: Synthesizer, k: int) -> RetrieverQueryEngine:
    """A LlamaIndex query engine that answers as `Chatbot.ask` does."""
    return RetrieverQueryEngine(
        ArticleRetriever(retriever, k), CitingSynthesizer(retriever, synthesizer)
    )


def _node(hit: Hit) -> NodeWithScore:
    passage, article = hit.passage, hit.article
    metadata = {
        "article_id": article.id,
        "number": passage.number,
        "start": passage.start,
        "end": passage.end,
        "title": article.title,
        "source": article.source,
        "url": article.url,
        "published_at": article.published_at,
        "similarity": hit.similarity,
    }
    return NodeWithScore(
        node=TextNode(id_=passage.id, text=passage.text, metadata=metadata), score=hit.score
    )


def _passage(node: NodeWithScore) -> Passage:
    metadata = node.node.metadata
    return Passage(
        metadata["article_id"],
        metadata["number"],
        metadata["start"],
        metadata["end"],
        node.node.get_content(),
    )


def _similarity(node: NodeWithScore) -> float:
    return float(node.node.metadata["similarity"])
