"""What the verifier reads of a statement, its evidence and its context, as token ids.

Pure functions over arrays, shared with the verifier's training. Shapes use L for tokens.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int32]

ROOM = 256
"""The most tokens of a window."""
STATEMENT_TOKENS = 100
CONTEXT_TOKENS = 96
HEAD_TOKENS = 32
"""How many of a passage's first tokens, its title and date, are kept when its context is cut."""
SENTENCE_TOKENS = 56
"""Longer sentences are taken in pieces of so many tokens."""
OVERLAP = 64
NOTHING: Ids = np.zeros(0, np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """Token ids [L] of `[CLS] statement [SEP] evidence [SEP] context [SEP]`.

    `types` [L] are 0, 1 and 2 for the three parts, each with the `[SEP]` that ends it; `said` is
    how many of the statement's tokens there are.
    """

    ids: Ids
    types: Ids
    said: int


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Makes windows of at most `room` tokens; `cls` and `sep` are the ids of the marks."""

    cls: int
    sep: int
    room: int = ROOM

    def window(self, statement: Ids, parts: Sequence[Ids], context: Sequence[Ids]) -> Window:
        """The window of a statement with these parts of its evidence, filled up with context."""
        said, evidence = statement[:STATEMENT_TOKENS], np.concatenate([*parts, NOTHING])
        before = shortened(context, self.room - len(said) - len(evidence) - 4)
        sep = np.array([self.sep], np.int32)
        marks = np.array([self.cls], np.int32)
        ids = np.concatenate([marks, said, sep, evidence, sep, before, sep])
        sizes = [len(said) + 2, len(evidence) + 1, len(before) + 1]
        return Window(ids, np.repeat(np.arange(3, dtype=np.int32), sizes), len(said))

    def windows(
        self, statement: Ids, sentences: Sequence[Ids], context: Sequence[Ids]
    ) -> list[Window]:
        """The window of the sentences nearest to the statement, then runs that cover long evidence.

        Where the evidence fits, there is one.
        """
        chosen = selections(statement, pieces(sentences), self.evidence_room(statement))
        return [self.window(statement, some, context) for some in chosen]

    def evidence_room(self, statement: Ids) -> int:
        """How many tokens of evidence a window has room for."""
        return self.room - min(len(statement), STATEMENT_TOKENS) - 4


def selections(statement: Ids, parts: Sequence[Ids], room: int) -> list[list[Ids]]:
    """The parts nearest to the statement, then runs that cover all where they do not all fit."""
    chosen = [nearest(statement, parts, room)]
    if sum(map(len, parts)) > room:
        chosen += runs(parts, room)
    return chosen


def pieces(sentences: Sequence[Ids]) -> list[Ids]:
    """The sentences, long ones in pieces."""
    step = SENTENCE_TOKENS
    return [ids[at : at + step] for ids in sentences for at in range(0, len(ids), step)]


def nearest(statement: Ids, parts: Sequence[Ids], room: int) -> list[Ids]:
    """As many parts as fit, those that share most with the statement, in their order."""
    if sum(map(len, parts)) <= room:
        return list(parts)
    gains = shared(statement, parts)
    taken, used = [], 0
    for place in sorted(range(len(parts)), key=lambda n: -gains[n]):
        if used + len(parts[place]) <= room:
            taken.append(place)
            used += len(parts[place])
    return [parts[place] for place in sorted(taken)]


def shared(statement: Ids, parts: Sequence[Ids]) -> list[float]:
    """What each part shares with the statement: tokens that are rare among the parts count more."""
    wanted = set(statement.tolist())
    common = [wanted & set(part.tolist()) for part in parts]
    counts = Counter(token for tokens in common for token in tokens)
    weight = {token: float(np.log(1 + len(parts) / n)) - 0.5 for token, n in counts.items()}
    return [sum(weight[token] for token in tokens) for tokens in common]


def runs(parts: Sequence[Ids], room: int, overlap: int = OVERLAP) -> Iterator[list[Ids]]:
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
        back, again = end, 0
        while back - 1 > begin and again + len(parts[back - 1]) <= overlap:
            back -= 1
            again += len(parts[back])
        begin = max(back, begin + 1)


def shortened(context: Sequence[Ids], room: int) -> Ids:
    """Each passage's beginning and its tokens nearest before the evidence, in equal shares."""
    room = min(room, CONTEXT_TOKENS)
    if not context or room < 8:
        return NOTHING
    share = room // len(context)
    head = min(HEAD_TOKENS, share // 2)
    cut = (
        np.concatenate([ids[:head], ids[len(ids) - share + head :]]) if len(ids) > share else ids
        for ids in context
    )
    return np.concatenate([*cut])
