"""Claims made into windows of token ids, and windows into padded batches.

Shapes use B for the batch, L for tokens.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from training.tokens import Texts
from training.verifier.claims import LABELS, Claim, Span

STATEMENT_TOKENS = 100
CONTEXT_TOKENS = 96
HEAD_TOKENS = 32
SENTENCE_TOKENS = 56
UNKNOWN = -1.0

Ids = np.ndarray


@dataclass(frozen=True, slots=True)
class Window:
    """Token ids of `[CLS] statement [SEP] evidence [SEP] context [SEP]`.

    `types` are 0, 1 and 2 for the three parts, each with the `[SEP]` that ends it. `faults` [L] are
    1 for tokens of the statement that the evidence does not bear out, 0 for its others, UNKNOWN
    for tokens that nothing is known of.
    """

    ids: Ids
    types: Ids
    faults: Ids
    label: int


def nearest(statement: Ids, parts: Sequence[Ids], room: int) -> list[Ids]:
    """As many parts as fit, those that share most with the statement, in their order."""
    if sum(map(len, parts)) <= room:
        return list(parts)
    gains = _gains(statement, parts)
    taken, used = [], 0
    for place in sorted(range(len(parts)), key=lambda n: -gains[n]):
        if used + len(parts[place]) <= room:
            taken.append(place)
            used += len(parts[place])
    return [parts[place] for place in sorted(taken)]


def _gains(statement: Ids, parts: Sequence[Ids]) -> list[float]:
    """What each part shares with the statement: rare tokens of the parts count for more."""
    wanted = set(statement.tolist())
    shared = [wanted & set(part.tolist()) for part in parts]
    counts: dict[int, int] = {}
    for tokens in shared:
        for token in tokens:
            counts[token] = counts.get(token, 0) + 1
    weight = {token: float(np.log(1 + len(parts) / n)) - 0.5 for token, n in counts.items()}
    return [sum(weight[token] for token in tokens) for tokens in shared]


def runs(parts: Sequence[Ids], room: int, overlap: int = 64) -> Iterator[list[Ids]]:
    """Consecutive parts that fill the room, each run begun some tokens before the last's end."""
    begin = 0
    while begin < len(parts):
        end, used = begin, 0
        while end < len(parts) and used + len(parts[end]) <= room:
            used += len(parts[end])
            end += 1
        yield list(parts[begin:end])
        if end == len(parts):
            return
        back, shared = end, 0
        while back - 1 > begin and shared + len(parts[back - 1]) <= overlap:
            back -= 1
            shared += len(parts[back])
        begin = max(back, begin + 1)


def evidence_parts(texts: Texts, claim: Claim) -> list[Ids]:
    """The evidence's sentences as token ids, long ones in pieces."""
    found = [texts[sentence].ids for sentence in claim.evidence]
    return [
        ids[at : at + SENTENCE_TOKENS]
        for ids in found
        for at in range(0, len(ids), SENTENCE_TOKENS)
    ]


def context_ids(texts: Texts, claim: Claim, room: int) -> Ids:
    """Each passage's beginning and the tokens nearest before its evidence, in equal shares."""
    room = min(room, CONTEXT_TOKENS)
    if not claim.context or room < 8:
        return np.zeros(0, np.int32)
    share = room // len(claim.context)
    head = min(HEAD_TOKENS, share // 2)
    kept = []
    for ids in (texts[passage].ids for passage in claim.context):
        cut = len(ids) > share
        kept.append(np.concatenate([ids[:head], ids[len(ids) - share + head :]]) if cut else ids)
    return np.concatenate(kept)


def make_window(texts: Texts, claim: Claim, parts: Sequence[Ids], room: int) -> Window:
    """The window of a claim with these parts of its evidence, filled up with context."""
    tokens = texts[claim.statement]
    said = tokens.ids[:STATEMENT_TOKENS]
    evidence = np.concatenate([*parts, np.zeros(0, np.int32)])
    context = context_ids(texts, claim, room - len(said) - len(evidence) - 4)
    first, end = np.array([texts.cls]), np.array([texts.sep])
    pieces = [first, said, end, evidence, end, context, end]
    sizes = [len(said) + 2, len(evidence) + 1, len(context) + 1]
    faults = np.full(sum(sizes), UNKNOWN, np.float32)
    if claim.faults is not None:
        faults[1 : len(said) + 1] = _marks(tokens.spans[: len(said)], claim.faults)
    ids = np.concatenate(pieces).astype(np.int32)
    return Window(ids, np.repeat([0, 1, 2], sizes), faults, LABELS.index(claim.label))


def _marks(spans: np.ndarray, faults: Sequence[Span]) -> np.ndarray:
    """1 for the tokens that overlap one of the faults, 0 for the others."""
    marks = np.zeros(len(spans), np.float32)
    for start, end in faults:
        marks[(spans[:, 1] > start) & (spans[:, 0] < end)] = 1
    return marks


def evidence_room(texts: Texts, claim: Claim, room: int) -> int:
    """How many tokens of evidence a window has room for."""
    return room - min(len(texts[claim.statement].ids), STATEMENT_TOKENS) - 4


def training_window(texts: Texts, claim: Claim, room: int, rng: random.Random) -> Window:
    """One window of a claim: of long evidence the nearest sentences or the nearest run of them."""
    size = evidence_room(texts, claim, room)
    parts, said = evidence_parts(texts, claim), texts[claim.statement].ids
    if sum(map(len, parts)) > size and rng.random() < 0.5:
        found = list(runs(parts, size))
        gains = _gains(said, [np.concatenate(run) for run in found])
        return make_window(texts, claim, found[int(np.argmax(gains))], room)
    return make_window(texts, claim, nearest(said, parts, size), room)


def reading_windows(texts: Texts, claim: Claim, room: int) -> list[Window]:
    """The window of the nearest sentences, then runs that cover long evidence whole."""
    size = evidence_room(texts, claim, room)
    parts = evidence_parts(texts, claim)
    chosen = [nearest(texts[claim.statement].ids, parts, size)]
    if sum(map(len, parts)) > size:
        chosen += runs(parts, size)
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
