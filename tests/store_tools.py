"""Small articles with made-up vectors, for tests of the store."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rag.models.onnx_session import FloatArray
from vectorstore.records import Article, Filters, Passage
from vectorstore.store import ArticleStore

DIMENSION = 8
NO_FILTERS = Filters()
RIVER = Article(
    id="river",
    title="The river",
    text="The river rose on Monday. The bridge was closed at noon.",
    source="Gazette",
    author="Ann",
    published_at="2024-03-01",
)
BUDGET = Article(
    id="budget",
    title="Budget",
    text="The council voted. Taxes rise by 3 percent next year.",
    source="Herald",
    url="http://herald.test/1",
    published_at="2024-05-01T10:00:00+00:00",
)
BEES = Article(id="bees", title="Bees", text="Bees make honey in spring and sleep in winter.")


def open_store(folder: Path, create: bool = True) -> ArticleStore:
    return ArticleStore.open(folder, model="test", dimension=DIMENSION, create=create)


def passages_of(article: Article, size: int = 20) -> list[Passage]:
    """Slices of `size` characters."""
    return [
        Passage(article.id, number, start, start + len(text), text)
        for number, start in enumerate(range(0, len(article.text), size))
        for text in [article.text[start : start + size]]
    ]


def vector_of(text: str) -> FloatArray:
    """A unit vector that equal texts share."""
    vector = np.random.default_rng(list(text.encode())).normal(size=DIMENSION)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def entry(article: Article, size: int = 20) -> tuple[Article, Sequence[Passage], FloatArray]:
    passages = passages_of(article, size)
    return article, passages, np.stack([vector_of(passage.text) for passage in passages])


def found(store: ArticleStore, text: str, filters: Filters = NO_FILTERS) -> set[str]:
    """The ids of all articles that a search finds."""
    candidates = store.search(vector_of(text), text, limit=99, filters=filters)
    return {candidate.passage.article_id for candidate in candidates}
