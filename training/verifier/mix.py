"""Which claims a run trains on, and how many of each kind a pass has."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from training.verifier.claims import Claim, share_of

# Supported and unsupported claims of each set in a pass.
Quotas = Mapping[str, tuple[int, int]]

BROAD: Quotas = {
    "statements": (240, 200),
    "written": (900, 800),
    "asserted": (1300, 1500),
    "perturbed": (600, 800),
    "ragtruth_qa": (180, 130),
    "ragtruth_summary": (180, 130),
    "ragtruth_data2txt": (70, 60),
    "lfqa_verification": (130, 110),
    "expertqa_rest": (30, 30),
    "expertqa_test": (40, 40),
    "attributionbench_test500": (50, 50),
    "factscore": (60, 60),
    "summ_val": (100, 120),
    "bump": (60, 110),
    "entfa": (40, 60),
    "aggrefact_cnndm": (15, 15),
    "aggrefact_xsum": (25, 40),
    "frank_val": (20, 30),
    "qags_cnndm": (30, 30),
    "qags_xsum": (15, 15),
    "summedits": (130, 170),
    "fm2": (180, 180),
    "fever_symmetric": (60, 60),
    "nli_fever_athnlp": (250, 250),
    "binary_fever": (0, 80),
    "nli_mnli_olora": (300, 350),
    "nli_rte": (200, 170),
    "nli_sick": (60, 80),
    "snli": (120, 130),
    "scone": (60, 60),
    "breaking_nli": (50, 60),
    "control": (60, 80),
    "healthver": (60, 60),
    "climate_fever": (60, 60),
    "covidfact": (60, 60),
    "wice_train_partial": (0, 50),
}
# The second part of a run: what Footnote checks makes up near half.
NEAR: Quotas = {
    **{name: (yes * 2 // 5, no * 2 // 5) for name, (yes, no) in BROAD.items()},
    "statements": (280, 240),
    "written": (2000, 1900),
    "asserted": (520, 600),
    "perturbed": (240, 320),
}
QUOTAS: Mapping[str, Quotas] = {"broad": BROAD, "near": NEAR}
# In percent of keys: sets that are partly or wholly measured on.
ASIDE: Mapping[str, int] = {
    "statements": 20,
    "written": 20,
    "ragtruth_qa": 25,
    "ragtruth_summary": 25,
    "ragtruth_data2txt": 25,
    "aggrefact_cnndm": 50,
    "aggrefact_xsum": 50,
    "frank_val": 50,
    "qags_cnndm": 50,
    "qags_xsum": 50,
    "summedits": 50,
    "expertqa_test": 50,
    "attributionbench_test500": 50,
}


def is_aside(claim: Claim) -> bool:
    """Is a claim kept for measuring?"""
    return share_of(f"aside {claim.key}") < ASIDE.get(claim.set, 0)


class Mix:
    """Claims by set and by whether they are supported, each kind gone through in turn."""

    def __init__(self, pool: Iterable[Claim], quotas: Quotas, seed: int = 13) -> None:
        self.quotas = quotas
        self.kinds: dict[tuple[str, bool], list[Claim]] = defaultdict(list)
        for claim in pool:
            self.kinds[claim.set, claim.supported].append(claim)
        rng = random.Random(seed)  # noqa: S311
        for claims in self.kinds.values():
            rng.shuffle(claims)

    def of_pass(self, number: int) -> list[Claim]:
        """The claims of a pass: every kind continues where the pass before left it."""
        chosen = []
        for name, quota in self.quotas.items():
            for supported, count in zip((True, False), quota, strict=True):
                chosen += _turn(self.kinds[name, supported], number * count, count)
        random.Random(number).shuffle(chosen)  # noqa: S311
        return chosen


def _turn(claims: Sequence[Claim], begin: int, count: int) -> list[Claim]:
    """`count` claims from place `begin` on, from the start again after the end."""
    return [claims[n % len(claims)] for n in range(begin, begin + count)] if claims else []
