"""Figures with their uncertainty, and tests of whether two runs differ: scipy's, by name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = Sequence[float] | NDArray[np.float64]

LEVEL = 0.95
_RESAMPLES = 1000
_SEED = 0


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval and the number of cases it rests on."""

    value: float
    low: float
    high: float
    n: int


def mean(values: Values) -> Estimate:
    """The mean; Wilson's interval for a proportion, a bootstrap's for other means."""
    array = np.asarray(values, dtype=float)
    if is_binary(array):
        return _proportion(array)
    return _bootstrapped((array,), lambda sample: float(np.mean(sample)), len(array))


def is_binary(values: Values) -> bool:
    """Whether every value is 0 or 1."""
    return bool(np.isin(values, (0.0, 1.0)).all())


def _proportion(values: NDArray[np.float64]) -> Estimate:
    from scipy.stats import binomtest

    n = len(values)
    interval = binomtest(int(values.sum()), n).proportion_ci(LEVEL, method="wilson")
    return Estimate(float(values.mean()), float(interval.low), float(interval.high), n)


def auroc(positive: Values, negative: Values) -> Estimate:
    """How likely a positive case scores above a negative one, by Mann and Whitney's U."""
    from scipy.stats import rankdata

    def area(yes: NDArray[np.float64], no: NDArray[np.float64]) -> float:
        ranks = rankdata(np.concatenate([yes, no]))[: len(yes)].sum()
        return float((ranks - len(yes) * (len(yes) + 1) / 2) / (len(yes) * len(no)))

    data = np.asarray(positive, dtype=float), np.asarray(negative, dtype=float)
    return _bootstrapped(data, area, len(data[0]) + len(data[1]))


def risk_coverage(confidence: Values, right: Values) -> tuple[list[float], list[float]]:
    """The share of wrong answers (risk) when only the surest share of cases (coverage) is answered.

    Cases of one confidence are answered together, so there is a point for each distinct one.
    """
    sure, wrong = np.asarray(confidence, dtype=float), 1 - np.asarray(right, dtype=float)
    order = np.argsort(-sure, kind="stable")
    counts = np.arange(1, len(order) + 1)
    risks = np.cumsum(wrong[order]) / counts
    last = np.append(np.diff(sure[order]) != 0, True)
    return [float(c) for c in counts[last] / len(order)], [float(r) for r in risks[last]]


def aurc(confidence: Values, right: Values) -> Estimate:
    """The area under the risk-coverage curve (Geifman et al. 2019); 0 is best."""

    def area(sure: NDArray[np.float64], good: NDArray[np.float64]) -> float:
        coverage, risk = risk_coverage(sure, good)
        return float(np.sum(np.diff([0.0, *coverage]) * np.asarray(risk)))

    data = np.asarray(confidence, dtype=float), np.asarray(right, dtype=float)
    return _bootstrapped(data, area, len(data[0]), paired=True)


@dataclass(frozen=True, slots=True)
class Bin:
    """Cases of like confidence: their mean confidence, the share that holds, how many."""

    confidence: float
    share: float
    n: int


def calibration(confidence: Values, holds: Values, bins: int = 10) -> list[Bin]:
    """Confidence against truth in bins of equal width; empty bins are left out."""
    sure, true = np.asarray(confidence, dtype=float), np.asarray(holds, dtype=float)
    places = np.minimum((sure * bins).astype(int), bins - 1)
    return [
        Bin(float(sure[here].mean()), float(true[here].mean()), int(here.sum()))
        for here in (places == number for number in range(bins))
        if here.any()
    ]


def calibration_error(confidence: Values, holds: Values) -> Estimate:
    """The expected calibration error: the bins' gaps, weighted by their cases."""

    def gap(sure: NDArray[np.float64], true: NDArray[np.float64]) -> float:
        return sum(b.n * abs(b.confidence - b.share) for b in calibration(sure, true)) / len(sure)

    data = np.asarray(confidence, dtype=float), np.asarray(holds, dtype=float)
    return _bootstrapped(data, gap, len(data[0]), paired=True)


