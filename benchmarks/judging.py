"""How good the judge of citations is, on pairs that people have labelled.

    python -m benchmarks.judging PAIRS

PAIRS is JSON Lines of `claim`, `evidence` (a list of texts) and `label`: `supported` or not.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from evals.statistics import Estimate, auroc, mean
from rag import Chatbot
from rag.citations.groundedness import Embed, Verdict, check


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled pair and the verdict on it."""

    source: str
    supported: bool
    verdict: Verdict


def judge(pairs: Iterable[Mapping[str, Any]], embed: Embed) -> list[Judged]:
    """The support check's verdict on every pair."""
    return [
        Judged(p["source"], p["label"] == "supported", check(p["claim"], p["evidence"], embed))
        for p in pairs
    ]


def figures(judged: Sequence[Judged]) -> dict[str, Estimate]:
    """Accuracy, the rates over both labels, and AUROC of the score, each with its interval."""
    yes = [pair.verdict for pair in judged if pair.supported]
    no = [pair.verdict for pair in judged if not pair.supported]
    right = [float(pair.verdict.supported is pair.supported) for pair in judged]
    return {
        "accuracy": mean(right),
        "supported, and found so": mean([float(v.supported) for v in yes]),
        "not supported, and found so": mean([float(not v.supported) for v in no]),
        "AUROC": auroc([v.score for v in yes], [v.score for v in no]),
    }


def main(path: str) -> None:
    """Print the figures, by source of the pairs and over all."""
    lines = Path(path).read_text(encoding="utf-8").strip().split("\n")
    judged = judge(map(json.loads, lines), Chatbot.open().embedder.embed)
    console = Console(soft_wrap=True)
    for source in [*sorted({pair.source for pair in judged}), "all"]:
        chosen = [pair for pair in judged if source in (pair.source, "all")]
        if len({pair.supported for pair in chosen}) == 2:
            said = (f"{name} {e.value:.3f}" for name, e in figures(chosen).items())
            console.print(f"{source} ({len(chosen)}): {', '.join(said)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
