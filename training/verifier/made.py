"""Claims that are made by rule, from questions and from the sentences of articles."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from training.reader.examples import Example, read_contexts, read_examples
from training.verifier.assertions import assertion
from training.verifier.claims import Claim, sentences
from training.verifier.perturbations import Edit, faulty, varied

BEFORE = 4
# Sets of questions, how many of each are made statements, and whether their titles say something.
ASKED: Mapping[str, tuple[int, bool]] = {
    "squad2_bt": (24000, False),
    "qamr": (3000, False),
    "nq_litm": (1500, True),
    "qed_dev": (800, True),
}
ARTICLES = frozenset({"summ_val", "bump", "entfa", "ragtruth_summary", "fm2"})
_KINDS = (
    ("year", re.compile(r"\b(?:1[0-9]|20)\d\d\b")),
    ("number", re.compile(r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|million)\b")),
    ("name", re.compile(r"^(?:the |The )?[A-Z]")),
)
# What may be the answer to a question that has none: numbers, and names after a small letter.
_CANDIDATE = re.compile(
    r"(?<=[a-z,] )[A-Z][\w'’-]+(?: (?:of the |of |de )?[A-Z][\w'’-]+)*|(?<![\w.,])\d[\d,.]*\d\b"
)


def kind_of(answer: str) -> str:
    """What an answer is: a year, a number, a name or a phrase."""
    return next((name for name, pattern in _KINDS if pattern.search(answer)), "phrase")


@dataclass(frozen=True, slots=True)
class Passage:
    """A text's sentences; `head` comes before them in every context."""

    sentences: tuple[str, ...]
    head: str
    key: str

    def cited(self, first: int, last: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The sentences [first, last], and the context before them."""
        before = " ".join([self.head, *self.sentences[max(0, first - BEFORE) : first]]).strip()
        return self.sentences[first : last + 1], (before,) if before else ()

    def place_of(self, text: str) -> int | None:
        """The first sentence that has a text."""
        return next((n for n, s in enumerate(self.sentences) if text in s), None)


def claim_of(
    statement: Edit, passage: Passage, places: tuple[int, int], name: str, *, marked: bool = True
) -> Claim:
    """A claim that cites the sentences from one place to another."""
    evidence, context = passage.cited(*places)
    known = marked or statement.label == "supported"
    faults = statement.spans if known else None
    return Claim(statement.text, evidence, statement.label, name, passage.key, context, faults)


def beside(passage: Passage, place: int, rng: random.Random) -> tuple[int, int]:
    """The place alone, or with the sentence after it or before it."""
    chance = rng.random()
    if chance < 0.2 and place + 1 < len(passage.sentences):
        return place, place + 1
    return (place - 1, place) if chance < 0.4 and place else (place, place)


def elsewhere(passage: Passage, place: int, rng: random.Random) -> tuple[int, int] | None:
    """A sentence near a place that is not it."""
    near = [
        n for n in range(place - 2, place + 4) if n != place and 0 <= n < len(passage.sentences)
    ]
    chosen = rng.choice(near) if near else None
    return None if chosen is None else (chosen, chosen)


def asserted(
    example: Example, passage: Passage, answers: Sequence[str], rng: random.Random
) -> Iterator[Claim]:
    """A question as a statement that is true of its passage, and as false ones.

    `answers` are those of the passage's other questions.
    """
    place = passage.place_of(example.answer)
    said = assertion(example.question, example.answer)
    if place is None or said is None:
        return
    true = Edit(varied(said, rng) if rng.random() < 0.5 else said)
    places = beside(passage, place, rng)
    yield claim_of(true, passage, places, "asserted")
    yield from _answered_otherwise(example, passage, answers, places, rng)
    other = elsewhere(passage, place, rng)
    if other and rng.random() < 0.35 and example.answer not in passage.sentences[other[0]]:
        yield claim_of(replace(true, label="absent"), passage, other, "asserted", marked=False)
    if rng.random() < 0.4:
        false = faulty(true.text, passage.sentences, rng)
        if false:
            yield claim_of(false, passage, places, "asserted")


def _answered_otherwise(
    example: Example,
    passage: Passage,
    answers: Sequence[str],
    places: tuple[int, int],
    rng: random.Random,
) -> Iterator[Claim]:
    """The statement with an answer of the same kind that is another question's."""
    kind, words = kind_of(example.answer), set(example.answer.lower().split())
    fresh = [a for a in answers if kind_of(a) == kind and not words & set(a.lower().split())]
    fresh = [a for a in fresh if a.lower() not in example.question.lower()]
    if not fresh:
        return
    wrong = rng.choice(fresh)
    said = assertion(example.question, wrong)
    start = said.lower().find(wrong.lower()) if said else -1
    if said and start >= 0:
        edit = Edit(said, "not", ((start, start + len(wrong)),))
        there = passage.place_of(wrong)
        if there is not None and rng.random() < 0.4:
            yield claim_of(edit, passage, (there, there), "asserted", marked=False)
        else:
            yield claim_of(edit, passage, places, "asserted")


def unanswerable(example: Example, passage: Passage, rng: random.Random) -> Iterator[Claim]:
    """A question without an answer as a statement, with a name or a number of its passage."""
    asked = example.question.lower()
    wants_number = bool(re.match(r"(when|how many|how much|in what year|what year)", asked))
    found = [
        (m.group(), n) for n, s in enumerate(passage.sentences) for m in _CANDIDATE.finditer(s)
    ]
    found = [(c, n) for c, n in found if c.lower() not in asked and c[0].isdigit() == wants_number]
    if not found:
        return
    candidate, place = rng.choice(found)
    said = assertion(example.question, candidate)
    if said:
        places = beside(passage, place, rng)
        yield claim_of(Edit(said, "not"), passage, places, "asserted", marked=False)


def of_questions(data: Path, seed: int = 13) -> Iterator[Claim]:
    """Claims of the questions in the folder `data`."""
    rng = random.Random(seed)  # noqa: S311
    contexts, by_set = read_contexts(data), defaultdict(list)
    answers: dict[int, set[str]] = defaultdict(set)
    for example in read_examples(data):
        by_set[example.set].append(example)
        if example.answerable:
            answers[example.context].add(example.answer)
    for name, (cap, titled) in ASKED.items():
        for example in rng.sample(by_set[name], min(cap, len(by_set[name]))):
            if example.how == "region_para":
                continue
            head = example.title if titled else ""
            passage = Passage(sentences(contexts[example.context]), head, str(example.context))
            if example.answerable:
                yield from asserted(example, passage, sorted(answers[example.context]), rng)
            else:
                yield from unanswerable(example, passage, rng)


def perturbed(passage: Passage, place: int, rng: random.Random) -> Iterator[Claim]:
    """A sentence said otherwise, and with a fault."""
    text = passage.sentences[place]
    true, places = varied(text, rng), beside(passage, place, rng)
    if rng.random() < 0.8:
        yield claim_of(Edit(true), passage, places, "perturbed")
    false = faulty(true, passage.sentences[place - 3 : place] + passage.sentences[place + 1 :], rng)
    if false:
        yield claim_of(false, passage, places, "perturbed")
    other = elsewhere(passage, place, rng)
    if other and rng.random() < 0.3:
        edit = Edit(true, "absent")
        yield claim_of(edit, passage, other, "perturbed", marked=False)


def of_sentences(claims: Iterable[Claim], seed: int = 13) -> Iterator[Claim]:
    """Claims of the sentences of the articles that other claims rest on."""
    rng = random.Random(seed)  # noqa: S311
    articles = {c.evidence: c.key for c in claims if c.set in ARTICLES and len(c.evidence) > 4}
    for texts, key in articles.items():
        passage = Passage(texts[:25], "", key)
        places = [n for n, s in enumerate(passage.sentences) if 8 <= len(s.split()) <= 45]
        for place in rng.sample(places, min(len(places), 6)):
            yield from perturbed(passage, place, rng)


def made_claims(data: Path, claims: Iterable[Claim]) -> list[Claim]:
    """All claims made by rule, from the data folder's questions and from other claims' articles."""
    return [*of_questions(data / "qa"), *of_sentences(claims)]