def _bootstrapped(
    data: tuple[NDArray[np.float64], ...],
    figure: Callable[..., float],
    n: int,
    *,
    paired: bool = False,
) -> Estimate:
    from scipy.stats import bootstrap

    value = figure(*data)
    if min(len(sample) for sample in data) < 2:
        return Estimate(value, 0.0, 1.0, n)
    interval = bootstrap(
        data,
        figure,
        n_resamples=_RESAMPLES,
        vectorized=False,
        paired=paired,
        method="percentile",
        confidence_level=LEVEL,
        rng=np.random.default_rng(_SEED),
    ).confidence_interval
    return Estimate(value, float(interval.low), float(interval.high), n)


@dataclass(frozen=True, slots=True)
class Difference:
    """How paired scores moved: the mean gain with its interval, and one-sided p-values.

    `worse` and `better` count the cases. `detectable` is the smallest mean drop that these cases
    could have shown to be one, at the level given, beside the gains that there were.
    """

    mean: float
    low: float
    high: float
    n: int
    worse: int
    better: int
    p_worse: float
    p_better: float
    detectable: float


def difference(gains: Values, level: float) -> Difference:
    """Test gains (new minus old, more is better) of paired cases.

    McNemar's exact test for gains of yes/no scores, a sign-flipping permutation test for others.
    """
    array = np.round(np.asarray(gains, dtype=float), 9)
    worse, better = int((array < 0).sum()), int((array > 0).sum())
    binary = bool(np.isin(array, (-1.0, 0.0, 1.0)).all())
    p_worse, p_better = _mcnemar(worse, better) if binary else _permuted(array)
    low, high = _paired_interval(worse, better, len(array)) if binary else _interval(array)
    drop = _flips_needed(better, level) / len(array) if binary else _mean_drop(array, level)
    return Difference(
        float(array.mean()), low, high, len(array), worse, better, p_worse, p_better, drop
    )


def _mcnemar(worse: int, better: int) -> tuple[float, float]:
    from scipy.stats import binomtest

    def p(count: int) -> float:
        moved = worse + better
        return float(binomtest(count, moved, alternative="greater").pvalue) if moved else 1.0

    return p(worse), p(better)


def _permuted(gains: NDArray[np.float64]) -> tuple[float, float]:
    """One p-value; that of the direction which the mean did not take is 1."""
    from scipy.stats import permutation_test

    moved = gains[gains != 0]
    fell = bool(moved.sum() < 0)
    result: Any = permutation_test(
        (moved,),
        lambda sample, axis: np.mean(sample, axis=axis),
        permutation_type="samples",
        alternative="less" if fell else "greater",
        vectorized=True,
        n_resamples=4999,
        batch=500,
        rng=np.random.default_rng(_SEED),
    )
    p = float(result.pvalue)
    return (p, 1.0) if fell else (1.0, p)


def _paired_interval(worse: int, better: int, n: int) -> tuple[float, float]:
    """Bonett and Price's (2012) adjusted Wald interval for a difference of paired proportions."""
    from scipy.stats import norm

    down, up = (worse + 1) / (n + 2), (better + 1) / (n + 2)
    half = float(norm.isf((1 - LEVEL) / 2)) * float(
        np.sqrt((down + up - (up - down) ** 2) / (n + 2))
    )
    return max(up - down - half, -1.0), min(up - down + half, 1.0)


def _interval(gains: NDArray[np.float64]) -> tuple[float, float]:
    estimate = _bootstrapped((gains,), lambda sample: float(np.mean(sample)), len(gains))
    return estimate.low, estimate.high


def _flips_needed(better: int, level: float) -> int:
    worse = better + 1
    while _mcnemar(worse, better)[0] > level:
        worse += 1
    return worse - better


def _mean_drop(gains: NDArray[np.float64], level: float) -> float:
    from scipy.stats import norm

    return float(norm.isf(level) * gains.std() / np.sqrt(len(gains)))


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's (1979) adjusted p-values: rejecting those at most a level keeps false alarms to it."""
    order = np.argsort(p_values, kind="stable")
    factors = len(p_values) - np.arange(len(p_values))
    stepped = np.maximum.accumulate(np.asarray(p_values)[order] * factors)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(stepped, 1.0)
    return [float(p) for p in adjusted]
