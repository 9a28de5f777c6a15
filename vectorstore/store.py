"""The store: articles in, snapshots out."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

from vectorstore.catalog import ArticleSummary
from vectorstore.chroma import FloatArray
from vectorstore.history import Version
from vectorstore.listing import Overview
from vectorstore.notes import Note
from vectorstore.records import Article, Candidate, Filters, Order, Passage
from vectorstore.snapshot import NO_FILTERS, Snapshot

Batch = Sequence[tuple[Article, Sequence[Passage], FloatArray]]
COLLECTION = "footnote"


class ArticleStore(ABC):
    """Articles and their passages. Safe to use from several threads.

    An embedded store, in a folder, is held by one process at a time, which works for the others
    too; a server is shared by any number.
    """

    @staticmethod
    def open(
        location: str | Path,
        *,
        model: str,
        dimension: int,
        create: bool = False,
        cache: Path | None = None,
        collection: str = COLLECTION,
        token: str | None = None,
    ) -> "ArticleStore":
        """The store in a folder, or on a Chroma server at an `http://` or `https://` address.

        `model` and `dimension` name what makes the vectors; a new store records them. Only with
        `create` is a store made where there is none. `collection` is its name in Chroma. An address
        may have a path, and `?tenant=T&database=D`; the server is told `token`, and what is derived
        from it is kept in the folder `cache`, or the user's cache folder.

        Raises `StoreMissing`, `StoreForeign`, `StoreLocked`, `ModelMismatch`, or `StoreError` when
        the store cannot be read or the server does not answer.
        """
        from vectorstore.opening import Place, opened
        from vectorstore.server import StoreStamp

        place = Place(location, StoreStamp(model, dimension), collection, token, cache)
        return opened(place, create=create)

    @abstractmethod
    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """What the store holds now, unchanged for as long as it is looked at.

        A search and the articles it found belong to one snapshot.
        """

    @abstractmethod
    def put(self, batch: Batch, *, version: str = "") -> None:
        """Add whole articles, each in the place of an earlier one with its id.

        Each comes with its passages, which tile its text, and their vectors, float32
        [passages, dimension]; `version` names how these were made, and is part of the digests.
        Raises `ValueError` when they do not fit.
        """

    @abstractmethod
    def remove(self, ids: Iterable[str]) -> int:
        """Remove articles from every index; returns how many of `ids` there were."""

    @abstractmethod
    def notes(self, kind: str, names: Sequence[str] | None = None) -> dict[str, Note]:
        """Small JSON documents that are kept beside the articles, by name: these, or all."""

    @abstractmethod
    def write_notes(self, kind: str, notes: Mapping[str, Note]) -> None:
        """Write notes, each in the place of an earlier one of its kind and name."""

    @abstractmethod
    def remove_notes(self, kind: str, names: Iterable[str]) -> None:
        """Remove notes; those that are not there are passed over."""

    @abstractmethod
    def close(self) -> None:
        """Close all files and let others hold the store."""

    @property
    def passages(self) -> int:
        """How many passages there are."""
        with self.snapshot() as snapshot:
            return snapshot.passages

    @property
    def generation(self) -> int:
        """A number that grows with every change."""
        with self.snapshot() as snapshot:
            return snapshot.generation

    def count(self, query: str = "") -> int:
        """How many articles there are that `query` finds, as in `articles`."""
        with self.snapshot() as snapshot:
            return snapshot.count(query)

    def articles(
        self, offset: int = 0, limit: int | None = None, order: Order = "added", query: str = ""
    ) -> list[ArticleSummary]:
        """Articles without their texts; see `Snapshot.articles`."""
        with self.snapshot() as snapshot:
            return snapshot.articles(offset, limit, order, query)

    def overview(self) -> Overview:
        """How many articles and passages there are, and articles of each source and day."""
        with self.snapshot() as snapshot:
            return snapshot.overview()

    def get(self, id: str) -> Article | None:
        """The article with an id, its text rebuilt from its passages."""
        return self.get_many([id]).get(id)

    def get_many(self, ids: Iterable[str]) -> dict[str, Article]:
        """The articles with these ids, by id; unknown ones are left out.

        Raises `StoreError` for one whose text is not what its digest says.
        """
        with self.snapshot() as snapshot:
            return snapshot.get_many(list(ids))

    def digest(self, id: str) -> str | None:
        """An article's `article_digest`; None where there is no such article."""
        with self.snapshot() as snapshot:
            found = snapshot.summary(id)
        return found.digest if found else None

    def changed(self) -> list[ArticleSummary]:
        """The articles whose texts have changed, the latest first."""
        with self.snapshot() as snapshot:
            return snapshot.changed()

    def history(self, id: str) -> list[Version]:
        """The earlier versions of an article, latest first; none of an unknown one."""
        with self.snapshot() as snapshot:
            return snapshot.history(id)

    def search(
        self, vector: FloatArray, query_text: str, *, limit: int, filters: Filters = NO_FILTERS
    ) -> list[Candidate]:
        """The `limit` best passages by cosine to `vector` together with the `limit` best by BM25.

        `vector` is float32 [dimension], L2-normalised. Each candidate has both of its scores; the
        order means nothing. Fewer are returned where there are no more inside `filters`.
        """
        with self.snapshot() as snapshot:
            return snapshot.search(vector, query_text, limit=limit, filters=filters)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
