"""Train the verifier within a given time; a run that was cut off continues where it stopped.

python -m training.verifier.train --data DIR --model DIR --begin FILE --out DIR --hours 0.7
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import torch

from training.loop import Run, options, settings_of
from training.model import published
from training.tokens import Texts
from training.verifier.dating import dated
from training.verifier.head import Verifier
from training.verifier.made import made_claims
from training.verifier.mix import QUOTAS, Mix
from training.verifier.reading import measure_of
from training.verifier.sources import Sources
from training.verifier.windows import Window, collate, training_window

WINDOW = 160
AVERAGE = 0.99
TYPES = 3
DATED = {"written": 0.7, "perturbed": 0.4}
"""Of these sets, how many claims are given a day."""


def windows_of(
    mix: Mix, texts: Texts, room: int
) -> Callable[[int, random.Random], Sequence[Window]]:
    """What gives the windows of a pass by its number."""

    def made(number: int, rng: random.Random) -> list[Window]:
        claims = [
            dated(claim, rng) if rng.random() < DATED.get(claim.set, 0.0) else claim
            for claim in mix.of_pass(number)
        ]
        texts.prepare(text for c in claims for text in (c.statement, *c.evidence, *c.context))
        return [training_window(texts, claim, room, rng) for claim in claims]

    return made


def main(arguments: Sequence[str] | None = None) -> None:
    """Begin or continue a run."""
    parser = options(__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of support, qa, bench")
    parser.add_argument("--begin", type=Path, help="weights to begin with, in place of the model's")
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--mix", choices=QUOTAS, default="broad")
    given = parser.parse_args(arguments)
    settings = replace(settings_of(given), window=WINDOW, average=AVERAGE)
    torch.manual_seed(settings.seed)
    sources = Sources(given.data)
    pool = sources.training()
    pool += made_claims(given.data, pool)
    texts = Texts.of_model(given.model)
    verifier = published(Verifier, given.model, given.begin, types=TYPES, dropout=given.dropout)
    run = Run(verifier, partial(collate, pad=texts.pad), given.out, settings)
    resumed = run.resume()
    run.note(event="begin", resumed=resumed, pool=len(pool), settings=asdict(settings))
    measure = measure_of(verifier, texts, sources)
    mix = Mix(pool, QUOTAS[given.mix])
    run.train(run.batches(windows_of(mix, texts, settings.window)), measure)
    run.validate(measure)


if __name__ == "__main__":
    main()
