"""Everything the verifier is trained and measured on, by the folders it lies in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from training.verifier.claims import (
    Claim,
    premises_of,
    read_claims,
    read_statements,
    read_written,
)
from training.verifier.mix import is_aside

WRITTEN = Path(__file__).parents[1] / "statements.jsonl"
# Measured on whole, never trained on.
MEASURED = frozenset({"faithbench", "factcc_test", "cogensumm_test", "xsumfaith_test", "summeval"})


@dataclass(frozen=True, slots=True)
class Sources:
    """The folder of the project's data: `support`, `qa` and `bench` lie in it."""

    data: Path

    def claims(self) -> Iterator[Claim]:
        """Every claim that was not made here by rule, for training or aside."""
        train = self.data / "support/train.jsonl.gz"
        benches = sorted((self.data / "support/bench").glob("*.dev.jsonl.gz"))
        files = (read_claims(path) for path in (train, self.data / "qa/support.jsonl.gz", *benches))
        yield from (_named(claim) for claim in chain.from_iterable(files))
        yield from read_statements(self.data / "bench/statements/train.jsonl")
        if WRITTEN.exists():
            yield from read_written(WRITTEN, premises_of([train, *benches]))

    def training(self) -> list[Claim]:
        """The claims that may be trained on."""
        return [c for c in self.claims() if c.set not in MEASURED and not is_aside(c)]

    def aside(self) -> list[Claim]:
        """The claims that are measured on."""
        return [c for c in self.claims() if c.set in MEASURED or is_aside(c)]


def _named(claim: Claim) -> Claim:
    """RAGTruth's train part under the names of its other part, so that one quota holds for both."""
    from dataclasses import replace

    return replace(claim, set=claim.set.replace("ragtruth_train_", "ragtruth_"))
