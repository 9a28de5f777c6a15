"""Passages in Chroma, the only truth: a folder on disk, or a server by its address.

Every passage carries all there is to know of its article, so that articles are rebuilt exactly.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from vectorstore.catalog import ArticleSummary, Entry, version_of
from vectorstore.errors import StoreError, StoreForeign, StoreMissing
from vectorstore.records import Article, Passage
from vectorstore.vectors import FloatArray

COLLECTION = "footnote"
_DATABASE = "chroma.sqlite3"
_PAGE = 2000
Metadata = dict[str, str | int | None]
_FIELDS = ("id", "title", "source", "url", "author", "published_at")
_SHARED = (*_FIELDS, "digest", "passages")


@dataclass(frozen=True, slots=True)
class StoreStamp:
    """What a collection says of itself: whose vectors it holds, and its latest generation."""

    model: str
    dimension: int
    generation: int

    @classmethod
    def of(cls, metadata: Mapping[str, Any] | None) -> "StoreStamp | None":
        """The stamp in a collection's metadata, or None when the collection is not ours."""
        try:
            return cls(*((metadata or {})[name] for name in cls.__slots__))
        except KeyError:
            return None

    def next(self) -> "StoreStamp":
        """The stamp of the next generation."""
        return replace(self, generation=self.generation + 1)

    def metadata(self) -> dict[str, str | int]:
        """The stamp as a collection's metadata."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class PassageMark:
    """What a listing says of one passage."""

    number: int
    passages: int
    digest: str

    def same_article(self, other: "PassageMark") -> bool:
        """Whether two passages of one id are of the same text and tiling."""
        return (self.digest, self.passages) == (other.digest, other.passages)


def peek(folder: Path) -> StoreStamp | None:
    """The stamp of the collection in `folder`, read without loading Chroma; None if there is none.

    Raises `StoreError` when Chroma's database is there and cannot be read.
    """
    path = folder / _DATABASE
    if not path.exists():
        return None
    query = (
        "SELECT key, coalesce(str_value, int_value) FROM collection_metadata "
        "JOIN collections ON id = collection_id WHERE name = ?"
    )
    try:
        # Not read-only: what a killed process left half-written is rolled back by the first reader.
        with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True)) as db:
            if not db.execute("SELECT * FROM sqlite_master WHERE name = 'collections'").fetchall():
                return None
            return StoreStamp.of(dict(db.execute(query, (COLLECTION,)).fetchall()))
    except sqlite3.Error as error:
        raise StoreError(
            f"The store's database '{path}' cannot be read: {error}. Put back a copy of it, "
            "or move the folder away and add the articles again."
        ) from error


class ChromaPassages:
    """The collection of passages."""

    def __init__(self, client: Any, place: Path | str) -> None:
        self._client = client
        self._collection: Any = None
        self._place = place

    @classmethod
    def open(cls, place: Path | str, create: StoreStamp | None = None) -> "ChromaPassages":
        """The collection in a folder or at a URL; a missing one is made when `create` is given.

        Raises `StoreMissing` when there is none, `StoreError` when the place cannot be read or
        does not answer.
        """
        try:
            client = _client(place)
        except Exception as error:
            raise StoreError(
                f"Cannot open the store '{place}': {error} Start a server with "
                "`chroma run --path FOLDER`; a folder must be yours to write to."
            ) from error
        chroma = cls(client, place)
        try:
            chroma._find(create)
        except BaseException:
            chroma.close()
            raise
        return chroma

    @property
    def id(self) -> str:
        """Tells this collection from every other."""
        return str(self._collection.id)

    def stamp(self) -> StoreStamp:
        """What the collection says of itself now; raises `StoreError` when it does not answer."""
        self._find()
        found = StoreStamp.of(self._collection.metadata)
        if found is None:
            raise StoreForeign(f"The collection '{COLLECTION}' at {self._place} is not Footnote's.")
        return found

    def mark(self, stamp: StoreStamp) -> None:
        """Record a new stamp."""
        self._collection.modify(metadata=stamp.metadata())

    def put(self, entries: Sequence[Entry], vectors: FloatArray) -> None:
        """Write articles over what there was of them, and delete what is left of their old ones.

        `vectors` are those of all passages in order.
        """
        ids = [p.id for _, passages in entries for p in passages]
        documents = [p.text for _, passages in entries for p in passages]
        metadatas = [m for entry in entries for m in _metadatas(*entry)]
        for part in _parts(len(ids), self._client.get_max_batch_size()):
            self._collection.upsert(ids[part], vectors[part], metadatas[part], documents[part])
        old = self._ids_of([summary.id for summary, _ in entries])
        self.delete(old - set(ids))

    def remove(self, articles: Sequence[str]) -> None:
        """Delete all passages of articles."""
        self.delete(self._ids_of(articles))

    def delete(self, ids: Iterable[str]) -> None:
        """Delete passages."""
        ids = list(ids)
        for part in _parts(len(ids), self._client.get_max_batch_size()):
            self._collection.delete(ids[part])

    def listing(self) -> dict[str, list[PassageMark]]:
        """What there is of each article, by its id."""
        marks: dict[str, list[PassageMark]] = {}
        for part in _parts(self._collection.count(), _PAGE):
            page = self._collection.get(limit=_PAGE, offset=part.start, include=["metadatas"])
            for data in page["metadatas"]:
                mark = PassageMark(data["number"], data["passages"], data["digest"])
                marks.setdefault(data["id"], []).append(mark)
        return marks

    def articles(
        self, wanted: Mapping[str, int]
    ) -> Iterator[tuple[ArticleSummary, list[Passage], FloatArray]]:
        """Articles by id and number of passages, with the vectors of the passages."""
        for article, count in wanted.items():
            ids = [f"{article}#{number}" for number in range(count)]
            found = self._collection.get(ids, include=["metadatas", "documents", "embeddings"])
            rows = zip(found["metadatas"], found["documents"], found["embeddings"], strict=True)
            ordered = sorted(rows, key=lambda row: row[0]["number"])
            passages = [
                Passage(article, data["number"], data["start"], data["end"], text)
                for data, text, _ in ordered
            ]
            vectors = np.array([vector for _, _, vector in ordered], np.float32)
            yield _summary(ordered[0][0], passages), passages, vectors

    def close(self) -> None:
        """Close the client."""
        self._client.close()
        for owner in (self._client, self._client._admin_client):
            if session := getattr(owner._server, "_session", None):
                session.close()  # Chroma 1.5.9 leaves a server's connections open

    def _find(self, create: StoreStamp | None = None) -> None:
        """Get the collection as it is now; a missing one is made when `create` is given."""
        from chromadb.errors import NotFoundError

        try:
            self._collection = self._client.get_collection(COLLECTION, embedding_function=None)
        except NotFoundError as error:
            if create is None:
                raise StoreMissing(
                    f"No store at '{self._place}'. Fill one with: footnote add seeds/"
                ) from error
            self._collection = self._client.create_collection(
                COLLECTION,
                metadata=create.metadata(),
                configuration={"hnsw": {"space": "cosine"}},
                embedding_function=None,
            )
        except Exception as error:
            raise StoreError(f"The store '{self._place}' does not answer: {error}") from error

    def _ids_of(self, articles: Sequence[str]) -> set[str]:
        found: set[str] = set()
        for part in _parts(len(articles), _PAGE):
            where = {"id": {"$in": list(articles[part])}}
            found.update(self._collection.get(where=where, include=[])["ids"])
        return found


def _client(place: Path | str) -> Any:
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    if isinstance(place, Path):
        return chromadb.PersistentClient(str(place), settings)
    url = urlsplit(place)
    secure = url.scheme == "https"
    port = url.port or (443 if secure else 8000)
    return chromadb.HttpClient(url.hostname or "localhost", port, ssl=secure, settings=settings)


def _parts(size: int, step: int) -> list[slice]:
    return [slice(start, start + step) for start in range(0, size, step)]


def _metadatas(summary: ArticleSummary, passages: Sequence[Passage]) -> Iterator[Metadata]:
    """One of each passage. A None is given, since `upsert` keeps what it is not told of."""
    shared: Metadata = {name: getattr(summary, name) for name in _SHARED}
    for passage in passages:
        yield shared | {"number": passage.number, "start": passage.start, "end": passage.end}


def _summary(data: Mapping[str, Any], passages: Sequence[Passage]) -> ArticleSummary:
    fields = {name: data.get(name) for name in _FIELDS}
    article = Article(text="".join(p.text for p in passages), **fields)  # type: ignore[arg-type]
    return ArticleSummary.of(article, len(passages), version_of(str(data["digest"])))
