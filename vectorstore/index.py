"""What searches read: vectors, BM25 and a catalog, all derived from Chroma.

A change is written to the vectors, then to BM25, then to the catalog with its new generation, so
that the catalog never names what the others lack. Whatever a crash leaves too much in the others
is cut off when the index is opened.
"""

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from vectorstore.bm25 import LexicalIndex, recipe
from vectorstore.catalog import ArticleSummary, Catalog, Entry
from vectorstore.columns import Columns, Extent
from vectorstore.records import Candidate, Filters, Passage
from vectorstore.vectors import FloatArray, VectorFile

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
        return self._columns.passages

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
        self._columns.drop(removed)
        self._columns.add(list(_extents(added, first)))

    def remove(self, articles: Sequence[str], generation: int) -> None:
        """Remove articles."""
        self.change(articles, [], np.empty((0, self._dimension), np.float32), generation)

    def digests(self) -> dict[str, str]:
        """The digest of every article, by id."""
        return self._catalog.digests()

    def summaries(self) -> list[ArticleSummary]:
        """Every article, in the order they were added."""
        return self._catalog.summaries()

    def get(self, article: str) -> tuple[ArticleSummary, str] | None:
        """An article and its text."""
        return self._catalog.get(article)

    def search(self, query: FloatArray, text: str, limit: int, filters: Filters) -> list[Candidate]:
        """See `ArticleStore.search`."""
        nearest = self._vectors.nearest(query, self._columns.inside(filters), limit).tolist()
        lexical = self._lexical.best(text, limit, filters)
        lexical |= self._lexical.scores(text, [row for row in nearest if row not in lexical])
        rows = sorted({*nearest, *lexical})
        cosines = self._vectors.cosines(np.array(rows, np.int64), query).tolist()
        slices, articles = self._catalog.slices(rows), self._columns.articles(rows)
        return [
            Candidate(Passage(article, *slices[row]), cosine, lexical.get(row, 0.0), time)
            for row, cosine, (article, time) in zip(rows, cosines, articles, strict=True)
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
        self._columns = Columns(self._catalog.extents(), self._catalog.rows)

    def _open_or_clear(self) -> None:
        try:
            self._open()
        except (sqlite3.DatabaseError, ValueError, OSError):
            self.clear()


def _extents(added: Sequence[Entry], row: int) -> Iterator[Extent]:
    """The rows of articles added one after another from `row` on."""
    for summary, passages in added:
        end = row + len(passages)
        yield Extent(summary.id, summary.source, summary.published_at, row, end)
        row = end
