"""The verifier's figures, from what `evaluate` wrote.

python -m training.verifier.figures scores.jsonl
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from training.files import read_json_lines
from training.verifier.scores import (
    NEAR,
    Calibration,
    Figure,
    Rows,
    Scored,
    accuracy,
    alarms,
    area,
    balanced,
    calibrated,
    caught,
    crossed,
    flagged_f1,
    macro_f1,
    scored,
    supported_f1,
)

ROUNDS = 300
THRESHOLD = 0.5
POINTS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6)


def interval(rows: Rows, figure: Figure, rounds: int = ROUNDS) -> tuple[float, float, float]:
    """A figure, and the range of 95 % of its values over samples of the keys."""
    by_key: dict[str, list[Scored]] = defaultdict(list)
    for row in rows:
        by_key[row.key].append(row)
    groups = list(by_key.values())
    rng = np.random.default_rng(13)
    values = []
    for _ in range(rounds):
        drawn = rng.integers(0, len(groups), len(groups))
        values.append(figure([row for n in drawn for row in groups[n]]))
    low, high = np.nanquantile(values, (0.025, 0.975))
    return figure(rows), float(low), float(high)


def shown(value: tuple[float, float, float]) -> str:
    """A figure and its range as a cell of a table."""
    return " ".join([f"{value[0]:.3f}", f"({value[1]:.2f} to {value[2]:.2f})"]).replace("0.", ".")


def lines(rows: Rows, calibration: Calibration) -> Iterator[str]:
    """The figures of every set, a line each."""
    cut = calibration.cut(THRESHOLD)
    by_set: dict[str, list[Scored]] = defaultdict(list)
    for row in rows:
        by_set[row.set].append(row)
    figures: Mapping[str, Figure] = {
        "balanced accuracy": lambda r: balanced(r, cut),
        "AUROC": area,
        "F1": lambda r: supported_f1(r, cut),
        "accuracy": lambda r: accuracy(r, cut),
        "macro F1": lambda r: macro_f1(r, cut),
        "honest alarms": lambda r: alarms(r, cut, honest=True),
        "other alarms": lambda r: alarms(r, cut, honest=False),
        "caught": lambda r: caught(r, cut),
    }
    for name, some in by_set.items():
        counts = f"{sum(r.supported for r in some)} / {sum(not r.supported for r in some)}"
        cells = [f"{label} {shown(interval(some, f))}" for label, f in figures.items()]
        yield f"{name}: {counts}; " + "; ".join(cells)
        own = shown(interval(some, crossed(some, balanced)))
        yield f"    own cut: balanced accuracy {own}"
        if name.startswith("ragtruth"):
            yield f"    responses: F1 {shown(interval(some, lambda r: flagged_f1(r, cut)))}"
            yield f"    ... own cut {shown(interval(some, crossed(some, flagged_f1)))}"


def points(rows: Rows, calibration: Calibration) -> Iterator[str]:
    """What every threshold does: alarms of honest and other supported statements, faults caught."""
    for chance in POINTS:
        cut = calibration.cut(chance)
        honest, other = (alarms(rows, cut, honest=kind) for kind in (True, False))
        found = (honest, other, caught(rows, cut), balanced(rows, cut))
        yield f"{chance:.2f}: " + " ".join(f"{value:.3f}" for value in found)


def reliability(rows: Rows, calibration: Calibration) -> Iterator[str]:
    """How many of the statements of about one chance are supported."""
    chances = calibration.chance([r.margin for r in rows])
    truth = np.array([r.supported for r in rows])
    for low in np.linspace(0, 0.9, 10):
        inside = (chances >= low) & (chances < low + 0.1 + (low > 0.85))
        if inside.any():
            yield f"{low:.1f} to {low + 0.1:.1f}: {inside.sum()}, {truth[inside].mean():.2f}"


def read_scores(path: Path, *, every_window: bool) -> list[Scored]:
    """The claims of a file that `evaluate` wrote."""
    return [scored(row, every_window=every_window) for row in read_json_lines(path)]


def report(rows: Rows) -> Iterable[str]:
    """Everything as lines of text."""
    near = [r for r in rows if r.set in NEAR]
    calibration = calibrated(near)
    yield str(calibration)
    yield from lines(rows, calibration)
    dev = [r for r in rows if r.set == "dev"]
    for name, some in {"near": near, "dev": dev}.items():
        yield f"reliability, {name}:"
        yield from reliability(some, calibration)
        yield f"threshold: honest alarms, other alarms, caught, balanced accuracy, {name}:"
        yield from points(some, calibration)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scores", type=Path)
    parser.add_argument("--nearest", action="store_true", help="the nearest sentences alone")
    given = parser.parse_args(arguments)
    for line in report(read_scores(given.scores, every_window=not given.nearest)):
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
