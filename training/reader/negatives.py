"""Questions made unanswerable: put to another paragraph, or asked about another name."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from training.reader.examples import Example

# Capitalised words after the first one, and numbers: what a question is tied to.
NAME = re.compile(
    r"(?<=[a-z,] )[A-Z][\w'’-]*(?: (?:of |the |de )?[A-Z][\w'’-]*)*|(?<![\w.,])\d[\d,.]*\b"
)


def of_other_paragraphs(
    asked: Iterable[Example],
    pool: Sequence[Example],
    contexts: Sequence[str],
    rng: random.Random,
) -> Iterator[Example]:
    """Questions put to another paragraph of the same title that does not hold their answer."""
    of_title: dict[tuple[str, str], list[int]] = defaultdict(list)
    for key, context in sorted({((e.set, e.title), e.context) for e in pool}):
        of_title[key].append(context)
    for example in asked:
        others = of_title[example.set, example.title]
        context = rng.choice(others) if len(others) > 1 else example.context
        known = example.answerable and example.answer.lower() in contexts[context].lower()
        if context != example.context and not known and example.title:
            yield replace(example, context=context, answer="", start=-1)


def of_other_names(
    asked: Iterable[Example],
    pool: Sequence[Example],
    contexts: Sequence[str],
    rng: random.Random,
) -> Iterator[Example]:
    """Questions in which a name or number became another one that its article is asked about.

    Every other time one that its paragraph holds, where it holds any: SQuAD 2.0's own unanswerable
    questions are made like this more often than in any other way.
    """
    of_title: dict[tuple[str, str], set[str]] = defaultdict(set)
    for example in pool:
        of_title[example.set, example.title] |= set(NAME.findall(example.question))
    for example in asked:
        names = list(NAME.finditer(example.question))
        if not names or not example.title:
            continue
        old = rng.choice(names)
        others = list(_alike(old.group(), of_title[example.set, example.title]))
        present = [other for other in others if other in contexts[example.context]]
        if others:
            name = rng.choice(present if present and rng.random() < 0.5 else others)
            question = example.question[: old.start()] + name + example.question[old.end() :]
            yield replace(example, question=question, answer="", start=-1)


def _alike(name: str, others: Iterable[str]) -> Iterator[str]:
    """The names of as many words, numbers for numbers, that share no word with it, in order."""
    words = name.lower().split()
    for other in sorted(others):
        theirs = other.lower().split()
        same_kind = other[0].isdigit() == name[0].isdigit() and len(words) == len(theirs)
        if same_kind and not set(words) & set(theirs):
            yield other
