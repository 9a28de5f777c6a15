"""How good the verifier is, on statements that people have labelled.

    python -m benchmarks.groundedness FILE...

Each file is JSON Lines, gzipped or not, of one of three forms: `statement`, `evidence` (texts),
`context`, `kind`, `label`; `claim`, `evidence`, `source`, `label`; or `hypothesis`, `premise`,
`set`, `label` and `response_id`. A label is `supported` or anything else. Where there are
responses, how well those with an unsupported sentence are found is told as well.
"""

import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from evals.statistics import Estimate
from rag.citations.groundedness import Groundedness, Verdict, claim_of
from rag.models.verifier import Claim, Verifier


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled statement, the group and the response it is of, and the verdict on it."""

    group: str
    response: str | None
    supported: bool
    verdict: Verdict


def judge(rows: Sequence[Mapping[str, Any]], groundedness: Groundedness) -> list[Judged]:
    """The verdict on every row."""
    verdicts = groundedness.check([_claim(row) for row in rows])
    return [
        Judged(_group(row), row.get("response_id"), row["label"] == "supported", verdict)
        for row, verdict in zip(rows, verdicts, strict=True)
    ]


def _claim(row: Mapping[str, Any]) -> Claim:
    statement = row.get("statement") or row.get("claim") or row["hypothesis"]
    evidence = row.get("evidence") or [row["premise"]]
    return claim_of(statement, evidence, _context(row.get("context") or "", evidence))


def _context(context: str, evidence: Sequence[str]) -> list[str]:
    """A line for each passage, without those that another one begins with, nor the evidence."""
    lines = list(dict.fromkeys(line.strip() for line in context.splitlines() if line.strip()))
    kept = [
        line
        for line in lines
        if not any(other != line and other.startswith(line) for other in lines)
    ]
    for sentence in evidence:
        kept = [" ".join(line.replace(sentence, " ").split()) for line in kept]
    return kept


def _group(row: Mapping[str, Any]) -> str:
    if "kind" in row:
        return str(row["kind"])
    return str(row.get("source") if "claim" in row else row.get("task_type") or row["set"])


def figures(judged: Sequence[Judged], resamples: int = 500) -> dict[str, Estimate]:
    """What `measured` says, each with the interval of so many resamples of the rows."""
    rows = np.array([(p.supported, p.verdict.supported, p.verdict.score) for p in judged])
    rng = np.random.default_rng(0)
    drawn = [measured(rows[rng.integers(0, len(rows), len(rows))]) for _ in range(resamples)]
    found = {}
    for name, value in measured(rows).items():
        low, high = np.nanpercentile([d[name] for d in drawn], [2.5, 97.5])
        found[name] = Estimate(value, float(low), float(high), len(rows))
    return found


def measured(rows: NDArray[np.float64]) -> dict[str, float]:
    """Figures of rows [n, 3]: is it supported, is it called so, and the score."""
    truth, told = rows[:, 0] > 0, rows[:, 1] > 0
    kept, caught = _share(told[truth]), _share(~told[~truth])
    return {
        "supported, and found so": kept,
        "not supported, and found so": caught,
        "balanced accuracy": (kept + caught) / 2,
        "accuracy": _share(told == truth),
        "F1 of supported": _f1(told, truth),
        "macro F1": (_f1(told, truth) + _f1(~told, ~truth)) / 2,
        "AUROC": _auroc(rows[truth, 2], rows[~truth, 2]),
    }


def of_responses(judged: Iterable[Judged]) -> NDArray[np.float64]:
    """Rows of `measured` for whole responses, where a fault is what is to be found."""
    sentences: dict[str, list[Judged]] = defaultdict(list)
    for pair in judged:
        if pair.response:
            sentences[pair.response].append(pair)
    worst = (
        (
            not all(p.supported for p in pairs),
            not all(p.verdict.supported for p in pairs),
            1 - min(p.verdict.score for p in pairs),
        )
        for pairs in sentences.values()
    )
    return np.array(list(worst)).reshape(-1, 3)


def _share(values: NDArray[np.bool_]) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _f1(told: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    both = float((told & truth).sum())
    return 2 * both / max(1.0, float(told.sum() + truth.sum()))


def _auroc(yes: NDArray[np.float64], no: NDArray[np.float64]) -> float:
    if not len(yes) or not len(no):
        return float("nan")
    above = (yes[:, None] > no).mean() + (yes[:, None] == no).mean() / 2
    return float(above)


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8")
    return (json.loads(line) for line in text.split("\n") if line.strip())


def main(paths: Sequence[str]) -> None:
    """Print the figures of each file, by group and over all."""
    groundedness, console = Groundedness(Verifier.load()), Console(soft_wrap=True)
    for path in map(Path, paths):
        judged = judge(list(read(path)), groundedness)
        for group in [*sorted({pair.group for pair in judged}), "all"]:
            chosen = [pair for pair in judged if group in (pair.group, "all")]
            _show(console, f"{path.name.split('.')[0]} {group}", figures(chosen))
            responses = of_responses(chosen)
            if len(responses):
                found = measured(responses)["F1 of supported"]
                console.print(f"  {len(responses)} responses, F1 of finding faults {found:.3f}")


def _show(console: Console, name: str, found: Mapping[str, Estimate]) -> None:
    said = (f"{what} {e.value:.3f} ({e.low:.3f} to {e.high:.3f})" for what, e in found.items())
    console.print(f"{name} ({next(iter(found.values())).n}): {', '.join(said)}")


if __name__ == "__main__":
    main(sys.argv[1:])
