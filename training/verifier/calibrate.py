"""Fit what makes the shipped verifier's log-odds a probability, and the threshold on it.

    python -m training.verifier.calibrate --data DATA

On the statements of `calibration.jsonl`, which the network never saw. Prints TEMPERATURE and SHIFT
of `rag/models/verifier.py`, and what each threshold (`rag/citations/groundedness.py`) does on them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from rag.models.verifier import SHIFT, TEMPERATURE, Verifier
from rag.models.verifier import Claim as Asked
from training.verifier.claims import Claim, premises_of, read_written
from training.verifier.scores import Scored, alarms, area, balanced, calibrated, caught
from training.verifier.sources import WRITTEN

THRESHOLDS = np.arange(0.3, 0.61, 0.02)


def unseen(data: Path) -> Iterator[Claim]:
    """The claims that no part of the training saw."""
    benches = sorted((data / "support/bench").glob("*.dev.jsonl.gz"))
    premises = premises_of([data / "support/train.jsonl.gz", *benches])
    return read_written(WRITTEN.with_name("calibration.jsonl"), premises)


def scores(claims: Sequence[Claim]) -> Iterator[Scored]:
    """The margin that the shipped verifier gives each claim."""
    asked = [Asked(c.statement, c.evidence, c.context) for c in claims]
    for claim, judgement in zip(claims, Verifier.load().judge(asked), strict=True):
        odds = np.log(judgement.supported) - np.log1p(-judgement.supported)
        margin = SHIFT + TEMPERATURE * float(odds)
        yield Scored(claim.set, claim.key, claim.kind, claim.supported, margin, (margin,), 0.0)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the constants and the table of thresholds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of support, qa, bench")
    rows = list(scores(list(unseen(parser.parse_args(arguments).data))))
    found = calibrated(rows)
    sys.stdout.write(f"{len(rows)} claims, AUROC {area(rows):.3f}: {found}\n")
    for chance in THRESHOLDS:
        cut = found.cut(float(chance))
        honest, other = (alarms(rows, cut, honest=kind) for kind in (True, False))
        told = f"honest {honest:.3f}, other {other:.3f}, caught {caught(rows, cut):.3f}"
        sys.stdout.write(f"{chance:.2f}: {told}, balanced {balanced(rows, cut):.3f}\n")


if __name__ == "__main__":
    main()
