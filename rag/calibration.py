"""Weights fitted to data: how sentences are ordered, and how sure an answer is.

How each was got, and on which questions, is written in docs/decisions/.
"""

from collections.abc import Mapping
from math import exp, exp2

SENTENCE = {"retrieval": 10.0, "shared": 4.0}
"""What orders sentences beside the reader's margin: logits for the passage's score, and for the
share of the question's words that the sentence has."""

ANSWER = {
    "bias": -3.5,
    "margin": 0.27,
    "similarity": 7.5,
    "open": 0.5,
    "missing": -1.5,
    "stale": -1.5,
}
"""What tells whether the best sentence answers: a logistic regression on the reader's margin; the
cosine of question and passage; whether no short span can answer such a question; the share of the
question's words that the article's title and the passage lack; how stale the article is."""

THRESHOLD = 0.35
"""The confidence below which an answer is refused."""

STALE_HALF_LIFE = 365 * 86_400.0
"""Asked as of a day, an article this many seconds old is half as stale as one can be."""


def confidence(features: Mapping[str, float]) -> float:
    """How likely the articles answer, in [0, 1], by the features that `ANSWER` names."""
    logit = ANSWER["bias"] + sum(ANSWER[name] * value for name, value in features.items())
    return 1 / (1 + exp(-max(-60.0, min(60.0, logit))))


def staleness(published: float | None, as_of: float | None) -> float:
    """How stale an article is, in [0, 1): 0 where either moment is unknown; see the half-life."""
    if published is None or as_of is None:
        return 0.0
    return 1 - exp2(-max(as_of - published, 0.0) / STALE_HALF_LIFE)
