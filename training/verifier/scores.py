"""Claims with the verifier's scores, their calibration, and what may be measured of them.

Calibration (temperature, shift) is fitted on our own statements and the bench's training
statements that were kept aside, and holds for every other set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from training.statistics import auroc

NEAR = ("statements", "written")


@dataclass(frozen=True, slots=True)
class Scored:
    """A claim and the log-odds that a verifier gives it, before calibration."""

    set: str
    key: str
    kind: str
    supported: bool
    margin: float
    windows: tuple[float, ...]
    fault: float


Rows = Sequence[Scored]


def scored(row: Mapping[str, object], *, every_window: bool = True) -> Scored:
    """A claim's row; of several windows the one that supports it best counts."""
    logits, faults = np.array(row["logits"]), row["fault"]
    assert isinstance(faults, list)
    margins = logits[:, 0] - np.logaddexp(logits[:, 1], logits[:, 2])
    best = int(np.argmax(margins)) if every_window else 0
    return Scored(
        str(row["set"]),
        str(row["key"]),
        str(row["kind"]),
        row["label"] == "supported",
        float(margins[best]),
        tuple(margins.tolist()),
        float(faults[best]),
    )


@dataclass(frozen=True, slots=True)
class Calibration:
    """`sigmoid((margin - shift) / temperature)` is the chance of being supported."""

    temperature: float
    shift: float

    def chance(self, margins: Sequence[float]) -> np.ndarray:
        """The calibrated chances of margins."""
        return 1 / (1 + np.exp(-(np.array(margins) - self.shift) / self.temperature))

    def cut(self, chance: float) -> float:
        """The margin of a chance."""
        return self.shift + self.temperature * float(np.log(chance / (1 - chance)))


def calibrated(rows: Rows) -> Calibration:
    """The temperature and shift of least cross entropy; both kinds of claims weigh the same."""
    margins = np.array([r.margin for r in rows])
    truth = np.array([r.supported for r in rows])
    weight = np.where(truth, 0.5 / truth.sum(), 0.5 / (~truth).sum())
    best = (np.inf, 1.0, 0.0)
    for temperature in np.geomspace(0.3, 6, 40):
        for shift in np.linspace(-4, 4, 81):
            z = (margins - shift) / temperature
            loss = float((weight * np.logaddexp(0, np.where(truth, -z, z))).sum())
            best = min(best, (loss, float(temperature), float(shift)))
    return Calibration(*best[1:])


Figure = Callable[[Rows], float]


def told(rows: Rows, cut: float) -> tuple[np.ndarray, np.ndarray]:
    """Which of the supported, and which of the others, are above a margin."""
    yes = np.array([r.margin > cut for r in rows if r.supported])
    no = np.array([r.margin > cut for r in rows if not r.supported])
    return yes, no


def balanced(rows: Rows, cut: float) -> float:
    """Balanced accuracy."""
    yes, no = told(rows, cut)
    return float(yes.mean() + 1 - no.mean()) / 2 if len(yes) and len(no) else float("nan")


def supported_f1(rows: Rows, cut: float) -> float:
    """F1 of finding the supported."""
    yes, no = told(rows, cut)
    return float(2 * yes.sum() / max(1, 2 * yes.sum() + no.sum() + (~yes).sum()))


def macro_f1(rows: Rows, cut: float) -> float:
    """The mean of the F1 of finding the supported and of finding the others."""
    yes, no = told(rows, cut)
    other = 2 * (~no).sum() / max(1, 2 * (~no).sum() + (~yes).sum() + no.sum())
    return (supported_f1(rows, cut) + float(other)) / 2


def accuracy(rows: Rows, cut: float) -> float:
    """The share of right verdicts."""
    yes, no = told(rows, cut)
    return float((yes.sum() + (~no).sum()) / max(1, len(rows)))


def alarms(rows: Rows, cut: float, *, honest: bool) -> float:
    """The share of the honest, or of the other, supported statements called unsupported."""
    found = [r.margin <= cut for r in rows if r.supported and (r.kind == "honest") is honest]
    return float(np.mean(found)) if found else float("nan")


def caught(rows: Rows, cut: float) -> float:
    """The share of unsupported statements that are called so."""
    _, no = told(rows, cut)
    return float((~no).mean()) if len(no) else float("nan")


def area(rows: Rows) -> float:
    """AUROC of the margin."""
    kinds = ([r.margin for r in rows if r.supported is kind] for kind in (True, False))
    return auroc(*kinds)


def responses(rows: Rows) -> list[Scored]:
    """Each response as its worst sentence."""
    worst: dict[str, Scored] = {}
    for row in rows:
        before = worst.get(row.kind)
        supported = row.supported and (before is None or before.supported)
        margin = row.margin if before is None else min(row.margin, before.margin)
        worst[row.kind] = Scored(
            row.set, row.key, row.kind, supported, margin, (margin,), row.fault
        )
    return list(worst.values())


def flagged_f1(rows: Rows, cut: float) -> float:
    """F1 of finding the responses with an unsupported sentence."""
    flagged = [(r.margin <= cut, not r.supported) for r in responses(rows)]
    right = sum(f and u for f, u in flagged)
    return 2 * right / max(1, sum(f for f, _ in flagged) + sum(u for _, u in flagged))


def best_cut(rows: Rows, figure: Callable[[Rows, float], float]) -> float:
    """The margin at which a figure is best."""
    cuts = np.unique(np.quantile([r.margin for r in rows], np.linspace(0, 1, 101)))
    return float(max(cuts, key=lambda cut: figure(rows, float(cut))))


def crossed(rows: Rows, figure: Callable[[Rows, float], float]) -> Figure:
    """The mean of a figure over two halves of the keys, each cut where the other half is best."""
    keys = sorted({r.key for r in rows})
    half = set(keys[::2])
    parts = [[r for r in rows if (r.key in half) is kind] for kind in (True, False)]
    cuts = {True: best_cut(parts[1], figure), False: best_cut(parts[0], figure)}

    def crossed_figure(some: Rows) -> float:
        moved = [
            Scored(r.set, r.key, r.kind, r.supported, r.margin - cuts[r.key in half], (), 0.0)
            for r in some
        ]
        return figure(moved, 0.0)

    return crossed_figure
