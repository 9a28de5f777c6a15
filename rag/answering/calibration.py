"""Weights fitted to data: how sentences are ordered, and how sure an answer is.

How each was got, and on which questions, is written in docs/decisions/.
"""

from collections.abc import Mapping
from math import exp, exp2

SENTENCE = {"retrieval": 10.0, "shared": 2.0, "echo": -2.0, "heading": -3.0, "agreement": 1.4}
"""What orders sentences beside the reader's margin, in logits: for the passage's score; the share
of the question's words that the sentence has; the share of the span that only repeats the
question; being no sentence, but a heading or the like; each doubling of the articles that give the
same answer in other words."""

ANSWER = {
    "bias": -2.37,
    "margin": 0.24,
    "similarity": 4.47,
    "open": 0.34,
    "missing": -1.25,
    "stale": -1.5,
}
"""What tells whether the best sentence answers: a logistic regression on the reader's margin; the
cosine of question and passage; whether no short span can answer such a question; the share of the
question's words that the article's title and the passage lack; how stale the article is."""

THRESHOLD = 0.22
"""The confidence below which an answer is refused."""

STALE_HALF_LIFE = 365 * 86_400.0
"""Query as of a day, an article this many seconds old is half as stale as one can be."""


def confidence(features: Mapping[str, float]) -> float:
    """How likely the articles answer, in [0, 1], by the features that `ANSWER` names."""
    logit = ANSWER["bias"] + sum(ANSWER[name] * value for name, value in features.items())
    return 1 / (1 + exp(-max(-60.0, min(60.0, logit))))


def staleness(published: float | None, as_of: float | None) -> float:
    """How stale an article is, in [0, 1): 0 where either moment is unknown; see the half-life."""
    if published is None or as_of is None:
        return 0.0
    return 1 - exp2(-max(as_of - published, 0.0) / STALE_HALF_LIFE)
