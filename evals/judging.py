"""How good the judge of citations is, on pairs that people have labelled.

    python -m evals.judging PAIRS

PAIRS is JSON Lines of `claim`, `evidence` (a list of texts) and `label`: `supported` or not.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from evals.statistics import Estimate, auroc, mean
from rag import Chatbot
from rag.support import Embed, check


def judge(pairs: Iterable[Mapping[str, Any]], embed: Embed) -> dict[str, Estimate]:
    """Accuracy, the rates over both labels, and AUROC of the score, each with its interval."""
    verdicts = [(p["label"] == "supported", check(p["claim"], p["evidence"], embed)) for p in pairs]
    yes = [verdict for supported, verdict in verdicts if supported]
    no = [verdict for supported, verdict in verdicts if not supported]
    return {
        "accuracy": mean([float(v.supported is supported) for supported, v in verdicts]),
        "supported, and found so": mean([float(v.supported) for v in yes]),
        "not supported, and found so": mean([float(not v.supported) for v in no]),
        "AUROC": auroc([v.score for v in yes], [v.score for v in no]),
    }


def main(path: str) -> None:
    """Print the figures, by source of the pairs and over all."""
    lines = Path(path).read_text(encoding="utf-8").strip().split("\n")
    pairs = [json.loads(line) for line in lines]
    embed = Chatbot.open().embedder.embed
    console = Console()
    for source in [*sorted({pair["source"] for pair in pairs}), "all"]:
        chosen = [pair for pair in pairs if source in (pair["source"], "all")]
        if len({pair["label"] == "supported" for pair in chosen}) < 2:
            continue
        figures = judge(chosen, embed).items()
        said = ", ".join(f"{name} {e.value:.3f} ({e.low:.3f}-{e.high:.3f})" for name, e in figures)
        console.print(f"{source} ({len(chosen)}): {said}")


if __name__ == "__main__":
    main(*sys.argv[1:])
