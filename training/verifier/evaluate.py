"""Write what a verifier makes of everything it is measured on.

python -m training.verifier.evaluate --weights verifier.safetensors --model MODEL --data DATA \
    --to scores.jsonl
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch

from training.model import published
from training.tokens import Texts
from training.verifier.claims import Claim
from training.verifier.head import Verifier
from training.verifier.reading import READING_ROOM, Verdict, read, read_dev, read_judged
from training.verifier.sources import Sources
from training.verifier.train import TYPES

# Sets whose long evidence is read in every window as well; the others by the nearest sentences.
EVERY_WINDOW = ("dev", "statements", "written", "WiCE", "AttributionBench")
MOST = 12


def measured(sources: Sources) -> list[Claim]:
    """Everything that a verifier is measured on."""
    return [*read_dev(sources), *read_judged(sources), *sources.aside()]


def rows_of(
    claims: Sequence[Claim], verdicts: Sequence[Sequence[Verdict]]
) -> Iterator[dict[str, object]]:
    """A row a claim: the logits of each window and the highest logit of a fault in it."""
    for claim, found in zip(claims, verdicts, strict=True):
        yield {
            "set": claim.set,
            "id": claim.id,
            "key": claim.key,
            "kind": claim.kind,
            "label": claim.label,
            "logits": [[round(float(x), 3) for x in v.logits] for v in found],
            "fault": [round(float(v.faults.max(initial=-20.0)), 3) for v in found],
        }


def main(arguments: Sequence[str] | None = None) -> None:
    """Read all claims, set by set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True, help="tokenizer.json, config.json")
    parser.add_argument("--data", type=Path, required=True, help="folder of support, qa, bench")
    parser.add_argument("--to", type=Path, required=True, help="JSON Lines to write")
    parser.add_argument("--room", type=int, default=READING_ROOM)
    parser.add_argument("--most", type=int, default=MOST, help="windows of long evidence")
    parser.add_argument("--only", nargs="*", help="beginnings of sets' names")
    given = parser.parse_args(arguments)
    torch.set_num_threads(1)
    texts = Texts.of_model(given.model)
    verifier = published(Verifier, given.model, given.weights, types=TYPES).eval()
    claims = measured(Sources(given.data))
    wanted = tuple(given.only or [""])
    names = [n for n in Counter(c.set for c in claims) if n.startswith(wanted)]
    with given.to.open("w", encoding="utf-8") as file:
        for name in names:
            some = [c for c in claims if c.set == name]
            most = given.most if name.startswith(EVERY_WINDOW) else 1
            for row in rows_of(some, read(verifier, texts, some, room=given.room, most=most)):
                file.write(json.dumps(row) + "\n")
            file.flush()


if __name__ == "__main__":
    main()
