"""Which examples a run trains on, and how often."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from training.reader import negatives
from training.reader.examples import Example


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a set is used: at most `cap` examples, each `weight` times a pass on average."""

    cap: int | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Mix:
    """What a training pass is made of.

    `other_paragraph` and `other_name` are the shares of a pass that `negatives` makes.
    """

    shares: Mapping[str, Share]
    skip_how: frozenset[str]
    how_weight: Mapping[str, float]
    held_out_titles: frozenset[str]
    other_paragraph: float
    other_name: float
    seed: int = 13


def default_mix() -> Mix:
    """Everything that is about general knowledge, and capped shares of narrow domains."""
    return Mix(
        shares={
            "squad2_bt": Share(),
            "squad1_orig_head": Share(weight=2.0),
            "nq_litm": Share(weight=1.5),
            "qed_dev": Share(weight=2.0),
            "quotesum_dev": Share(weight=2.0),
            "quoref_superni": Share(),
            "quoref_contrast": Share(),
            "qamr": Share(cap=8000),
            "fairytaleqa": Share(cap=2000),
            "policyqa": Share(cap=2000),
        },
        skip_how=frozenset({"region_para"}),
        how_weight={"region_sim": 0.6},
        held_out_titles=frozenset(f"squad2-train-article-{n}" for n in range(10)),
        other_paragraph=0.08,
        other_name=0.05,
    )


def training_pool(examples: Sequence[Example], mix: Mix) -> list[Example]:
    """The examples a run may train on: the mix's sets, capped, without the held-out titles."""
    rng = random.Random(mix.seed)  # noqa: S311
    by_set: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        held_out = example.set.startswith("squad2") and example.title in mix.held_out_titles
        if example.set in mix.shares and example.how not in mix.skip_how and not held_out:
            by_set[example.set].append(example)
    pool = []
    for name, found in by_set.items():
        cap = mix.shares[name].cap
        pool += found if cap is None or cap >= len(found) else rng.sample(found, cap)
    return pool


def pass_examples(
    pool: Sequence[Example], contexts: Sequence[str], mix: Mix, number: int
) -> list[Example]:
    """One pass over the pool, shuffled: weighted repeats, and questions made unanswerable."""
    rng = random.Random(mix.seed * 1000 + number)  # noqa: S311
    chosen = []
    for example in pool:
        weight = mix.shares[example.set].weight * mix.how_weight.get(example.how, 1.0)
        chosen += [example] * (int(weight) + (rng.random() < weight % 1))
    rng.shuffle(chosen)
    size = len(chosen) / (1 - mix.other_paragraph - mix.other_name)
    wanted = int(size * mix.other_paragraph)
    moved = negatives.of_other_paragraphs(chosen[: 2 * wanted], pool, contexts, rng)
    renamed = negatives.of_other_names(chosen[::-1], pool, contexts, rng)
    chosen += [*islice(moved, wanted), *islice(renamed, int(size * mix.other_name))]
    rng.shuffle(chosen)
    return chosen
