"""Sentences that may answer a question, each with how well it does."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.sentences import sentence_spans
from vectorstore.encoder import Embedder
from vectorstore.records import Hit

PASSAGES_READ = 6
_WORD = re.compile(r"\w+")
_FRAME = frozenset(
    "a an and are as at be by did do does for from had has have how in is it of on or that the to"
    " was were what when where which who whom whose why will with".split()
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of a hit's article, `[start, end)`, and its score: higher answers better."""

    hit: Hit
    start: int
    end: int
    score: float

    @property
    def text(self) -> str:
        """The sentence, verbatim."""
        return self.hit.article.text[self.start : self.end]


def gather(question: str, hits: Sequence[Hit], embedder: Embedder) -> list[Evidence]:
    """Every sentence of the best passages, best first."""
    spans = [
        (hit, hit.passage.start + start, hit.passage.start + end)
        for hit in hits[:PASSAGES_READ]
        for start, end in sentence_spans(hit.passage.text)
    ]
    if not spans:
        return []
    texts = [hit.article.text[start:end] for hit, start, end in spans]
    vectors = embedder.embed([question, *texts])
    likeness = vectors[1:] @ vectors[0]
    scores = [
        float(cosine) + 0.3 * overlap(question, text)
        for cosine, text in zip(likeness, texts, strict=True)
    ]
    order = np.argsort(scores)[::-1]
    return [Evidence(*spans[i], scores[i]) for i in order]


def content_words(text: str) -> set[str]:
    """The words of a text that carry its meaning, lower case."""
    return {word for word in _WORD.findall(text.lower()) if word not in _FRAME}


def overlap(question: str, sentence: str) -> float:
    """The share of the question's content words that the sentence has, in [0, 1]."""
    asked = content_words(question)
    return len(asked & content_words(sentence)) / len(asked) if asked else 0.0
