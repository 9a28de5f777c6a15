"""Passages' vectors on disk, and the nearest of them to a question.

Row `i` of `vectors.f32` is a float32 vector, mapped and read only where needed. Row `i` of
`signs.u64` holds one bit a dimension, whether it is positive; these stay in memory. The rows whose
signs differ least from the question's make a shortlist, whose cosines are then computed exactly.
Recall and time: docs/decisions/05-search.md.
"""

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Signs = npt.NDArray[np.uint64]

SHORTLIST = 2000


class VectorFile:
    """An append-only table of vectors of one dimension."""

    def __init__(self, folder: Path, dimension: int, rows: int) -> None:
        """Open the table in `folder`, cut to its first `rows`; raises `ValueError` if short."""
        self._width = dimension
        self._words = -(-dimension // 64)
        self._vectors_path, self._signs_path = folder / "vectors.f32", folder / "signs.u64"
        _cut(self._vectors_path, rows * dimension * 4)
        _cut(self._signs_path, rows * self._words * 8)
        signs = np.fromfile(self._signs_path, np.uint64).reshape(rows, self._words)
        self._signs: Signs = np.ascontiguousarray(signs.T)
        self._map()

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self._signs[0])

    def append(self, vectors: FloatArray) -> None:
        """Add rows, on disk when this returns."""
        signs = self._signs_of(vectors)
        _extend(self._vectors_path, np.ascontiguousarray(vectors, np.float32))
        _extend(self._signs_path, signs)
        self._signs = np.concatenate([self._signs, signs.T], axis=1)
        self._map()

    def cosines(self, rows: Rows, query: FloatArray) -> FloatArray:
        """The cosine of each of `rows` to the normalised vector `query`."""
        # Not `@`, whose threads wait for each other longer than so small a product takes.
        cosines: FloatArray = np.vecdot(self._vectors[rows], query)
        return cosines

    def nearest(self, query: FloatArray, allowed: Mask, limit: int) -> Rows:
        """At most `limit` of the rows where `allowed`, best first; exact up to the shortlist."""
        rows = np.flatnonzero(allowed)
        if len(rows) > SHORTLIST:
            differing = np.where(allowed, self._differing(query), np.uint16(self._width + 1))
            rows = np.flatnonzero(differing <= np.partition(differing, SHORTLIST)[SHORTLIST])
        order = np.argsort(-self.cosines(rows, query), kind="stable")
        return rows[order[:limit]]

    def _differing(self, query: FloatArray) -> npt.NDArray[np.uint16]:
        """In how many signs each row differs from the query."""
        differing = np.bitwise_count(self._signs ^ self._signs_of(query[None]).T)
        total: npt.NDArray[np.uint16] = differing.sum(axis=0, dtype=np.uint16)
        return total

    def _signs_of(self, vectors: FloatArray) -> Signs:
        bits = np.packbits(vectors > 0, axis=1)
        padded = np.pad(bits, ((0, 0), (0, self._words * 8 - bits.shape[1])))
        return padded.view(np.uint64)

    def _map(self) -> None:
        shape = (self.rows, self._width)
        self._vectors: FloatArray = np.empty(shape, np.float32)
        if self.rows:
            # As a plain array, from which rows are taken twice as fast as from a `memmap`.
            self._vectors = np.asarray(np.memmap(self._vectors_path, np.float32, "r", shape=shape))


def _cut(path: Path, size: int) -> None:
    path.touch()
    if path.stat().st_size < size:
        raise ValueError(f"'{path}' is shorter than {size} bytes")
    os.truncate(path, size)


def _extend(path: Path, values: npt.NDArray[np.generic]) -> None:
    with path.open("ab") as file:
        file.write(values.tobytes())
        file.flush()
        os.fsync(file.fileno())
