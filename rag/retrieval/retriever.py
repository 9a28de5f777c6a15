"""From a question to the passages that may answer it."""

from dataclasses import dataclass

from rag.models.encoder import Embedder
from rag.retrieval.query import Asked
from rag.retrieval.ranking import rank
from vectorstore.records import Hit
from vectorstore.store import ArticleStore

CONSIDERED = 100


@dataclass(frozen=True, slots=True)
class Retriever:
    """Finds passages by meaning and by words, and ranks what both found."""

    store: ArticleStore
    embedder: Embedder

    def retrieve(self, asked: Asked, k: int) -> tuple[Hit, ...]:
        """The `k` best hits within the question's scope, best first."""
        if not asked.question or not self.store.passages:
            return ()
        vector = self.embedder.embed([asked.question])[0]
        limit = max(CONSIDERED, k)
        candidates = self.store.search(vector, asked.question, limit=limit, scope=asked.scope)
        best = rank(candidates, asked.question, as_of=asked.as_of)[:k]
        articles = self.store.get_many({found.passage.article_id for found, _ in best})
        return tuple(
            Hit(found.passage, articles[found.passage.article_id], score, found.dense)
            for found, score in best
        )
