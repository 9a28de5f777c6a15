"""The store: articles in, candidates out.

Chroma holds the truth; searches read an index derived from it. Both carry a generation number. A
change first moves Chroma's on, then writes, moves it on again, and last changes the index. So an
index of Chroma's generation is whole, and one of another generation is compared with Chroma and
caught up: at opening, before each use of a server, and after a change that failed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Self

import numpy as np

from vectorstore.catalog import ArticleSummary, Entry, article_digest
from vectorstore.dense import COLLECTION, ChromaPassages, Mark, Stamp, mend, peek
from vectorstore.errors import ModelMismatch, StoreError, StoreForeign, StoreLocked, StoreMissing
from vectorstore.index import DerivedIndex
from vectorstore.inference import FloatArray
from vectorstore.lock import StoreLock
from vectorstore.records import Article, Candidate, Passage, Scope
from vectorstore.weights import cache_folder

Batch = Sequence[tuple[Article, Sequence[Passage], FloatArray]]
EVERYWHERE = Scope()
_BATCH_ROWS = 2000


class ArticleStore:
    """Articles and their passages. Safe to use from several threads.

    An embedded store, in a folder, is held by one process at a time; a server by any number.
    """

    def __init__(
        self,
        place: Path | str,
        index: DerivedIndex,
        lock: StoreLock,
        stamp: Stamp,
        truth: ChromaPassages | None = None,
    ) -> None:
        self._place = place
        self._index = index
        self._lock = lock
        self._stamp = stamp
        self._opened = truth
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
        stamp = Stamp(model, dimension, 0)
        if str(location).startswith(("http://", "https://")):
            return _open_server(cls, str(location), stamp, create=create, cache=cache)
        return _open_folder(cls, Path(location), stamp, create=create)

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

    def put(self, batch: Batch) -> None:
        """Add whole articles, each in the place of an earlier one with its id.

        Each comes with its passages, which tile its text, and their vectors, float32
        [passages, dimension]. Raises `ValueError` when they do not fit.
        """
        for article, passages, vectors in batch:
            _check(article, passages, vectors, self._stamp.dimension)
        if not batch:
            return
        with self._threads:
            self._current()
            truth = self._truth()
            self._advance(truth)
            truth.put(batch)
            self._advance(truth)
            added = [
                (ArticleSummary.of(article, len(passages)), passages)
                for article, passages, _ in batch
            ]
            vectors = np.concatenate([vectors for _, _, vectors in batch])
            self._index.change([], added, vectors, self._stamp.generation)

    def remove(self, ids: Iterable[str]) -> int:
        """Remove articles from every index; returns how many of `ids` there were."""
        with self._threads:
            known = self.digests()
            gone = [article for article in dict.fromkeys(ids) if article in known]
            if gone:
                truth = self._truth()
                self._advance(truth)
                truth.remove(gone)
                self._advance(truth)
                self._index.change(gone, [], self._no_vectors(), self._stamp.generation)
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
        return {summary.id: summary.digest for summary in self.articles()}

    def search(
        self, vector: FloatArray, query_text: str, *, limit: int, scope: Scope = EVERYWHERE
    ) -> list[Candidate]:
        """The `limit` best passages by cosine to `vector` together with the `limit` best by BM25.

        `vector` is float32 [dimension], L2-normalised. Each candidate has both of its scores; the
        order means nothing. Fewer are returned where there are no more inside `scope`.
        """
        with self._threads:
            return self._current().search(vector, query_text, limit, scope)

    def close(self) -> None:
        """Close all files and give the lock back."""
        with self._threads:
            self._index.close()
            if self._opened:
                self._opened.close()
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def _embedded(self) -> bool:
        return isinstance(self._place, Path)

    def _truth(self) -> ChromaPassages:
        if self._opened is None:
            self._opened = ChromaPassages.open(self._place)
        return self._opened

    def _advance(self, truth: ChromaPassages) -> None:
        self._stamp = replace(self._stamp, generation=self._stamp.generation + 1)
        truth.mark(self._stamp)

    def _no_vectors(self) -> FloatArray:
        return np.empty((0, self._stamp.dimension), np.float32)

    def _current(self) -> DerivedIndex:
        """The index, after catching up with Chroma where it is behind."""
        if not self._embedded:
            self._stamp = self._truth().stamp() or self._stamp
        if self._index.generation != self._stamp.generation:
            self._catch_up(self._truth())
        return self._index

    def _catch_up(self, truth: ChromaPassages) -> None:
        """Compare with Chroma, mend what a broken change left there, and take over what differs."""
        whole: dict[str, Mark] = {}
        for article, marks in truth.listing().items():
            stale, kept = mend(article, marks)
            if kept:
                whole[article] = kept
            if self._embedded:
                truth.delete(stale)
        known = {summary.id: summary.digest for summary in self._index.summaries()}
        before = self._index.generation
        gone = [article for article in known if article not in whole]
        self._index.change(gone, [], self._no_vectors(), before)
        changed = (name for name, mark in whole.items() if known.get(name) != mark.digest)
        wanted = {name: whole[name].passages for name in changed}
        self._take_over(truth, wanted, before)
        self._index.change([], [], self._no_vectors(), self._stamp.generation)

    def _take_over(self, truth: ChromaPassages, wanted: dict[str, int], generation: int) -> None:
        added: list[Entry] = []
        vectors: list[FloatArray] = []
        for summary, passages, rows in truth.articles(wanted):
            added.append((summary, passages))
            vectors.append(rows)
            if sum(map(len, vectors)) >= _BATCH_ROWS:
                self._index.change([], added, np.concatenate(vectors), generation)
                added, vectors = [], []
        if added:
            self._index.change([], added, np.concatenate(vectors), generation)


def _open_folder(
    kind: type[ArticleStore], folder: Path, stamp: Stamp, *, create: bool
) -> ArticleStore:
    found = _inspect(folder)
    if found is None and not create:
        raise StoreMissing(f"No store at '{folder}'. Fill one with: footnote add seeds/")
    if found:
        _same_model(str(folder), found, stamp)
    folder.mkdir(parents=True, exist_ok=True)
    lock = StoreLock(folder).acquire()
    try:
        chroma = folder / "chroma"
        if found is None:
            ChromaPassages.open(chroma, stamp).close()
        index = DerivedIndex(folder / "index", stamp.dimension)
        store = kind(chroma, index, lock, peek(chroma) or stamp)
        store.generation  # noqa: B018 catches up
    except BaseException:
        lock.release()
        raise
    return store


def _inspect(folder: Path) -> Stamp | None:
    """The stamp of the store in a folder, None when there is none and could be one."""
    if not folder.exists():
        return None
    if not folder.is_dir():
        raise StoreForeign(f"'{folder}' is a file, not the folder of a store.")
    found = peek(folder / "chroma")
    foreign = {path.name for path in folder.iterdir()} - {"chroma", "index", "lock", "holder"}
    if found is None and foreign:
        raise StoreForeign(
            f"'{folder}' is not a Footnote store: it holds '{min(foreign)}'. "
            "Name another folder with --store."
        )
    return found


def _same_model(place: str, found: Stamp, wanted: Stamp) -> None:
    if (found.model, found.dimension) != (wanted.model, wanted.dimension):
        raise ModelMismatch(
            f"The vectors in '{place}' were made by '{found.model}' ({found.dimension} numbers "
            f"each), not by '{wanted.model}' ({wanted.dimension}). Use that model again, or "
            "re-embed: add the articles to a new store with `footnote add SOURCE --store NEW`."
        )


def _open_server(
    kind: type[ArticleStore], url: str, stamp: Stamp, *, create: bool, cache: Path | None
) -> ArticleStore:
    truth = ChromaPassages.open(url, stamp if create else None)
    found = truth.stamp()
    if found is None:
        truth.close()
        raise StoreForeign(f"The collection '{COLLECTION}' at {url} is not Footnote's.")
    try:
        _same_model(url, found, stamp)
        lock = _free_folder((cache or cache_folder()) / "stores" / truth.id)
    except BaseException:
        truth.close()
        raise
    return kind(url, DerivedIndex(lock.folder / "index", stamp.dimension), lock, found, truth)


def _free_folder(parent: Path) -> StoreLock:
    """A lock on the first folder under `parent` that no other process of this machine holds."""
    for number in count():
        folder = parent / str(number)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            return StoreLock(folder).acquire()
        except StoreLocked:
            continue
    raise AssertionError


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
    if article_digest(article) != summary.digest:
        raise StoreError(
            f"The text of article '{summary.id}' is damaged. Add it again, "
            "or delete the folder 'index' in the store, which is then made again."
        )
    return article
