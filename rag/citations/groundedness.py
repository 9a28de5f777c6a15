"""Does the cited text support the statement?

Some flaws are fatal: a number, date, name or quotation that the evidence does not have, a denial
of what it affirms, an `all` it does not say. Beyond them a logistic regression over a few measures
of wording and likeness decides. How it was fitted, and how well it does, is in
docs/decisions/08-support.md.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rag.text.names import is_spelt_out, names
from rag.text.negation import denied, is_negated, opposed
from rag.text.numbers import Number, firm_numbers, months, numbers
from rag.text.sentences import sentence_spans
from rag.text.vocabulary import UNIVERSALS
from rag.text.words import content, quotations, squashed, stem, words

Embed = Callable[[Sequence[str]], NDArray[np.float32]]

THRESHOLD = 0.37
_WEIGHTS = {"coverage": 2.24, "order": 0.70, "likeness": 2.28, "numbers": -1.38, "names": -0.33}
_BIAS = -2.83
_ADDRESS = re.compile(r"\w+://|\bwww\.|\bmailto:|\bjavascript:", re.IGNORECASE)
_NEAREST = 3  # sentences of the evidence that a statement is compared with
_REACH = 4  # how many words apart two words of the statement may stand in the evidence

HAS_ADDRESS = "It holds a web address, which may carry something away."
NOTHING_CITED = "It cites nothing."
NOT_SAID = "The cited sentences do not say this."


@dataclass(frozen=True, slots=True)
class Verdict:
    """How likely evidence supports a statement, in [0, 1], and the reason if it does not."""

    score: float
    reason: str | None = None

    @property
    def supported(self) -> bool:
        """Whether nothing speaks against the statement."""
        return self.reason is None


def check(statement: str, evidence: Sequence[str], embed: Embed, context: str = "") -> Verdict:
    """Judge a statement by its evidence.

    `context` is what surrounds the evidence, such as the article's title and date: names and
    dates may come from there, and nothing else.
    """
    if not any(text.strip() for text in evidence):
        return Verdict(0.0, NOTHING_CITED)
    if _ADDRESS.search(statement):
        return Verdict(0.0, HAS_ADDRESS)
    if _is_verbatim(statement, evidence):
        return Verdict(1.0)
    score = _probability(measures(statement, evidence, embed, context))
    if reason := flaw(statement, "\n".join(evidence), context):
        return Verdict(min(score, THRESHOLD / 2), reason)
    return Verdict(score, None if score >= THRESHOLD else NOT_SAID)


def flaw(statement: str, evidence: str, context: str = "") -> str | None:
    """What in the statement the evidence rules out by itself, or None."""
    around = f"{evidence}\n{context}"
    for quotation in quotations(statement):
        if squashed(quotation) not in squashed(evidence):
            return f"The cited sentences do not contain the words “{quotation}”."
    if missing := missing_numbers(statement, around):
        return f"The cited sentences do not give the number {missing[0]}."
    if missing := sorted(months(statement) - months(around)):
        return f"The cited sentences do not say {missing[0].title()}."
    if missing := missing_names(statement, around):
        return f"The cited sentences do not name {missing[0]}."
    return _contradiction(statement, evidence)


def _contradiction(statement: str, evidence: str) -> str | None:
    if denied := _differently_denied(statement, evidence):
        return f"The statement and the cited sentences differ in denying “{denied}”."
    said, given = set(words(statement)), set(words(evidence))
    if universal := sorted(UNIVERSALS & said - given):
        return f"The cited sentences do not say “{universal[0]}”."
    if word := opposed(statement, _closest(statement, evidence)):
        return f"The cited sentences say the opposite of “{word}”."
    return None


def _closest(statement: str, evidence: str) -> str:
    """The sentence of the evidence with most of the statement's words."""
    claimed = set(content(statement))
    sentences = [evidence[a:b] for a, b in sentence_spans(evidence)]
    return max(sentences, key=lambda text: len(claimed.intersection(content(text))))


