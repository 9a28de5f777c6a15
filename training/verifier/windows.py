"""Claims made into windows of token ids, and windows into padded batches.

Shapes use B for the batch, L for tokens.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rag.models.windows import Ids, Layout, nearest, pieces, runs, selections, shared
from training.tokens import Texts
from training.verifier.claims import LABELS, Claim, Span

UNKNOWN = -1.0


@dataclass(frozen=True, slots=True)
class Window:
    """Token ids of `[CLS] statement [SEP] evidence [SEP] context [SEP]`.

    `types` are 0, 1 and 2 for the three parts, each with the `[SEP]` that ends it. `faults` [L] are
    1 for tokens of the statement that the evidence does not bear out, 0 for its others, UNKNOWN
    for tokens that nothing is known of.
    """

    ids: Ids
    types: Ids
    faults: NDArray[np.float32]
    label: int


def evidence_parts(texts: Texts, claim: Claim) -> list[Ids]:
    """The evidence's sentences as token ids, long ones in pieces."""
    return pieces([texts[sentence].ids for sentence in claim.evidence])


def make_window(texts: Texts, claim: Claim, parts: Sequence[Ids], room: int) -> Window:
    """The window of a claim with these parts of its evidence, filled up with context."""
    tokens = texts[claim.statement]
    context = [texts[passage].ids for passage in claim.context]
    made = _layout(texts, room).window(tokens.ids, parts, context)
    faults = np.full(len(made.ids), UNKNOWN, np.float32)
    if claim.faults is not None:
        faults[1 : made.said + 1] = _marks(tokens.spans[: made.said], claim.faults)
    return Window(made.ids, made.types, faults, LABELS.index(claim.label))


def _layout(texts: Texts, room: int) -> Layout:
    return Layout(texts.cls, texts.sep, room)


def _marks(spans: np.ndarray, faults: Sequence[Span]) -> np.ndarray:
    """1 for the tokens that overlap one of the faults, 0 for the others."""
    marks = np.zeros(len(spans), np.float32)
    for start, end in faults:
        marks[(spans[:, 1] > start) & (spans[:, 0] < end)] = 1
    return marks


def training_window(texts: Texts, claim: Claim, room: int, rng: random.Random) -> Window:
    """One window of a claim: of long evidence the nearest sentences or the nearest run of them."""
    parts, said = evidence_parts(texts, claim), texts[claim.statement].ids
    size = _layout(texts, room).evidence_room(said)
    if sum(map(len, parts)) > size and rng.random() < 0.5:
        found = list(runs(parts, size))
        gains = shared(said, [np.concatenate(run) for run in found])
        return make_window(texts, claim, found[int(np.argmax(gains))], room)
    return make_window(texts, claim, nearest(said, parts, size), room)


def reading_windows(texts: Texts, claim: Claim, room: int) -> list[Window]:
    """The window of the nearest sentences, then runs that cover long evidence whole."""
    said, parts = texts[claim.statement].ids, evidence_parts(texts, claim)
    chosen = selections(said, parts, _layout(texts, room).evidence_room(said))
    return [make_window(texts, claim, some, room) for some in chosen]


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded windows: `ids`, `types`, `faults` [B, L]; `said` [B, L], true in the first part."""

    ids: Tensor
    types: Tensor
    said: Tensor
    faults: Tensor
    lengths: Tensor
    labels: Tensor

    def to(self, device: torch.device) -> Batch:
        """The same batch on a device."""
        names = self.__dataclass_fields__
        return Batch(**{name: getattr(self, name).to(device) for name in names})


def collate(windows: Sequence[Window], pad: int) -> Batch:
    """Pad windows to the longest of them."""
    lengths = np.array([len(w.ids) for w in windows])
    shape = (len(windows), int(lengths.max()))
    ids, types = np.full(shape, pad, np.int64), np.full(shape, 2, np.int64)
    faults = np.full(shape, UNKNOWN, np.float32)
    for row, window in enumerate(windows):
        ids[row, : lengths[row]] = window.ids
        types[row, : lengths[row]] = window.types
        faults[row, : lengths[row]] = window.faults
    labels = np.array([w.label for w in windows])
    arrays = (ids, types, types == 0, faults, lengths, labels)
    return Batch(*(torch.from_numpy(a) for a in arrays))
