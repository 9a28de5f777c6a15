"""How well a reader finds spans, and knows when there is none, with the paragraph given.

python -m training.reader.evaluate --weights reader.safetensors --model MODEL --data DATA
python -m training.reader.evaluate --weights reader.safetensors --model MODEL --bench BENCH/squad2
"""

from __future__ import annotations

import argparse
import json
import re
import string
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from training.files import find_rows
from training.model import autocast, published
from training.reader.examples import Example, read_contexts, read_examples
from training.reader.head import Reader, logits
from training.reader.windows import Window, collate, reading_windows
from training.statistics import auroc
from training.tokens import Texts

LONGEST_ANSWER = 30


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a paragraph, and the answers that count; none when it has none there."""

    question: str
    context: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """The best span's text, and how much better it is than no answer."""

    text: str
    margin: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Exact match and F1 over the answerable; AUROC of the margin over all."""

    answerable: int
    unanswerable: int
    em: float
    f1: float
    auroc: float


def plain(text: str) -> list[str]:
    """SQuAD's folding: lower case, no punctuation, no articles."""
    kept = "".join(c for c in text.lower() if c not in string.punctuation)
    return re.sub(r"\b(a|an|the)\b", " ", kept).split()


def span_f1(found: str, gold: str) -> float:
    """The F1 of two texts' words."""
    a, b = plain(found), plain(gold)
    if not a or not b:
        return float(a == b)
    common = sum((Counter(a) & Counter(b)).values())
    return 2 * common / (len(a) + len(b))


def best_spans(start: Tensor, end: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """start, end: logits [B, L], minus infinity where no answer may be, no answer at 0.

    Returns the best span's first and last position and its margin over no answer, each [B].
    """
    length = start.shape[1]
    pairs = start[:, :, None] + end[:, None, :]  # [B, L, L]
    near = torch.ones(length, length, dtype=torch.bool, device=start.device)
    near = near.triu().tril(LONGEST_ANSWER - 1)
    near[0], near[:, 0] = False, False
    score, place = pairs.masked_fill(~near, -torch.inf).flatten(1).max(1)
    margin = score - start[:, 0] - end[:, 0]
    return place // length, place % length, margin


@torch.inference_mode()
def read(
    reader: Reader,
    texts: Texts,
    asked: Sequence[Asked],
    *,
    room: int = 256,
    bf16: bool = False,
) -> list[Reading]:
    """The reader's answers; of a long paragraph's windows the one with the best margin counts."""
    jobs = [
        (number, window)
        for number, one in enumerate(asked)
        for window in reading_windows(texts, one.question, one.context, room)
    ]
    jobs.sort(key=lambda job: len(job[1].ids))
    device = reader.top.weight.device
    best = [Reading("", -np.inf)] * len(asked)
    for at in range(0, len(jobs), 16):
        part = jobs[at : at + 16]
        batch = collate([window for _, window in part], texts.pad).to(device)
        with autocast(device, on=bf16):
            found = best_spans(*logits(reader, batch))
        for (number, window), first, last, margin in zip(
            part, *(x.tolist() for x in found), strict=True
        ):
            if margin > best[number].margin:
                text = _slice(texts, asked[number].context, window, first, last)
                best[number] = Reading(text, margin)
    return best


def _slice(texts: Texts, context: str, window: Window, first: int, last: int) -> str:
    """The paragraph's characters between two positions of a window."""
    shift = window.skipped - window.passage
    spans = texts[context].spans
    return context[int(spans[first + shift, 0]) : int(spans[last + shift, 1])]


def figures(asked: Sequence[Asked], readings: Sequence[Reading]) -> Figures:
    """Compare readings with the answers that count."""
    pairs = [(a, r) for a, r in zip(asked, readings, strict=True) if a.answers]
    em = [max(plain(r.text) == plain(gold) for gold in a.answers) for a, r in pairs]
    f1 = [max(span_f1(r.text, gold) for gold in a.answers) for a, r in pairs]
    none = [r.margin for a, r in zip(asked, readings, strict=True) if not a.answers]
    area = auroc([r.margin for _, r in pairs], none)
    return Figures(len(pairs), len(none), _mean(em), _mean(f1), area)


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")


def asked_of(examples: Sequence[Example], contexts: Sequence[str]) -> list[Asked]:
    """Examples of a data folder as questions to read."""
    return [
        Asked(e.question, contexts[e.context], (e.answer,) if e.answerable else ())
        for e in examples
    ]


def asked_in_bench(folder: Path) -> list[Asked]:
    """The questions of a folder in the form of the bench's squad2, each of its own paragraph."""
    articles = {str(row["id"]): str(row["text"]) for row in find_rows(folder, "corpus")}
    asked = []
    for row in find_rows(folder, "questions.dev"):
        paragraphs = articles[str(row["near_article"])].split("\n\n")
        answers = row["answers"] if row["answerable"] else []
        assert isinstance(answers, list)
        paragraph = paragraphs[int(str(row["near_paragraph_index"]))]
        asked.append(Asked(str(row["question"]), paragraph, tuple(map(str, answers))))
    return asked


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures of a set, or of the bench's squad2, as one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True, help="tokenizer.json, config.json")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--data", type=Path, help="folder of questions and contexts")
    source.add_argument("--bench", type=Path, help="folder of questions.dev.jsonl, corpus.jsonl")
    parser.add_argument("--set", default="squad2_orig10", help="which set of --data")
    given = parser.parse_args(arguments)
    if given.bench:
        asked = asked_in_bench(given.bench)
    else:
        examples = [e for e in read_examples(given.data) if e.set == given.set]
        asked = asked_of(examples, read_contexts(given.data))
    reader = published(Reader, given.model, given.weights).eval()
    texts = Texts.of_model(given.model)
    found = figures(asked, read(reader, texts, asked))
    sys.stdout.write(json.dumps(asdict(found)) + "\n")


if __name__ == "__main__":
    main()
