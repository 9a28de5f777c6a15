"""Questions and paragraphs made into windows of token ids, and windows into batches."""

from __future__ import annotations

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

CLS, SEP, PAD = "[CLS]", "[SEP]", "[PAD]"
QUESTION_TOKENS = 48


@dataclass(frozen=True, slots=True)
class Example:
    """A question with the paragraph it is asked of; `start` is negative when it has no answer."""

    id: str
    question: str
    context: int
    answer: str
    start: int
    title: str
    set: str
    how: str = ""

    @property
    def answerable(self) -> bool:
        """Does its paragraph hold an answer?"""
        return self.start >= 0


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a set is used: at most `cap` examples, each `weight` times a pass on average."""

    cap: int | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Mix:
    """What a training pass is made of."""

    shares: Mapping[str, Share]
    skip_how: frozenset[str]
    how_weight: Mapping[str, float]
    held_out_titles: frozenset[str]
    negatives: float
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
        negatives=0.09,
    )


def read_json_lines(path: Path) -> Iterator[dict[str, object]]:
    """The objects of a JSON Lines file, gzipped or not."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def read_contexts(folder: Path) -> list[str]:
    """The paragraphs, by their number."""
    rows = {int(str(r["context"])): str(r["text"]) for r in find_rows(folder, "contexts")}
    return [rows.get(n, "") for n in range(max(rows) + 1)]


def read_examples(folder: Path) -> list[Example]:
    """Every question of a data folder."""
    found = []
    for row in find_rows(folder, "questions"):
        answers = row["answers"]
        assert isinstance(answers, list)
        first = answers[0] if answers and row["answerable"] else {"text": "", "start": -1}
        found.append(
            Example(
                id=str(row["id"]),
                question=str(row["question"]),
                context=int(str(row["context"])),
                answer=str(first["text"]),
                start=int(str(first["start"])),
                title=str(row.get("title") or ""),
                set=str(row["set"]),
                how=str(row.get("span_how") or ""),
            )
        )
    return found


def find_rows(folder: Path, name: str) -> Iterator[dict[str, object]]:
    """The rows of `name.jsonl.gz`, or of `name.jsonl`, in a folder."""
    for ending in (".jsonl.gz", ".jsonl"):
        if (folder / f"{name}{ending}").exists():
            return read_json_lines(folder / f"{name}{ending}")
    raise FileNotFoundError(f"neither {name}.jsonl.gz nor {name}.jsonl is in {folder}")


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
    """One pass over the pool, shuffled: weighted repeats, and questions put to other paragraphs."""
    rng = random.Random(mix.seed * 1000 + number)  # noqa: S311
    chosen = []
    for example in pool:
        weight = mix.shares[example.set].weight * mix.how_weight.get(example.how, 1.0)
        chosen += [example] * (int(weight) + (rng.random() < weight % 1))
    rng.shuffle(chosen)
    wanted = int(len(chosen) * mix.negatives / (1 - mix.negatives))
    chosen += other_paragraphs(chosen[: 2 * wanted], pool, contexts, wanted, rng)
    rng.shuffle(chosen)
    return chosen


def other_paragraphs(
    asked: Iterable[Example],
    pool: Sequence[Example],
    contexts: Sequence[str],
    wanted: int,
    rng: random.Random,
) -> list[Example]:
    """Questions put to another paragraph of the same title that does not hold their answer."""
    of_title: dict[tuple[str, str], list[int]] = defaultdict(list)
    for key, context in sorted({((e.set, e.title), e.context) for e in pool}):
        of_title[key].append(context)
    made: list[Example] = []
    for example in asked:
        if len(made) == wanted:
            break
        others = of_title[example.set, example.title]
        context = rng.choice(others) if len(others) > 1 else example.context
        known = example.answerable and example.answer.lower() in contexts[context].lower()
        if context == example.context or known or not example.title:
            continue
        made.append(replace(example, context=context, answer="", start=-1))
    return made


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


def batches_of_like_length(
    windows: Sequence[Window], size: int, pool: int, rng: random.Random
) -> list[list[Window]]:
    """Batches of `size` windows of like length, sorted within pools, in random order."""
    made = []
    for at in range(0, len(windows), pool):
        part = sorted(windows[at : at + pool], key=lambda w: len(w.ids))
        made += [part[i : i + size] for i in range(0, len(part), size)]
    rng.shuffle(made)
    return made
