"""What searches read: vectors, BM25 and a catalog, all derived from Chroma.

A change is written to the vectors, then to BM25, then to the catalog with its new generation, so
that the catalog never names what the others lack. Whatever a crash leaves too much in the others
is cut off when the index is opened.
"""

import shutil
import sqlite3
from collections.abc import Sequence
from math import isnan
from pathlib import Path

import numpy as np

from vectorstore.catalog import ArticleSummary, Catalog, Entry
from vectorstore.inference import FloatArray
from vectorstore.lexical import LexicalIndex, recipe
from vectorstore.records import Article, Candidate, Scope
from vectorstore.vectors import Mask, VectorFile

_SPARE_ROWS = 10_000


class DerivedIndex:
    """A folder that can be deleted at any time and is then made again from Chroma."""

    def __init__(self, folder: Path, dimension: int) -> None:
        """Open the index in `folder`; an unsound one is emptied, with generation 0."""
        self._folder = folder
        self._dimension = dimension
        self._open_or_clear()

    def clear(self) -> None:
        """Forget everything."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._open()

    def restore(self) -> None:
        """Undo what a change that failed has left."""
        self.close()
        self._open_or_clear()
        self._lexical.cut(self._vectors.rows)
        self._lexical.commit()

    @property
    def sound(self) -> bool:
        """Whether BM25 has as many passages as the catalog, and enough rows are still in use."""
        crowded = self._vectors.rows <= 2 * self.passages + _SPARE_ROWS
        return crowded and self._lexical.passages == self.passages

    @property
    def generation(self) -> int:
        """The store's generation that this index is of; 0 before the first."""
        return self._catalog.generation

    @property
    def passages(self) -> int:
        """How many passages there are."""
        return int(np.count_nonzero(self._owners >= 0))

    def change(
        self,
        removed: Sequence[str],
        added: Sequence[Entry],
        vectors: FloatArray,
        generation: int,
    ) -> None:
        """Remove articles, then add others with a vector for each passage in order."""
        first = self._vectors.rows
        self._vectors.append(vectors)
        removed = [*removed, *(summary.id for summary, _ in added)]
        self._lexical.remove(removed)
        passages = [(s.article(""), p) for s, passages in added for p in passages]
        self._lexical.put((first + i, article, p) for i, (article, p) in enumerate(passages))
        self._lexical.commit()
        self._catalog.change(removed, added, generation)
        self._load_columns()

    def remove(self, articles: Sequence[str], generation: int) -> None:
        """Remove articles."""
        self.change(articles, [], np.empty((0, self._dimension), np.float32), generation)

    def summaries(self) -> list[ArticleSummary]:
        """Every article, in the order they were added."""
        return self._catalog.summaries()

    def get(self, article: str) -> tuple[ArticleSummary, str] | None:
        """An article and its text."""
        return self._catalog.get(article)

    def search(self, query: FloatArray, text: str, limit: int, scope: Scope) -> list[Candidate]:
        """See `ArticleStore.search`."""
        nearest = self._vectors.nearest(query, self._allowed(scope), limit).tolist()
        lexical = self._lexical.best(text, limit, scope)
        lexical |= self._lexical.scores(text, [row for row in nearest if row not in lexical])
        rows = sorted({*nearest, *lexical})
        cosines = self._vectors.cosines(np.array(rows, np.int64), query).tolist()
        passages = self._catalog.passages(rows)
        times = self._times[self._owners[rows]].tolist()
        return [
            Candidate(passages[row], cosine, lexical.get(row, 0.0), None if isnan(time) else time)
            for row, cosine, time in zip(rows, cosines, times, strict=True)
        ]

    def close(self) -> None:
        """Close all files."""
        self._lexical.close()
        self._catalog.close()

    def _open(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._catalog = Catalog(self._folder / "catalog.sqlite")
        self._vectors = VectorFile(self._folder, self._dimension, self._catalog.rows)
        self._lexical = LexicalIndex(self._folder / f"lexical-{recipe()}")
        self._load_columns()

    def _open_or_clear(self) -> None:
        try:
            self._open()
        except (sqlite3.DatabaseError, ValueError, OSError):
            self.clear()

    def _load_columns(self) -> None:
        """Owners and alive rows; times and sources by article number."""
        self._owners = self._catalog.owners()
        articles = self._catalog.numbered()
        size = max((number for number, *_ in articles), default=-1) + 2
        self._times = np.full(size, np.nan)
        self._sources = np.full(size, None, object)
        self._ids = np.full(size, None, object)
        for number, name, source, published in articles:
            self._ids[number], self._sources[number] = name, source
            time = Article(name, "", "", published_at=published).timestamp
            self._times[number] = np.nan if time is None else time

    def _allowed(self, scope: Scope) -> Mask:
        """Which rows hold a passage inside `scope`; a comparison with an unknown time is false."""
        keep = np.ones(len(self._times), np.bool_)
        if scope.since is not None:
            keep &= ~(self._times < scope.since)
        if scope.until is not None:
            keep &= ~(self._times > scope.until)
        for values, wanted in ((self._sources, scope.sources), (self._ids, scope.articles)):
            if wanted is not None:
                keep &= np.fromiter((value in wanted for value in values), np.bool_, len(values))
        keep[-1] = False
        allowed: Mask = keep[self._owners]
        return allowed
