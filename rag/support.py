"""Does the cited text support the statement?"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag import facts
from rag.sentences import sentence_spans

Embed = Callable[[Sequence[str]], NDArray[np.float32]]

THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class Verdict:
    """How likely evidence supports a statement, in [0, 1], and the reason if it does not."""

    score: float
    reason: str | None = None

    @property
    def supported(self) -> bool:
        """Whether nothing speaks against the statement."""
        return self.reason is None


def check(
    statement: str, evidence: Sequence[str], embed: Embed | None = None, context: str = ""
) -> Verdict:
    """Judge a statement by its evidence: numbers, dates, names, negation, wording, likeness.

    `context` is what surrounds the evidence, such as the article's title and date: names and
    dates may come from there, and nothing else.
    """
    if not evidence:
        return Verdict(0.0, "It cites nothing.")
    flaw = _flaw(statement, evidence, context)
    score = _score(statement, evidence, embed, context)
    if flaw is not None:
        return Verdict(min(score, 0.4), flaw)
    if score < THRESHOLD:
        return Verdict(score, "The cited sentences do not say this.")
    return Verdict(score)


def _flaw(statement: str, evidence: Sequence[str], context: str) -> str | None:
    text = "\n".join(evidence)
    for quotation in facts.quotations(statement):
        if facts.squashed(quotation) not in facts.squashed(text):
            return f"The cited sentences do not contain the words “{quotation}”."
    if missing := missing_numbers(statement, f"{text}\n{context}"):
        return f"The cited sentences do not give the number {missing[0]}."
    if missing := missing_names(statement, f"{text}\n{context}"):
        return f"The cited sentences do not name {missing[0]}."
    return None


def missing_numbers(statement: str, text: str) -> list[str]:
    """The numbers of a statement that the text does not give."""
    given = [number.value for number in facts.numbers(text)]
    return [
        number.written
        for number in facts.firm_numbers(statement)
        if not any(_agrees(number, value) for value in given)
    ]


def missing_names(statement: str, text: str) -> list[str]:
    """The names in a statement that the text does not mention."""
    given = set(facts.words(text)) | facts.initials(text)
    stems = {facts.stem(word) for word in given}
    return [
        name
        for name in facts.names(statement)
        if name not in given and facts.stem(name) not in stems
    ]


def _agrees(number: facts.Number, value: float) -> bool:
    tolerance = 0.0 if number.exact else 0.05
    return math.isclose(number.value, value, rel_tol=tolerance, abs_tol=1e-9)


def _score(statement: str, evidence: Sequence[str], embed: Embed | None, context: str) -> float:
    claimed = facts.content(statement)
    if not claimed:
        return 0.0
    given = set(facts.content("\n".join([*evidence, context])))
    coverage = sum(word in given for word in claimed) / len(claimed)
    if embed is None:
        return coverage
    sentences = [text[a:b] for text in evidence for a, b in sentence_spans(text)]
    vectors = embed([statement, *sentences])
    return float(0.5 * coverage + 0.5 * (vectors[1:] @ vectors[0]).max())
