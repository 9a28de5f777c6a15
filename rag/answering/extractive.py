"""Answers made of the articles' own sentences: no model, no key, nothing paraphrased."""

from collections.abc import Iterator, Sequence

from rag.answering.abstention import reason
from rag.answering.calibration import THRESHOLD, confidence, staleness
from rag.answering.candidate_sentences import (
    LIKELY,
    CandidateSentence,
    alike,
    candidate_sentences,
)
from rag.answering.context import with_context
from rag.answering.contradiction import contradicting
from rag.answering.question_types import SHORT, Kind, kind_of
from rag.answering.synthesizer import Synthesizer
from rag.answers import Citation, Cited, Draft, Mode, Statement
from rag.llm.script import Script
from rag.models.reader import Reader
from rag.retrieval.query import Query
from rag.text.words import content
from vectorstore.records import Hit

STATEMENTS = 3
BRIEF = 6
"""The words of a span that can answer even a question that seems to want a sentence."""
NEAR = 5.0
"""Sentences this many logits below the best one are not shown beside it."""


class Extractive(Synthesizer):
    """Answers with the few sentences that answer best, verbatim, each one cited."""

    mode: Mode = "extractive"

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def script(self, query: Query, hits: tuple[Hit, ...]) -> Script[Draft]:
        """Yield each statement; return the draft, a refusal when nothing answers well enough."""
        candidates = candidate_sentences(query.question, hits, self._reader) if hits else []
        kind = kind_of(query.question)
        sure = _confidence(query, candidates[0], kind) if candidates else 0.0
        if sure < THRESHOLD:
            return Draft(refused=True, reason=reason(query.question, hits), confidence=sure)
        other = contradicting(query.question, kind, candidates[:LIKELY])
        chosen = _chosen(candidates, other)
        statements = tuple(_statements(chosen))
        for statement in statements:
            yield Cited(statement)
        short = _span(1, chosen[0]) if _is_short(chosen[0], kind) else None
        differing = (_span(1, chosen[0]), _span(2, other)) if other else ()
        notes = (_note(differing),) if differing else ()
        return Draft(statements, confidence=sure, short=short, differing=differing, notes=notes)


def _confidence(query: Query, best: CandidateSentence, kind: Kind) -> float:
    wanted = set(content(query.question))
    told = set(content(f"{best.article.title} {best.hit.passage.text}"))
    return confidence(
        {
            "margin": best.margin,
            "similarity": best.hit.similarity,
            "open": kind not in SHORT,
            "missing": len(wanted - told) / max(len(wanted), 1),
            "stale": staleness(best.article.timestamp, query.as_of),
        }
    )


def _chosen(
    candidates: Sequence[CandidateSentence], other: CandidateSentence | None
) -> list[CandidateSentence]:
    """The best sentence, the one that contradicts it, then those nearly as good that add to it."""
    chosen = [candidates[0], other] if other else [candidates[0]]
    for candidate in _near(candidates):
        if len(chosen) == STATEMENTS:
            break
        if not any(alike(candidate, other) for other in chosen):
            chosen.append(candidate)
    return chosen


def _near(candidates: Sequence[CandidateSentence]) -> list[CandidateSentence]:
    """The sentences nearly as good as the first, which is the best."""
    return [one for one in candidates if one.score >= candidates[0].score - NEAR]


def _statements(chosen: Sequence[CandidateSentence]) -> Iterator[Statement]:
    for number, sentence in enumerate(chosen, 1):
        span = with_context(sentence.article, sentence.start, sentence.end)
        citation = Citation.of(number, sentence.article, *span)
        yield Statement(citation.quote, (citation,), "quoted")


def _is_short(best: CandidateSentence, kind: Kind) -> bool:
    """Whether the span answers by itself: such a one is wanted, or it is sure and brief."""
    brief = best.margin > 0 and len(best.short.split()) <= BRIEF
    return kind in SHORT or (kind != "whether" and brief)


def _span(number: int, sentence: CandidateSentence) -> Citation:
    """The answer by itself, inside the citation of that number."""
    return Citation.of(number, sentence.article, *sentence.span)


def _note(differing: Sequence[Citation]) -> str:
    return f"The articles differ: {', '.join(map(_said, differing))}."


def _said(span: Citation) -> str:
    article = span.article
    day = f", {article.day}" if article.day else ""
    return f"“{span.quote}” ({article.title}{day})"
