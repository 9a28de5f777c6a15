"""Questions and paragraphs made into windows of token ids, and windows into padded batches."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from training.reader.examples import Example
from training.tokens import Texts, Tokens

QUESTION_TOKENS = 48


@dataclass(frozen=True, slots=True)
class Window:
    """Token ids of `[CLS] question [SEP] piece of the paragraph [SEP]`.

    `passage` is the position of the piece's first token, `skipped` how many of the paragraph's
    tokens come before the piece; `first` and `last` are the answer's positions, 0 for none.
    """

    ids: np.ndarray
    passage: int
    skipped: int
    first: int = 0
    last: int = 0


def answer_tokens(tokens: Tokens, start: int, end: int) -> tuple[int, int] | None:
    """The first and last token that overlap the characters [start, end), if any does."""
    inside = np.flatnonzero((tokens.spans[:, 1] > start) & (tokens.spans[:, 0] < end))
    return (int(inside[0]), int(inside[-1])) if len(inside) else None


def make_window(texts: Texts, question: str, context: str, begin: int, room: int) -> Window:
    """The window of at most `room` tokens whose piece begins at the paragraph's token `begin`."""
    asked = texts[question].ids[:QUESTION_TOKENS]
    piece = texts[context].ids[begin : begin + room - len(asked) - 3]
    ids = [texts.cls, *asked.tolist(), texts.sep, *piece.tolist(), texts.sep]
    return Window(np.array(ids, np.int32), len(asked) + 2, begin)


def training_window(
    texts: Texts, example: Example, context: str, room: int, rng: random.Random
) -> Window | None:
    """A window around the answer, at a random place; None where the answer has no tokens."""
    tokens = texts[context]
    size = room - min(len(texts[example.question].ids), QUESTION_TOKENS) - 3
    latest = max(0, len(tokens.ids) - size)
    if not example.answerable:
        return make_window(texts, example.question, context, rng.randint(0, latest), room)
    found = answer_tokens(tokens, example.start, example.start + len(example.answer))
    if found is None or found[1] - found[0] >= size:
        return None
    begin = rng.randint(max(0, found[1] - size + 1), min(latest, found[0]))
    window = make_window(texts, example.question, context, begin, room)
    shift = window.passage - begin
    return replace(window, first=found[0] + shift, last=found[1] + shift)


def reading_windows(
    texts: Texts, question: str, context: str, room: int, overlap: int = 64
) -> list[Window]:
    """Windows that together cover the paragraph, each overlapping the one before."""
    total = len(texts[context].ids)
    size = room - min(len(texts[question].ids), QUESTION_TOKENS) - 3
    begins = [0]
    while begins[-1] + size < total:
        begins.append(min(begins[-1] + size - overlap, total - size))
    return [make_window(texts, question, context, begin, room) for begin in begins]


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded windows: `ids`, `types` [B, L]; `allowed` [B, L], true where an answer may be."""

    ids: Tensor
    types: Tensor
    allowed: Tensor
    lengths: Tensor
    first: Tensor
    last: Tensor

    def to(self, device: torch.device) -> Batch:
        """The same batch on a device."""
        names = self.__dataclass_fields__
        return Batch(**{name: getattr(self, name).to(device) for name in names})


def collate(windows: Sequence[Window], pad: int) -> Batch:
    """Pad windows to the longest of them; the first token is always allowed (no answer)."""
    lengths = np.array([len(w.ids) for w in windows])
    shape = (len(windows), int(lengths.max()))
    ids, types = np.full(shape, pad, np.int64), np.zeros(shape, np.int64)
    allowed = np.zeros(shape, np.bool_)
    allowed[:, 0] = True
    for row, window in enumerate(windows):
        ids[row, : lengths[row]] = window.ids
        types[row, window.passage : lengths[row]] = 1
        allowed[row, window.passage : lengths[row] - 1] = True
    first, last = (np.array([getattr(w, k) for w in windows]) for k in ("first", "last"))
    return Batch(*(torch.from_numpy(a) for a in (ids, types, allowed, lengths, first, last)))
