"""Answers made of the articles' own sentences: no model, no key, nothing paraphrased."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from rag.answers import Citation, Cited, Draft, Mode, Statement
from rag.asking import Asked
from rag.evidence import Evidence, content_words, gather
from rag.synthesis import Composition
from vectorstore.encoder import Embedder
from vectorstore.records import Hit

STATEMENTS = 3
THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class Extractive:
    """Answers with the few sentences that answer best, verbatim, in reading order."""

    embedder: Embedder
    mode: Mode = "extractive"

    def compose(self, asked: Asked, hits: tuple[Hit, ...]) -> Composition:
        """Yield each statement; return the draft, a refusal when nothing answers well enough."""
        evidence = gather(asked.question, hits, self.embedder)
        sure = confidence(evidence)
        if sure < THRESHOLD:
            reason = "The articles do not say."
            return Draft(refused=True, reason=reason, confidence=sure)
        statements = _statements(_chosen(evidence))
        for statement in statements:
            yield Cited(statement)
        return Draft(statements=statements, confidence=sure)


def confidence(evidence: Sequence[Evidence]) -> float:
    """How likely it is, in [0, 1], that the best sentence answers."""
    return 1 / (1 + exp(-12 * (evidence[0].score - 0.75))) if evidence else 0.0


def _chosen(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The best sentence and those nearly as good that add something."""
    chosen: list[Evidence] = []
    for candidate in evidence:
        near = candidate.score >= evidence[0].score - 0.15
        if len(chosen) < STATEMENTS and near and not any(_repeats(candidate, c) for c in chosen):
            chosen.append(candidate)
    return chosen


def _repeats(one: Evidence, other: Evidence) -> bool:
    a, b = content_words(one.text), content_words(other.text)
    return len(a & b) >= 0.7 * min(len(a), len(b))


def _statements(evidence: Sequence[Evidence]) -> tuple[Statement, ...]:
    return tuple(
        Statement(e.text, (Citation.of(number, e.hit.article, e.start, e.end),), "quoted")
        for number, e in enumerate(evidence, 1)
    )
