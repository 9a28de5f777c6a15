"""What a measurement of speed came to: figures, those of one store, and all of a run."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from evals.speed.machine import Machine


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: the median of its repeats, the least and the most of them, and how many.

    `processor` is the median when time is counted in processor time; None for what is no time.
    """

    name: str
    unit: str
    median: float
    low: float
    high: float
    n: int
    processor: float | None = None

    @classmethod
    def of(cls, name: str, unit: str, repeats: ArrayLike) -> Self:
        """The figure of its repeats, at least one: [n], or [n, 2] by the clock and processor."""
        values = np.asarray(repeats, dtype=float)
        clock, busy = (values[:, 0], values[:, 1]) if values.ndim == 2 else (values, None)
        return cls(
            name,
            unit,
            median=float(np.median(clock)),
            low=float(clock.min()),
            high=float(clock.max()),
            n=len(clock),
            processor=None if busy is None else float(np.median(busy)),
        )


@dataclass(frozen=True, slots=True)
class Level:
    """The figures of a store of so many passages."""

    passages: int
    articles: int
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Bench:
    """A whole measurement: where and how it was made, and its figures for each size."""

    machine: Machine
    seed: int
    levels: tuple[Level, ...]