def _differently_denied(statement: str, evidence: str) -> str | None:
    """A word that one side denies and the other affirms."""
    ours, theirs = denied(statement), denied(evidence)
    said, given = content(statement), content(evidence)
    affirmed = {word for word in given if given.count(word) > (word in theirs)}
    wrongly = [word for word in said if word in ours and word in affirmed and word not in theirs]
    if not is_negated(statement):
        wrongly += [word for word in said if word in theirs and word not in affirmed]
    return wrongly[0] if wrongly else None


def missing_numbers(statement: str, text: str) -> list[str]:
    """The numbers of a statement that the text does not give."""
    given = numbers(text)
    return [
        number.written
        for number in firm_numbers(statement)
        if not any(_agrees(number, other) for other in given)
    ]


def missing_names(statement: str, text: str) -> list[str]:
    """The names in a statement that the text does not mention."""
    told = words(text)
    given = set(told) | set(map(stem, told))
    return [name for name in names(statement) if not _is_named(name, told, given)]


def _is_named(name: str, told: Sequence[str], given: set[str]) -> bool:
    parts = name.split("-")
    if all(part in given or stem(part) in given for part in parts):
        return True
    return "".join(parts) in given or is_spelt_out(name, told)


def measures(
    statement: str, evidence: Sequence[str], embed: Embed, context: str = ""
) -> dict[str, float]:
    """What the regression weighs, each in about [0, 1].

    coverage   of the statement's words, how many stand in the nearest sentences
    order      of its neighbouring words, how many stand near each other in the evidence
    likeness   the cosine to the sentence most like it
    numbers    of its numbers, how many the evidence lacks
    names      1 when the evidence lacks any name
    """
    sentences = [text[a:b] for text in evidence for a, b in sentence_spans(text)]
    vectors = embed([statement, *sentences])
    likeness = vectors[1:] @ vectors[0]
    nearest = [sentences[i] for i in np.argsort(-likeness, kind="stable")[:_NEAREST]]
    around = "\n".join([*evidence, context])
    claimed = _own_words(statement, "\n".join(evidence), context)
    given = set(content("\n".join(nearest)))
    coverage = _share([word in given for word in set(claimed)])
    numbers = firm_numbers(statement)
    return {
        "coverage": coverage,
        "order": _in_order(claimed, sentences) if len(claimed) > 1 else coverage,
        "likeness": float(likeness.max()),
        "numbers": len(missing_numbers(statement, around)) / max(1, len(numbers)),
        "names": float(bool(missing_names(statement, around))),
    }


def _in_order(claimed: Sequence[str], sentences: Sequence[str]) -> float:
    pairs = set(pairwise(claimed))
    near: set[tuple[str, str]] = set()
    for given in map(content, sentences):
        for at, word in enumerate(given):
            near.update((word, other) for other in given[at + 1 : at + 1 + _REACH])
    return _share([pair in near for pair in pairs])


def _own_words(statement: str, evidence: str, context: str) -> list[str]:
    """The statement's meaningful words, but for names that it has from the context alone."""
    if not context:
        return content(statement)
    named = set(map(stem, names(statement)))
    lent = named.intersection(content(context)) - set(content(evidence))
    return [word for word in content(statement) if word not in lent]


def _share(held: Sequence[bool]) -> float:
    return sum(held) / len(held) if held else 0.0


def _probability(measured: dict[str, float]) -> float:
    logit = _BIAS + sum(_WEIGHTS[name] * value for name, value in measured.items())
    return 1 / (1 + math.exp(-logit))


def _agrees(number: Number, given: Number) -> bool:
    """Whether a number may stand for one given: exactly, or within 5% when hedged or rounded."""
    tolerance = 0.0 if number.exact else 0.05
    alike = math.isclose(number.value, given.value, rel_tol=tolerance, abs_tol=1e-9)
    return alike and (given.percent or not number.percent)


def _is_verbatim(statement: str, evidence: Sequence[str]) -> bool:
    return squashed(statement) in squashed("\n".join(evidence))
