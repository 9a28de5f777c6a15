"""What filters may ask of a row, in arrays: its article's id, source and time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np

from vectorstore.records import Article, Filters
from vectorstore.vectors import Mask


@dataclass(frozen=True, slots=True)
class Extent:
    """An article's rows, `[first, end)`, and what filters may ask of it."""

    id: str
    source: str | None
    published_at: str | None
    first: int
    end: int


class Columns:
    """The owner of every row, and the columns of owners; the last owner stands for none."""

    def __init__(self, extents: Sequence[Extent], rows: int) -> None:
        """Of `rows` rows; those of no article, which was removed, have no owner."""
        self.passages = 0  # rows that have an owner
        self._owners = np.full(rows, -1, np.int64)
        self._places: dict[str, int] = {}
        self._times = np.array([np.nan])
        self._sources: list[str | None] = [None]
        self._ids: list[str] = [""]
        self.add(extents)

    def add(self, extents: Sequence[Extent]) -> None:
        """Add articles, whose rows come after all others."""
        size = max([len(self._owners), *(extent.end for extent in extents)])
        owners = np.full(size, -1, np.int64)
        owners[: len(self._owners)] = self._owners
        place = len(self._ids) - 1
        for extent in extents:
            owners[extent.first : extent.end] = self._places[extent.id] = place
            place += 1
            self.passages += extent.end - extent.first
        self._owners = owners
        self._sources[-1:] = [*(extent.source for extent in extents), None]
        self._ids[-1:] = [*(extent.id for extent in extents), ""]
        added = np.array([*map(_time, extents), np.nan])
        self._times = np.concatenate([self._times[:-1], added])

    def drop(self, articles: Iterable[str]) -> None:
        """Leave the rows of articles without an owner."""
        known = [self._places.pop(article) for article in articles if article in self._places]
        if known:
            theirs = np.isin(self._owners, known)
            self._owners[theirs] = -1
            self.passages -= int(theirs.sum())

    def articles(self, rows: Sequence[int]) -> list[tuple[str, float | None]]:
        """The id and time of each row's article."""
        owners = self._owners[list(rows)]
        times = self._times[owners].tolist()
        ids = [self._ids[owner] for owner in owners.tolist()]
        return [(name, None if isnan(t) else t) for name, t in zip(ids, times, strict=True)]

    def inside(self, filters: Filters) -> Mask:
        """Which rows lie inside `filters`; a comparison with an unknown time is false."""
        keep = np.ones(len(self._times), np.bool_)
        if filters.since is not None:
            keep &= ~(self._times < filters.since)
        if filters.until is not None:
            keep &= ~(self._times > filters.until)
        for values, wanted in ((self._sources, filters.sources), (self._ids, filters.articles)):
            if wanted is not None:
                keep &= np.fromiter((value in wanted for value in values), np.bool_, len(values))
        keep[-1] = False
        rows: Mask = keep[self._owners]
        return rows


def _time(extent: Extent) -> float:
    """Seconds since 1970, NaN when not known."""
    time = Article(extent.id, "", "", published_at=extent.published_at).timestamp
    return np.nan if time is None else time
