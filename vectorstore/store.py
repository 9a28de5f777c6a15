"""The store: articles in, candidates out.

Chroma holds the truth; searches read an index derived from it. Both carry a generation number. A
change first moves Chroma's on, then writes, moves it on again, and last changes the index. So an
index of Chroma's generation is whole, and one of another generation is compared with Chroma and
caught up: at opening, before each use of a server, and after a change that failed.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Self

import numpy as np

from vectorstore.catalog import ArticleSummary, Entry, article_digest
from vectorstore.chroma import ChromaPassages, StoreStamp
from vectorstore.errors import StoreError
from vectorstore.index import DerivedIndex
from vectorstore.opening import Opened, open_folder, open_server
from vectorstore.records import Article, Candidate, Filters, Passage
from vectorstore.sync import catch_up
from vectorstore.vectors import FloatArray

Batch = Sequence[tuple[Article, Sequence[Passage], FloatArray]]
NO_FILTERS = Filters()
Write = Callable[[ChromaPassages], None]


class ArticleStore:
    """Articles and their passages. Safe to use from several threads.

    An embedded store, in a folder, is held by one process at a time; a server by any number.
    """

    def __init__(self, opened: Opened) -> None:
        """Use `ArticleStore.open`."""
        self._parts = opened
        self._threads = RLock()

    @classmethod
    def open(
        cls,
        location: str | Path,
        *,
        model: str,
        dimension: int,
        create: bool = False,
        cache: Path | None = None,
    ) -> "ArticleStore":
        """The store in a folder, or on a Chroma server at an `http://` or `https://` address.

        `model` and `dimension` name what makes the vectors; a new store records them. Only with
        `create` is a store made where there is none. What is derived from a server is kept in the
        folder `cache`, or the user's cache folder.

        Raises `StoreMissing`, `StoreForeign`, `StoreLocked`, `ModelMismatch`, or `StoreError` when
        the store cannot be read or the server does not answer.
        """
        wanted = StoreStamp(model, dimension, 0)
        if str(location).startswith(("http://", "https://")):
            parts = open_server(str(location), wanted, create=create, cache=cache)
        else:
            parts = open_folder(Path(location), wanted, create=create)
        store = cls(parts)
        try:
            if not store._current().sound:
                parts.index.clear()
                store._current()
        except BaseException:
            store.close()
            raise
        return store

    @property
    def passages(self) -> int:
        """How many passages there are."""
        with self._threads:
            return self._current().passages

    @property
    def generation(self) -> int:
        """A number that grows with every change."""
        with self._threads:
            return self._current().generation

    def put(self, batch: Batch, *, version: str = "") -> None:
        """Add whole articles, each in the place of an earlier one with its id.

        Each comes with its passages, which tile its text, and their vectors, float32
        [passages, dimension]; `version` names how these were made, and is part of the digests.
        Raises `ValueError` when they do not fit.
        """
        for article, passages, vectors in batch:
            _check(article, passages, vectors, self._parts.stamp.dimension)
        if not batch:
            return
        added = [(ArticleSummary.of(article, len(p), version), p) for article, p, _ in batch]
        vectors = np.concatenate([vectors for _, _, vectors in batch])
        with self._threads:
            self._change([], added, vectors, lambda chroma: chroma.put(added, vectors))

    def remove(self, ids: Iterable[str]) -> int:
        """Remove articles from every index; returns how many of `ids` there were."""
        with self._threads:
            known = self.digests()
            gone = [article for article in dict.fromkeys(ids) if article in known]
            if gone:
                none = np.empty((0, self._parts.stamp.dimension), np.float32)
                self._change(gone, [], none, lambda chroma: chroma.remove(gone))
            return len(gone)

    def get(self, id: str) -> Article | None:
        """The article with an id, its text rebuilt from its passages."""
        return self.get_many([id]).get(id)

    def get_many(self, ids: Iterable[str]) -> dict[str, Article]:
        """The articles with these ids, by id; unknown ones are left out."""
        with self._threads:
            index = self._current()
            found = {article: index.get(article) for article in dict.fromkeys(ids)}
            return {name: _verified(*entry) for name, entry in found.items() if entry}

    def articles(self) -> list[ArticleSummary]:
        """Every article without its text, in the order they were added."""
        with self._threads:
            return self._current().summaries()

    def digests(self) -> dict[str, str]:
        """Every article's `article_digest`, by id."""
        with self._threads:
            return self._current().digests()

    def search(
        self, vector: FloatArray, query_text: str, *, limit: int, filters: Filters = NO_FILTERS
    ) -> list[Candidate]:
        """The `limit` best passages by cosine to `vector` together with the `limit` best by BM25.

        `vector` is float32 [dimension], L2-normalised. Each candidate has both of its scores; the
        order means nothing. Fewer are returned where there are no more inside `filters`.
        """
        with self._threads:
            return self._current().search(vector, query_text, limit, filters)

    def close(self) -> None:
        """Close all files and give the lock back."""
        with self._threads:
            self._parts.index.close()
            if self._parts.chroma:
                self._parts.chroma.close()
            self._parts.lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _chroma(self) -> ChromaPassages:
        if self._parts.chroma is None:
            self._parts.chroma = ChromaPassages.open(self._parts.place)
        return self._parts.chroma

    def _change(
        self, removed: Sequence[str], added: Sequence[Entry], vectors: FloatArray, write: Write
    ) -> None:
        """Write to Chroma between two generations, then change the index."""
        self._current()
        chroma = self._chroma()
        self._advance(chroma)
        write(chroma)
        self._advance(chroma)
        self._parts.index.change(removed, added, vectors, self._parts.stamp.generation)

    def _advance(self, chroma: ChromaPassages) -> None:
        self._parts.stamp = self._parts.stamp.next()
        chroma.mark(self._parts.stamp)

    def _current(self) -> DerivedIndex:
        """The index, after catching up with Chroma where it is behind."""
        parts = self._parts
        if not parts.embedded:
            parts.stamp = self._chroma().stamp()
        if parts.index.generation != parts.stamp.generation:
            catch_up(parts.index, self._chroma(), parts.stamp.generation, mend=parts.embedded)
        return parts.index


def _check(
    article: Article, passages: Sequence[Passage], vectors: FloatArray, dimension: int
) -> None:
    if vectors.shape != (len(passages), dimension):
        raise ValueError(
            f"Article {article.id!r}: {len(passages)} passages of {dimension} numbers "
            f"do not fit vectors of shape {vectors.shape}."
        )
    places = [(p.article_id, p.number, p.start, p.end) for p in passages]
    ends = [p.end for p in passages]
    starts = [0, *ends[:-1]]
    tiles = [(article.id, i, s, e) for i, (s, e) in enumerate(zip(starts, ends, strict=True))]
    if places != tiles or "".join(p.text for p in passages) != article.text or not passages:
        raise ValueError(f"The passages of article {article.id!r} do not tile its text.")


def _verified(summary: ArticleSummary, text: str) -> Article:
    article = summary.article(text)
    if article_digest(article, summary.version) != summary.digest:
        raise StoreError(
            f"The text of article '{summary.id}' is damaged. Add it again, "
            "or delete the folder 'index' in the store, which is then made again."
        )
    return article
