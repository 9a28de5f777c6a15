"""Which passages come first: pure functions over the scores of one search.

Added up are what the passage means and which words it has, in equal parts; for articles that carry
a date, how news is written and read; and, for the best passages, how many of the question's words
are near each other. The measurements behind every constant are in docs/decisions/06-retrieval.md.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rag.text.sentences import sentence_spans
from rag.text.words import content
from vectorstore.records import Candidate

FloatArray = npt.NDArray[np.float64]

LEAD = 0.1
"""The worth of being the first passage of a dated article: news tells what matters first."""
RECENT, HALF_LIFE = 0.5, 15.0
"""The worth of being new when a question is asked as of a day, and the days it takes to halve."""
NEWER, LONG_HALF_LIFE = 0.2, 365.0
"""The same when no day is given: newer is better, gently, beside the newest article found."""
NEAR, NEAR_AMONG = 0.1, 20
"""The worth of a sentence that has every word of the question, in so many of the best passages."""

_DAY = 86_400.0


def rank(
    candidates: Sequence[Candidate], question: str, *, as_of: float | None = None
) -> list[tuple[Candidate, float]]:
    """The candidates of one search for `question` with their scores, best first.

    `as_of` is the moment asked as of, in seconds since 1970. Scores compare the candidates of one
    search and mean nothing beside another's. Equal ones keep the order of article and passage.
    """
    if not candidates:
        return []
    scores = fuse(
        np.array([candidate.dense for candidate in candidates]),
        np.array([candidate.lexical for candidate in candidates]),
    )
    times = np.array([candidate.timestamp for candidate in candidates], dtype=np.float64)
    leads = np.array([candidate.passage.number == 0 for candidate in candidates])
    scores += news_worth(times, leads, as_of=as_of)
    best = np.argsort(-scores, kind="stable")[:NEAR_AMONG]
    scores[best] += NEAR * nearness(question, [candidates[at].passage.text for at in best])
    ranked = zip(candidates, scores.tolist(), strict=True)
    return sorted(ranked, key=lambda c: (-c[1], c[0].passage.article_id, c[0].passage.number))


def fuse(dense: FloatArray, lexical: FloatArray) -> FloatArray:
    """The mean of both scores [n], each stretched to reach from 0 to 1 over the candidates."""
    return (_stretched(dense) + _stretched(lexical)) / 2


def news_worth(
    times: FloatArray, leads: npt.NDArray[np.bool_], *, as_of: float | None = None
) -> FloatArray:
    """What to add to the scores [n] of articles because they are news.

    `times` are seconds since 1970, NaN where unknown; `leads` says which passages come first in
    their articles. An article without a date gets the mean of the others: it is neither favoured
    nor punished.
    """
    dated = ~np.isnan(times)
    if not dated.any():
        return np.zeros(len(times))
    worth = LEAD * leads + recency(times, as_of=as_of)
    return np.where(dated, worth, worth[dated].mean())


def nearness(question: str, texts: Sequence[str]) -> FloatArray:
    """The largest share of the question's words that one sentence of each text has: [n], 0 to 1.

    Words that only frame a question do not count, and forms of one word are the same.
    """
    asked = set(content(question))
    if not asked:
        return np.zeros(len(texts))
    return np.array([_most_shared(asked, text) for text in texts]) / len(asked)


def _most_shared(asked: set[str], text: str) -> int:
    """The most of the words asked for that one sentence of a text has."""
    sentences = (text[start:end] for start, end in sentence_spans(text))
    return max((len(asked.intersection(content(sentence))) for sentence in sentences), default=0)


def recency(times: FloatArray, *, as_of: float | None = None) -> FloatArray:
    """The worth of being new [n]: halves with every half-life before `as_of`, NaN stays NaN.

    Without `as_of` the newest of `times` counts as now.
    """
    if as_of is None:
        return NEWER * _halved(np.nanmax(times) - times, LONG_HALF_LIFE)
    return RECENT * _halved(as_of - times, HALF_LIFE)


def _halved(seconds: FloatArray, days: float) -> FloatArray:
    """1 halved for every `days` in `seconds`; 1 for what is yet to come."""
    return np.asarray(np.exp2(-np.maximum(seconds, 0.0) / (days * _DAY)))


def _stretched(scores: FloatArray) -> FloatArray:
    low, high = scores.min(), scores.max()
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)
