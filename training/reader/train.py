"""Train the reader within a given time; a run that was cut off continues where it stopped.

python -m training.reader.train --data DIR --model DIR --out DIR --hours 1.6
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

import torch

from training.loop import Measure, Run, options, settings_of
from training.model import published
from training.reader import evaluate
from training.reader.examples import Example, read_contexts, read_examples
from training.reader.head import Reader
from training.reader.mix import Mix, default_mix, pass_examples, training_pool
from training.reader.windows import Window, collate, training_window
from training.settings import Settings
from training.tokens import Texts

HELD_OUT_SET = "squad2_orig10"
HELD_OUT = 600


def windows_of(
    pool: Sequence[Example], contexts: Sequence[str], mix: Mix, texts: Texts, room: int
) -> Callable[[int, random.Random], list[Window]]:
    """What gives the windows of a pass by its number."""

    def made(number: int, rng: random.Random) -> list[Window]:
        examples = pass_examples(pool, contexts, mix, number)
        found = (training_window(texts, e, contexts[e.context], room, rng) for e in examples)
        return [window for window in found if window]

    return made


def held_out_sample(
    examples: Sequence[Example], contexts: Sequence[str], seed: int
) -> list[evaluate.Asked]:
    """A fixed sample of the held-out set, half of it without an answer where there are enough."""
    rng = random.Random(seed)  # noqa: S311
    pool = [e for e in examples if e.set == HELD_OUT_SET]
    kinds = ([e for e in pool if e.answerable is kind] for kind in (False, True))
    chosen = [e for kind in kinds for e in rng.sample(kind, min(HELD_OUT // 2, len(kind)))]
    return evaluate.asked_of(chosen, contexts)


def measure_of(
    reader: Reader, texts: Texts, asked: Sequence[evaluate.Asked], settings: Settings
) -> Measure:
    """What measures the reader on questions as it stands."""

    def measure() -> dict[str, object]:
        room, bf16 = settings.window, settings.bf16
        found = evaluate.read(reader, texts, asked, room=room, bf16=bf16)
        return asdict(evaluate.figures(asked, found))

    return measure


def main(arguments: Sequence[str] | None = None) -> None:
    """Begin or continue a run."""
    parser = options(__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of questions, contexts")
    given = parser.parse_args(arguments)
    settings = settings_of(given)
    torch.manual_seed(settings.seed)
    mix = default_mix()
    contexts, examples = read_contexts(given.data), read_examples(given.data)
    pool = training_pool(examples, mix)
    texts = Texts.of_model(given.model)
    texts.prepare(contexts[e.context] for e in pool)
    texts.prepare(e.question for e in pool)
    reader = published(Reader, given.model)
    run = Run(reader, partial(collate, pad=texts.pad), given.out, settings)
    resumed = run.resume()
    run.note(event="begin", resumed=resumed, pool=len(pool), settings=asdict(settings))
    measure = measure_of(
        reader, texts, held_out_sample(examples, contexts, settings.seed), settings
    )
    run.train(run.batches(windows_of(pool, contexts, mix, texts, settings.window)), measure)
    run.validate(measure)


if __name__ == "__main__":
    main()
