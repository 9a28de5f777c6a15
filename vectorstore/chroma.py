"""Passages in Chroma, the only truth, and what searches by meaning.

Every passage carries all there is to know of its article, so that articles are rebuilt exactly.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from vectorstore.catalog import ArticleSummary, Entry, version_of
from vectorstore.collection import ChromaCollection
from vectorstore.records import Article, Passage, moment_of

FloatArray = npt.NDArray[np.float32]
Metadata = dict[str, str | int | None]
_FIELDS = ("id", "title", "source", "url", "author", "published_at")
_SHARED = (*_FIELDS, "digest", "passages", "earlier")
_ROWS = ("metadatas", "documents")


@dataclass(slots=True)
class Gathering:
    """Passages as they come, put together to articles."""

    whole: list[Entry] = field(default_factory=list)
    _parts: dict[tuple[str, str, int], dict[int, Passage]] = field(default_factory=dict)

    def take(self, rows: Iterable[tuple[Mapping[str, Any], str]]) -> None:
        """Take metadata and texts; an article of which nothing is missing is `whole`."""
        for data, text in rows:
            key = data["id"], data["digest"], data["passages"]
            passage = Passage(data["id"], data["number"], data["start"], data["end"], text or "")
            parts = self._parts.setdefault(key, {})
            parts[passage.number] = passage
            if len(parts) == data["passages"]:
                del self._parts[key]
                passages = [parts[number] for number in sorted(parts)]
                self.whole.append((_summary(data, passages), passages))

    @property
    def broken(self) -> set[str]:
        """The ids of which there are passages that belong to no whole article."""
        return {article for article, _, _ in self._parts}

    @property
    def stale(self) -> list[str]:
        """Those passages' ids."""
        return [passage.id for parts in self._parts.values() for passage in parts.values()]


class ChromaPassages(ChromaCollection):
    """The collection of passages."""

    @property
    def id(self) -> str:
        """Tells this collection from every other."""
        return str(self._collection.id)

    def count(self) -> int:
        """How many passages there are, of whole articles and of broken ones."""
        return int(self._ask("count"))

    def put(self, entries: Sequence[Entry], vectors: FloatArray) -> None:
        """Write articles over what there was of them; `vectors` are of all passages in order.

        An article is written in one call, all or nothing, unless it has more passages than one
        call takes.
        """
        ids = [p.id for _, passages in entries for p in passages]
        documents = [p.text for _, passages in entries for p in passages]
        metadatas = [m for entry in entries for m in _metadatas(*entry)]
        for part in _parts([len(passages) for _, passages in entries], self.page):
            self._ask(
                "upsert",
                ids[part],
                embeddings=vectors[part],
                documents=documents[part],
                metadatas=metadatas[part],
            )

    def delete(self, ids: Iterable[str]) -> None:
        """Delete passages."""
        for part in self._pages(list(ids)):
            self._ask("delete", part)

    def articles(self, ids: Sequence[str]) -> Gathering:
        """What there is of articles, as far as their first passages know."""
        found = Gathering()
        firsts = list(self._rows([f"{article}#0" for article in ids]))
        found.take(firsts)
        rest = [f"{d['id']}#{n}" for d, _ in firsts for n in range(1, d["passages"])]
        found.take(self._rows(rest))
        return found

    def remains(self, ids: Sequence[str]) -> Gathering:
        """Everything there is of articles, found by a slow search."""
        found, offset = Gathering(), 0
        for part in self._pages(list(ids)):
            where = {"id": {"$in": part}}
            while rows := self._page(offset, self.page, where):
                found.take(rows)
                offset += len(rows)
            offset = 0
        return found

    def everything(self) -> Iterator[Gathering]:
        """All there is, the same object again and again while more comes.

        From the last page to the first: what is deleted meanwhile moves the others towards the
        first, so that none is missed.
        """
        found, end = Gathering(), self.count()
        while end > 0:
            start = max(0, end - self.page)
            while start < end and (rows := self._page(start, end - start)):
                found.take(reversed(rows))
                start += len(rows)
            end = max(0, end - self.page)
            yield found

    def nearest(
        self, vector: FloatArray, limit: int, ids: Sequence[str] | None = None
    ) -> dict[str, float]:
        """The cosines of the passages nearest to a unit vector, by id; among `ids` where given."""
        inside = {} if ids is None else {"ids": list(ids)}
        found = self._ask("query", vector[None], n_results=limit, include=["distances"], **inside)
        return {
            passage: 1.0 - distance
            for passage, distance in zip(found["ids"][0], found["distances"][0], strict=True)
        }

    def cosines(self, vector: FloatArray, ids: Sequence[str]) -> dict[str, float]:
        """The cosines of given passages; those that are not there are left out."""
        return {found: float(v @ vector) for found, v in self.vectors(ids).items()}

    def vectors(self, ids: Sequence[str]) -> dict[str, FloatArray]:
        """The vectors of given passages, by id; those that are not there are left out."""
        vectors: dict[str, FloatArray] = {}
        for part in self._pages(list(ids)):
            found = self._ask("get", part, include=["embeddings"])
            values = np.asarray(found["embeddings"], np.float32)
            vectors.update(zip(found["ids"], values, strict=True))
        return vectors

    def _rows(self, ids: Sequence[str]) -> Iterator[tuple[Mapping[str, Any], str]]:
        for part in self._pages(list(ids)):
            found = self._ask("get", part, include=list(_ROWS))
            yield from zip(found["metadatas"], found["documents"], strict=True)

    def _page(
        self, offset: int, limit: int, where: Mapping[str, Any] | None = None
    ) -> list[tuple[Mapping[str, Any], str]]:
        found = self._ask("get", where=where, limit=limit, offset=offset, include=list(_ROWS))
        return list(zip(found["metadatas"], found["documents"], strict=True))


def _parts(sizes: Sequence[int], most: int) -> Iterator[slice]:
    """Slices of at most `most` that part no article unless it is longer than that."""
    start = end = 0
    for size in sizes:
        if end > start and end - start + size > most:
            yield slice(start, end)
            start = end
        end += size
        while end - start > most:
            yield slice(start, start + most)
            start += most
    if end > start:
        yield slice(start, end)


def _metadatas(summary: ArticleSummary, passages: Sequence[Passage]) -> Iterator[Metadata]:
    """One of each passage. A None is given, since `upsert` keeps what it is not told of."""
    shared: Metadata = {name: getattr(summary, name) for name in _SHARED}
    for passage in passages:
        yield shared | {"number": passage.number, "start": passage.start, "end": passage.end}


def _summary(data: Mapping[str, Any], passages: Sequence[Passage]) -> ArticleSummary:
    """The summary of an article. A date that cannot be read, of an older store, is none."""
    fields = {name: data.get(name) for name in _FIELDS}
    if fields["published_at"] is not None and moment_of(fields["published_at"]) is None:
        fields["published_at"] = None
    article = Article(text="".join(p.text for p in passages), **fields)  # type: ignore[arg-type]
    summary = ArticleSummary.of(article, len(passages), version_of(str(data["digest"])))
    return replace(summary, earlier=data.get("earlier"))
