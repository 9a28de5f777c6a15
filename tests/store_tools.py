"""Small articles with made-up vectors, for tests of the store."""

from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rag.models.onnx_session import FloatArray
from vectorstore.bm25 import LexicalIndex
from vectorstore.catalog import Catalog
from vectorstore.chroma import ChromaPassages
from vectorstore.log import ChangeLog
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
LONGER = Article(
    "river", "The river", RIVER.text + " It fell again on Friday, and nobody was hurt."
)
SHORTER = Article("river", "The river", "It fell.")


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


# Crashes


class Crash(BaseException):
    """Ends a change where it stands, as the end of the process would."""


def crash(*arguments: object, **named: object) -> None:
    raise Crash


WAYS = [
    (ChromaPassages, "_ask"),
    (ChangeLog, "_claimed"),
    (LexicalIndex, "commit"),
    (Catalog, "reach"),
]


def crash_at(broken: pytest.MonkeyPatch, step: int, *, after: bool) -> None:
    """End the change at its `step`th call that writes or reads anything, or right after it."""
    done = count()

    def stopping(method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*values: Any, **named: Any) -> Any:
            here = next(done) == step
            if here and not after:
                raise Crash
            result = method(*values, **named)
            if here:
                raise Crash
            return result

        return call

    for owner, name in WAYS:
        broken.setattr(owner, name, stopping(getattr(owner, name)))


def crashes(
    store: ArticleStore,
    monkeypatch: pytest.MonkeyPatch,
    step: int,
    after: bool,
    changed: Article | None,
) -> bool:
    """Whether a change ends at that step of it, or had ended before."""
    try:
        with monkeypatch.context() as broken:
            crash_at(broken, step, after=after)
            change(store, changed)
    except Crash:
        return True
    return False


def change(store: ArticleStore, changed: Article | None) -> None:
    """Put an article, or remove the river."""
    if changed:
        store.put([entry(changed)])
    else:
        store.remove(["river"])


def assert_sound(store: ArticleStore, changed: Article | None) -> None:
    """Everything is as it was before the change, or as it should be after it."""
    before = {article.id: article for article in (RIVER, BUDGET)}
    done = {**before, changed.id: changed} if changed else {"budget": BUDGET}
    there = store.get_many(["river", "budget", "bees"])
    assert there in (before, done)
    assert store.passages == sum(len(passages_of(article)) for article in there.values())
    assert found(store, "river bridge taxes honey") == set(there)
