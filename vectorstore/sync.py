"""Catching the derived index up with Chroma, and mending what a broken change left in Chroma."""

from collections.abc import Sequence

import numpy as np

from vectorstore.catalog import Entry
from vectorstore.chroma import ChromaPassages, PassageMark
from vectorstore.index import DerivedIndex
from vectorstore.vectors import FloatArray

_BATCH_ROWS = 2000


def catch_up(index: DerivedIndex, chroma: ChromaPassages, generation: int, *, mend: bool) -> None:
    """Make `index` hold what `chroma` holds in whole articles, and be of `generation`.

    With `mend`, passages that belong to no whole article are deleted from `chroma`; without it they
    may be another writer's unfinished work, and are passed over.
    """
    index.restore()
    whole, stale = _sort(chroma.listing())
    if mend:
        chroma.delete(stale)
    known = {summary.id: (summary.digest, summary.passages) for summary in index.summaries()}
    before = index.generation
    index.remove([article for article in known if article not in whole], before)
    _take_over(
        index,
        chroma,
        {
            article: mark.passages
            for article, mark in whole.items()
            if known.get(article) != (mark.digest, mark.passages)
        },
    )
    index.remove([], generation)


def _sort(listing: dict[str, list[PassageMark]]) -> tuple[dict[str, PassageMark], list[str]]:
    """The first passage's mark of every whole article, and the ids of all passages of no such.

    A broken change leaves passages of two digests: the article is the one that its first passage
    is of, if none of that is missing.
    """
    whole: dict[str, PassageMark] = {}
    stale: list[str] = []
    for article, marks in listing.items():
        first = next((mark for mark in marks if mark.number == 0), None)
        kept = [mark for mark in marks if first and mark.same_article(first)]
        if first and len(kept) == first.passages:
            whole[article] = first
        else:
            kept = []
        stale += [f"{article}#{mark.number}" for mark in marks if mark not in kept]
    return whole, stale


def _take_over(index: DerivedIndex, chroma: ChromaPassages, wanted: dict[str, int]) -> None:
    """Put articles, by id and number of passages, into the index in batches."""
    added: list[Entry] = []
    vectors: list[FloatArray] = []
    for summary, passages, rows in chroma.articles(wanted):
        added.append((summary, passages))
        vectors.append(rows)
        if sum(map(len, vectors)) >= _BATCH_ROWS:
            _put(index, added, vectors)
            added, vectors = [], []
    if added:
        _put(index, added, vectors)


def _put(index: DerivedIndex, added: Sequence[Entry], vectors: Sequence[FloatArray]) -> None:
    index.change([], added, np.concatenate(vectors), index.generation)
