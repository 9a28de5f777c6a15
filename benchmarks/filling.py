"""Stores of made-up news, filled and filled further, with made-up vectors or real ones."""

from collections.abc import Sequence
from pathlib import Path
from time import strftime
from typing import Any
from zlib import crc32

import numpy as np

from evals.speed.figures import Figure
from evals.speed.generator import News, one
from evals.speed.measuring import Time, now
from rag import Chatbot, Settings

_ARTICLES = 400
"""How many articles are added at a time."""


class MadeUp:
    """An embedder that has the encoder's name and tokenizer, and random unit vectors.

    A text has the same one every time. No index finds them easier than those of sentences.
    """

    def __init__(self, encoder: Any) -> None:
        self._encoder = encoder

    def __getattr__(self, name: str) -> Any:
        return getattr(self._encoder, name)

    def embed(self, texts: Sequence[str]) -> Any:
        """A vector a text, whatever it says."""
        size = self._encoder.dimension
        seeds = (crc32(text.encode()) for text in texts)
        vectors = np.stack([np.random.default_rng(s).standard_normal(size, "f4") for s in seeds])
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def opened(store: Path | str) -> Chatbot:
    """The chatbot over a store, with settings as they come."""
    return Chatbot.open(store, Settings(store=str(store)))


def fill(store: Path, passages: int, *, real: bool) -> list[Figure]:
    """Add news until there are so many passages, and say how long a passage took, by parts.

    What was interrupted goes on where it stopped; `real` vectors take twenty times as long.
    """
    spent: list[Time] = []
    with opened(store) as bot:
        if not real:
            bot.embedder = MadeUp(bot.embedder)
        bot.add(one(0).article)
        while bot.store.passages < passages:
            first, started = bot.count(), now()
            report = bot.add([item.article for item in made(first, first + _ARTICLES)])
            spent.append((now() - started) / max(1, report.passages))
            print(f"{strftime('%H:%M:%S')} {bot.store.passages:,} passages", flush=True)  # noqa: T201
    return [Figure.of("filling, a passage", "ms", [1000 * one for one in spent])] if spent else []


def made(first: int, end: int) -> list[News]:
    """The news of these numbers."""
    return [one(number) for number in range(first, end)]
