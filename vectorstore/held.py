"""A store that this process works on itself."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np

from vectorstore.catalog import ArticleSummary, Entry
from vectorstore.chroma import FloatArray
from vectorstore.history import ChromaHistory
from vectorstore.log import chunks
from vectorstore.notes import Note, Notes
from vectorstore.records import Article, Passage
from vectorstore.snapshot import Snapshot
from vectorstore.store import ArticleStore, Batch
from vectorstore.sync import Sync


class HeldStore(ArticleStore):
    """An embedded store that this process holds, or one on a server."""

    def __init__(
        self,
        sync: Sync,
        notes: Notes,
        history: ChromaHistory,
        dimension: int,
        closing: Callable[[], None],
    ) -> None:
        """Catch up first; `closing` closes what else belongs to the store."""
        self._sync = sync
        self._notes = notes
        self._history = history
        self._dimension = dimension
        self._closing = closing
        sync.current()
        if not sync.index.sound:
            sync.index.close()
            sync.index.clear()
            sync.follow()
            sync.mend()

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """See `ArticleStore.snapshot`."""
        self._sync.current()
        with self._sync.index.reading() as derived:
            yield Snapshot(derived, self._sync.chroma, self._history)

    def put(self, batch: Batch, *, version: str = "") -> None:
        """See `ArticleStore.put`."""
        for article, passages, vectors in batch:
            _check(article, passages, vectors, self._dimension)
        last = {article.id: (article, passages, vectors) for article, passages, vectors in batch}
        self._sync.current()
        for ids in chunks(last):
            part = [last[article] for article in ids]
            added = [(ArticleSummary.of(article, len(p), version), p) for article, p, _ in part]
            self._put(ids, added, np.concatenate([vectors for _, _, vectors in part]))

    def remove(self, ids: Iterable[str]) -> int:
        """See `ArticleStore.remove`."""
        wanted, removed = list(dict.fromkeys(ids)), 0
        self._sync.current()
        known = self._sizes(wanted).keys() | self._sync.unsure()
        for part in chunks(article for article in wanted if article in known):
            with self._sync.turn(part):
                self._history.forget(part)
                sizes = self._sizes(part)
                self._sync.chroma.delete(
                    [f"{name}#{n}" for name, size in sizes.items() for n in range(size)]
                )
                found = self._sync.chroma.remains(self._unsure(part))
                self._sync.chroma.delete([p.id for _, passages in found.whole for p in passages])
                self._sync.chroma.delete(found.stale)
            removed += len(sizes)
        return removed

    def notes(self, kind: str, names: Sequence[str] | None = None) -> dict[str, Note]:
        """See `ArticleStore.notes`."""
        return self._notes.read(kind, names)

    def write_notes(self, kind: str, notes: Mapping[str, Note]) -> None:
        """See `ArticleStore.write_notes`."""
        self._notes.write(kind, notes)

    def remove_notes(self, kind: str, names: Iterable[str]) -> None:
        """See `ArticleStore.remove_notes`."""
        self._notes.remove(kind, names)

    def close(self) -> None:
        """See `ArticleStore.close`."""
        self._sync.index.close()
        self._closing()

    def _put(self, ids: Sequence[str], added: Sequence[Entry], vectors: FloatArray) -> None:
        with self._sync.turn(ids):
            before = self._sizes(ids)
            unsure = self._unsure(ids)
            with self._sync.index.reading() as derived:
                added = self._history.supersede(derived.listing, added)
            self._sync.chroma.put(added, vectors)
            self._sync.chroma.delete(
                f"{summary.id}#{number}"
                for summary, passages in added
                for number in range(len(passages), before.get(summary.id, 0))
            )
            self._sync.chroma.delete(self._sync.chroma.remains(unsure).stale)

    def _unsure(self, ids: Sequence[str]) -> list[str]:
        return sorted(self._sync.unsure().intersection(ids))

    def _sizes(self, ids: Sequence[str]) -> dict[str, int]:
        """How many passages those articles have that the index knows."""
        with self._sync.index.reading() as derived:
            found = (derived.listing.summary(article) for article in ids)
            return {summary.id: summary.passages for summary in found if summary}


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
    starts = [0, *ends][: len(ends)]
    tiles = [(article.id, i, s, e) for i, (s, e) in enumerate(zip(starts, ends, strict=True))]
    if places != tiles or "".join(p.text for p in passages) != article.text or not passages:
        raise ValueError(f"The passages of article {article.id!r} do not tile its text.")
