"""Weights fitted to data: how sentences are ordered, and how sure an answer is.

How each was got, and on which questions, is written in docs/decisions/.
"""

from math import exp

SENTENCE = {"retrieval": 10.0, "shared": 4.0}
"""What orders sentences beside the reader's margin: logits for the passage's score, and for the
share of the question's words that the sentence has."""

ANSWER = {"bias": -3.8, "margin": 0.25, "similarity": 7.3, "open": 0.5}
"""Logistic regression of "the articles answer this" on the best sentence: the reader's margin, and
the cosine of question and passage, and whether the question is one that no short span answers."""

THRESHOLD = 0.35
"""The confidence below which an answer is refused."""


def confidence(margin: float, similarity: float, *, is_open: bool) -> float:
    """How likely the articles answer, in [0, 1]."""
    logit = (
        ANSWER["bias"]
        + ANSWER["margin"] * margin
        + ANSWER["similarity"] * similarity
        + ANSWER["open"] * is_open
    )
    return 1 / (1 + exp(-max(-60.0, min(60.0, logit))))
