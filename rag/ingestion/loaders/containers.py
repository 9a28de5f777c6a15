"""Files of several articles, and how many there are in all of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from rag.ingestion.loaders.kinds import CONTAINERS, suffix_of
from rag.ingestion.loaders.records import Part


@dataclass(slots=True)
class Containers:
    """Files of several articles, read one after the other, and about how many those are."""

    files: int
    size: int
    _read_articles: int = 0
    _read_bytes: int = 0

    @classmethod
    def among(cls, found: Iterable[object]) -> Self:
        """Those of the paths found; a file that cannot be measured counts as empty."""
        paths = [p for p in found if isinstance(p, Path) and suffix_of(p) in CONTAINERS]
        return cls(len(paths), sum(map(_size, paths)))

    @property
    def articles(self) -> int:
        """As many as the bytes come to, by the mean length of those read; at first one a file."""
        if not self._read_bytes:
            return self.files
        return max(self._read_articles, round(self._read_articles * self.size / self._read_bytes))

    def counted(self, parts: Iterable[Part]) -> Iterator[Part]:
        """The parts of one of the files, taken into account as they come."""
        before = self._read_bytes
        for part in parts:
            self._read_bytes = before + part.end
            self._read_articles += 1
            yield part


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
