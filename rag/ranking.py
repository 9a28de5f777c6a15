"""Order candidates: what two searches think of each, and how recent it is."""

from collections.abc import Sequence

import numpy as np

from vectorstore.records import Candidate

RECENCY_WEIGHT = 0.3
HALF_LIFE = 30 * 86400.0


def rank(
    candidates: Sequence[Candidate], *, as_of: float | None = None
) -> list[tuple[Candidate, float]]:
    """The candidates with their scores, best first.

    Cosine and BM25 are each scaled to [0, 1] over the candidates and averaged. When the question
    is asked as of a moment, what was published shortly before it is favoured; undated articles
    get the mean of that favour.
    """
    if not candidates:
        return []
    dense = _scaled(np.array([c.dense for c in candidates]))
    lexical = _scaled(np.array([c.lexical for c in candidates]))
    scores = (dense + lexical) / 2
    if as_of is not None:
        scores += RECENCY_WEIGHT * _recency([c.timestamp for c in candidates], as_of)
    order = np.argsort(-scores, kind="stable")
    return [(candidates[i], float(scores[i])) for i in order]


def _scaled(values: np.ndarray) -> np.ndarray:
    low, high = values.min(), values.max()
    return (values - low) / (high - low) if high > low else np.zeros_like(values)


def _recency(timestamps: Sequence[float | None], as_of: float) -> np.ndarray:
    ages = np.array([np.nan if t is None else max(as_of - t, 0.0) for t in timestamps])
    favour = 0.5 ** (ages / HALF_LIFE)
    mean = float(np.nanmean(favour)) if not np.isnan(favour).all() else 0.0
    return np.where(np.isnan(favour), mean, favour)
