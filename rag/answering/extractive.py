"""Answers made of the articles' own sentences: no model, no key, nothing paraphrased."""

from collections.abc import Iterator, Sequence

from rag.answering.abstention import reason
from rag.answering.calibration import THRESHOLD, confidence, staleness
from rag.answering.context import standing
from rag.answering.contradiction import differ
from rag.answering.evidence import LIKELY, Evidence, alike, gather
from rag.answering.question_types import SHORT, Kind, kind_of
from rag.answering.synthesizer import Composition
from rag.answers import Citation, Cited, Draft, Mode, Statement
from rag.models.reader import Reader
from rag.retrieval.query import Query
from rag.text.words import content
from vectorstore.records import Hit

STATEMENTS = 3
BRIEF = 6
"""The words of a span that can answer even a question that seems to want a sentence."""
NEAR = 5.0
"""Sentences this many logits below the best one are not shown beside it."""


class Extractive:
    """Answers with the few sentences that answer best, verbatim, each one cited."""

    mode: Mode = "extractive"
    complete: None = None

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def compose(self, query: Query, hits: tuple[Hit, ...]) -> Composition:
        """Yield each statement; return the draft, a refusal when nothing answers well enough."""
        evidence = gather(query.question, hits, self._reader) if hits else []
        kind = kind_of(query.question)
        sure = _confidence(query, evidence[0], kind) if evidence else 0.0
        if sure < THRESHOLD:
            return Draft(refused=True, reason=reason(query.question, hits), confidence=sure)
        pair = _pair(query.question, kind, evidence)
        chosen = _chosen(evidence, pair)
        statements = tuple(_statements(chosen))
        for statement in statements:
            yield Cited(statement)
        short = _span(1, chosen[0]) if _is_short(chosen[0], kind) else None
        differing = tuple(_span(number, one) for number, one in enumerate(pair, 1))
        notes = (_note(differing),) if differing else ()
        return Draft(statements, confidence=sure, short=short, differing=differing, notes=notes)


def _confidence(query: Query, best: Evidence, kind: Kind) -> float:
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


def _pair(question: str, kind: Kind, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The best sentence and the best one that contradicts it, where there is such a one."""
    best, *others = evidence[:LIKELY]
    other = next((e for e in others if differ(question, kind, best, e)), None)
    return (best, other) if other else ()


def _chosen(evidence: Sequence[Evidence], pair: Sequence[Evidence]) -> list[Evidence]:
    """The pair, or the best sentence, then those nearly as good that add something."""
    chosen = list(pair) or [evidence[0]]
    for candidate in _near(evidence):
        if len(chosen) == STATEMENTS:
            break
        if not any(alike(candidate, other) for other in chosen):
            chosen.append(candidate)
    return chosen


def _near(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The sentences nearly as good as the first, which is the best."""
    return [one for one in evidence if one.score >= evidence[0].score - NEAR]


def _statements(chosen: Sequence[Evidence]) -> Iterator[Statement]:
    for number, evidence in enumerate(chosen, 1):
        span = standing(evidence.article, evidence.start, evidence.end)
        citation = Citation.of(number, evidence.article, *span)
        yield Statement(citation.quote, (citation,), "quoted")


def _is_short(best: Evidence, kind: Kind) -> bool:
    """Whether the span answers by itself: such a one is wanted, or it is sure and brief."""
    brief = best.margin > 0 and len(best.short.split()) <= BRIEF
    return kind in SHORT or (kind != "whether" and brief)


def _span(number: int, evidence: Evidence) -> Citation:
    """The answer by itself, inside the citation of that number."""
    return Citation.of(number, evidence.article, *evidence.span)


def _note(differing: Sequence[Citation]) -> str:
    return f"The articles differ: {', '.join(map(_said, differing))}."


def _said(span: Citation) -> str:
    article = span.article
    day = f", {article.day}" if article.day else ""
    return f"“{span.quote}” ({article.title}{day})"
