"""What is derived from Chroma: a catalog, and the words of passages.

A change is committed to the words and then to the catalog, with its place in the log: what ends a
change in between is repeated from there. A reader takes both as they were at one moment, and keeps
them while others change them. Several processes may share the folder.
"""

import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from threading import RLock

from vectorstore.bm25 import LexicalIndex, LexicalSearcher
from vectorstore.catalog import RECIPE, ArticleSummary, Catalog
from vectorstore.grouping import recipe
from vectorstore.listing import Listing
from vectorstore.records import Passage
from vectorstore.state import Position

_SPARE_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Derived:
    """Both parts, as they were at one moment."""

    listing: Listing
    words: LexicalSearcher


class DerivedIndex:
    """A folder that can be deleted at any time and is then made again from Chroma."""

    def __init__(self, folder: Path, *, shared: bool) -> None:
        """Open the index in `folder`, which other processes use too where it is `shared`.

        An unsound one is emptied, and then reaches to `Position()`.
        """
        self._folder = folder / f"{RECIPE}-{LexicalIndex.recipe()}-{recipe()}"
        self._shared = shared
        self._threads = RLock()
        folder.mkdir(parents=True, exist_ok=True)
        self._others: AbstractContextManager[object] = nullcontext()
        if shared:
            from filelock import FileLock

            self._others = FileLock(folder / "lock")
        with self._others:
            self._tidy(folder)
            try:
                self._open()
            except (sqlite3.DatabaseError, ValueError, OSError):
                self.clear()

    def clear(self) -> None:
        """Forget everything, files included."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._open()

    @property
    def position(self) -> Position:
        """The last entry of the log whose change is here."""
        return self._catalog.state.position

    @property
    def sound(self) -> bool:
        """Whether the words are of as many passages as there are, and most rows are in use."""
        with self.reading() as derived:
            state = derived.listing.state
            crowded = state.rows <= 2 * state.passages + _SPARE_ROWS
            return crowded and derived.words.passages == state.passages

    @contextmanager
    def reading(self) -> Iterator[Derived]:
        """Both parts as they are now, unchanged for as long as they are held."""
        while True:
            with self._catalog.reading() as db:
                listing = Listing(db)
                change, words = self._words
                if listing.state.change == change:
                    yield Derived(listing, words)
                    return
            with self._threads, self._others:
                self._look()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Within it nobody else changes the index."""
        with self._threads, self._others:
            yield

    @contextmanager
    def changing(self, position: Position) -> Iterator[Catalog]:
        """Within it, `put`, `drop` and the catalog's records change the index up to `position`."""
        with self.alone():
            try:
                with self._catalog.changing():
                    yield self._catalog
                    self._catalog.reach(position)
                    self._lexical.commit()
            except BaseException:
                self._lexical.rollback()
                raise
            self._look()
            if self._shared:
                self._lexical.release()

    def put(self, summary: ArticleSummary, passages: Sequence[Passage], place: int | None) -> None:
        """Add an article in the place of an earlier one; in a list, at `place` or at the end."""
        if self._catalog.remove(summary.id):
            self._lexical.remove(summary.id)
        self._lexical.put(summary, passages, self._catalog.add(summary, passages, place))

    def drop(self, articles: Iterable[str]) -> None:
        """Remove articles."""
        for article in articles:
            self._lexical.remove(article)
            self._catalog.remove(article)

    def empty(self) -> None:
        """Remove everything."""
        self._lexical.clear()
        self._catalog.clear()

    def unfinished(self) -> list[tuple[int, str, float]]:
        """See `Catalog.unfinished`."""
        return self._catalog.unfinished()

    def close(self) -> None:
        """Close all files."""
        with self._threads:
            self._lexical.release()
            self._catalog.close()

    def _look(self) -> None:
        """Take the words as they are in the state that the catalog has."""
        self._words = self._catalog.state.change, self._lexical.searcher()

    def _open(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._catalog = Catalog(self._folder / "catalog.sqlite")
        self._lexical = LexicalIndex(self._folder / "words")
        self._look()

    def _tidy(self, folder: Path) -> None:
        """Remove what earlier versions of this program left."""
        ours = {self._folder.name, "lock"}
        earlier = [path for path in folder.iterdir() if path.name not in ours]
        for name in ("catalog.sqlite*", "lexical-*", "signs.u64", "vectors.f32"):
            earlier += folder.parent.glob(name)
        for path in earlier:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
