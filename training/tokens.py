"""Texts as token ids, and windows of them in batches of like length."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
from tokenizers import Tokenizer

CLS, SEP, PAD = "[CLS]", "[SEP]", "[PAD]"


class Sized(Protocol):
    """Anything with token ids."""

    @property
    def ids(self) -> np.ndarray:
        """Token ids [L]."""
        ...


W = TypeVar("W", bound=Sized)


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text's token ids and where each begins and ends in it, as two arrays."""

    ids: np.ndarray
    spans: np.ndarray


class Texts:
    """Tokenises texts once and remembers the result."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self._tokenizer = tokenizer
        self._known: dict[str, Tokens] = {}
        self.cls, self.sep, self.pad = (tokenizer.get_vocab()[t] for t in (CLS, SEP, PAD))

    @classmethod
    def of_model(cls, model: Path) -> Texts:
        """With the tokenizer in the folder `model`."""
        return cls(Tokenizer.from_file(str(model / "tokenizer.json")))

    def prepare(self, texts: Iterable[str], batch: int = 1000) -> None:
        """Tokenise many texts at once."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        for at in range(0, len(missing), batch):
            part = missing[at : at + batch]
            found = self._tokenizer.encode_batch(part, add_special_tokens=False)
            for text, one in zip(part, found, strict=True):
                spans = np.array(one.offsets, np.int32).reshape(-1, 2)
                self._known[text] = Tokens(np.array(one.ids, np.int32), spans)

    def __getitem__(self, text: str) -> Tokens:
        if text not in self._known:
            self.prepare([text])
        return self._known[text]


def batches_of_like_length(
    windows: Sequence[W], size: int, pool: int, rng: random.Random
) -> list[list[W]]:
    """Batches of `size` windows of like length, sorted within pools, in random order."""
    made = []
    for at in range(0, len(windows), pool):
        part = sorted(windows[at : at + pool], key=lambda w: len(w.ids))
        made += [part[i : i + size] for i in range(0, len(part), size)]
    rng.shuffle(made)
    return made
