"""Hits as LlamaIndex's nodes, and nodes, of whatever retriever, as hits."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.schema import NodeWithScore, TextNode

from rag.errors import InputError
from rag.retrieval.embedding import query_vector
from rag.retrieval.query import Query
from rag.retrieval.retriever import Retriever
from vectorstore.records import Article, Hit, Passage

_LOOKED_AT = 5
"""How many articles are searched for the text of a node that does not name its article."""


class HitNode(TextNode):
    """A passage as a node, which keeps the hit that it was made of."""

    _hit: Hit = PrivateAttr()

    @classmethod
    def of(cls, hit: Hit) -> "HitNode":
        """The node of a hit; its article and offsets are in its metadata."""
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
        if page := article.page_at(passage.start):
            metadata["page_label"] = str(page)  # as LlamaIndex's own readers call it
        node = cls(id_=passage.id, text=passage.text, extra_info=metadata)
        node._hit = hit
        return node

    @property
    def hit(self) -> Hit | None:
        """The hit; None once the text is another one."""
        return self._hit if self.get_content() == self._hit.passage.text else None


def node_of(hit: Hit) -> NodeWithScore:
    """A hit as a node with its score."""
    return NodeWithScore(node=HitNode.of(hit), score=hit.score)


def hits_of(nodes: Sequence[NodeWithScore], question: str, retriever: Retriever) -> tuple[Hit, ...]:
    """The nodes as hits, with their own scores.

    A node of another retriever is looked up: its article by `article_id` in its metadata, by the
    id of its document, or by its text; its place by its text. Raises `InputError` for one whose
    text is in no article.
    """
    return tuple(_hit(node, question, retriever) for node in nodes)


def _hit(node: NodeWithScore, question: str, retriever: Retriever) -> Hit:
    known = node.node.hit if isinstance(node.node, HitNode) else None
    if known is None:
        known = _found(node.node.get_content(), _named(node), question, retriever)
    score = known.score if node.score is None else float(node.score)
    return known if score == known.score else replace(known, score=score)


def _named(node: NodeWithScore) -> list[str]:
    """The articles that a node names, under the names in use."""
    metadata = node.node.metadata
    told = [metadata.get("article_id"), metadata.get("document_id"), node.node.ref_doc_id]
    return [str(one) for one in told if one]


def _found(text: str, ids: Iterable[str], question: str, retriever: Retriever) -> Hit:
    wanted = text.strip()
    for article in _articles(wanted, ids, retriever) if wanted else ():
        start = article.text.find(wanted)
        if start >= 0:
            # A number before all of the article's own, so that no two passages share one.
            passage = Passage(article.id, -1 - start, start, start + len(wanted), wanted)
            return Hit(passage, article, 0.0, _similarity(question, wanted, retriever))
    shown = " ".join(wanted.split())[:80]
    raise InputError(
        f"No article says {shown!r}, so nothing could be cited for this node. Add its article "
        "first, word for word: bot.add(Article(id, title, text))."
    )


def _articles(text: str, ids: Iterable[str], retriever: Retriever) -> Iterator[Article]:
    """The articles that may hold a text: those named, then those found for it."""
    yield from retriever.store.get_many(ids).values()
    hits = retriever.retrieve(Query.parse(text), _LOOKED_AT)
    yield from {hit.article.id: hit.article for hit in hits}.values()


def _similarity(question: str, text: str, retriever: Retriever) -> float:
    asked = query_vector(retriever.embedder, question)
    return float(asked @ retriever.embedder.embed([text])[0])
