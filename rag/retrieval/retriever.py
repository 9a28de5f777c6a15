"""From a question to the passages that may answer it."""

from dataclasses import dataclass

from rag.models.encoder import Embedder
from rag.retrieval.copies import others, without_copies
from rag.retrieval.embedding import query_vector
from rag.retrieval.query import Query
from rag.retrieval.ranking import rank
from vectorstore.records import Hit
from vectorstore.store import ArticleStore

CONSIDERED = 100


@dataclass(frozen=True, slots=True)
class Retriever:
    """Finds passages by meaning and by words, and ranks what both found."""

    store: ArticleStore
    embedder: Embedder

    def retrieve(self, query: Query, k: int) -> tuple[Hit, ...]:
        """The `k` best hits within the question's filters, best first, of copies only one."""
        if not query.question:
            return ()
        vector = query_vector(self.embedder, query.question)
        limit = max(CONSIDERED, k)
        with self.store.snapshot() as stored:
            candidates = stored.search(vector, query.question, limit=limit, filters=query.filters)
            names = {candidate.group for candidate in candidates if candidate.group}
            groups = stored.groups(sorted(names), query.filters) if names else {}
            ranked = rank(candidates, query.question, as_of=query.as_of)
            best = (without_copies(ranked, groups) if groups else ranked)[:k]
            articles = stored.get_many([found.passage.article_id for found, _ in best])
        return tuple(
            Hit(found.passage, articles[found.passage.article_id], score, found.dense, also)
            for found, score in best
            for also in [others(found, groups)]
        )
