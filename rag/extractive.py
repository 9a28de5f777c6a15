"""Answers made of the articles' own sentences: no model, no key, nothing paraphrased."""

from collections.abc import Iterator, Sequence

from rag.answers import Citation, Cited, Draft, Mode, Statement
from rag.asking import Asked
from rag.calibration import THRESHOLD, confidence, staleness
from rag.evidence import Evidence, alike, gather, same_answer
from rag.facts import content, firm_numbers
from rag.questions import SHORT, Kind, kind_of
from rag.refusing import reason
from rag.standing import standing
from rag.synthesis import Composition
from vectorstore.reader import Reader
from vectorstore.records import Hit

STATEMENTS = 3
BRIEF = 6
"""The words of a span that can answer even a question that seems to want a sentence."""
NEAR = 6.0
"""Sentences this many logits below the best one are not shown beside it."""


class Extractive:
    """Answers with the few sentences that answer best, verbatim, each one cited."""

    mode: Mode = "extractive"
    complete: None = None

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def compose(self, asked: Asked, hits: tuple[Hit, ...]) -> Composition:
        """Yield each statement; return the draft, a refusal when nothing answers well enough."""
        evidence = gather(asked.question, hits, self._reader) if hits else []
        kind = kind_of(asked.question)
        sure = _confidence(asked, evidence[0], kind) if evidence else 0.0
        if sure < THRESHOLD:
            return Draft(refused=True, reason=reason(asked.question, hits), confidence=sure)
        chosen = _chosen(evidence)
        statements = tuple(_statements(chosen))
        for statement in statements:
            yield Cited(statement)
        short = _short(chosen[0]) if _is_short(chosen[0], kind) else None
        return Draft(statements, confidence=sure, short=short, notes=tuple(_differing(chosen)))


def _confidence(asked: Asked, best: Evidence, kind: Kind) -> float:
    wanted = set(content(asked.question))
    told = set(content(f"{best.article.title} {best.hit.passage.text}"))
    return confidence(
        {
            "margin": best.margin,
            "similarity": best.hit.similarity,
            "open": kind not in SHORT,
            "missing": len(wanted - told) / max(len(wanted), 1),
            "stale": staleness(best.article.timestamp, asked.as_of),
        }
    )


def _chosen(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The best sentence, then those nearly as good that add something; `evidence` best first."""
    chosen: list[Evidence] = []
    for candidate in evidence:
        if len(chosen) == STATEMENTS or candidate.score < evidence[0].score - NEAR:
            break
        if not any(_repeats(candidate, other) for other in chosen):
            chosen.append(candidate)
    return chosen


def _repeats(one: Evidence, other: Evidence) -> bool:
    return alike(one, other) and not _differ(one, other)


def _differ(one: Evidence, other: Evidence) -> bool:
    """Whether two articles give different figures for what was asked."""
    figures = [{number.value for number in firm_numbers(e.short)} for e in (one, other)]
    apart = one.article.id != other.article.id and not same_answer(one, other)
    return apart and all(figures) and not figures[0] & figures[1]


def _statements(chosen: Sequence[Evidence]) -> Iterator[Statement]:
    for number, evidence in enumerate(chosen, 1):
        span = standing(evidence.article, evidence.start, evidence.end)
        citation = Citation.of(number, evidence.article, *span)
        yield Statement(citation.quote, (citation,), "quoted")


def _is_short(best: Evidence, kind: Kind) -> bool:
    """Whether the span answers by itself: such a one is wanted, or it is sure and brief."""
    brief = best.margin > 0 and len(best.short.split()) <= BRIEF
    return kind in SHORT or (kind != "whether" and brief)


def _short(evidence: Evidence) -> Citation:
    """The answer by itself, inside the first citation."""
    return Citation.of(1, evidence.article, *evidence.span)


def _differing(chosen: Sequence[Evidence]) -> Iterator[str]:
    """A note when the best sentence and another give different figures, both of them likely."""
    best, *others = chosen
    other = next((e for e in others if e.margin > 0 and _differ(best, e)), None)
    if other:
        yield f"The articles differ: {_said(best)}, {_said(other)}."


def _said(evidence: Evidence) -> str:
    day = f", {evidence.article.published_at[:10]}" if evidence.article.published_at else ""
    return f"“{evidence.short}” ({evidence.article.title}{day})"
