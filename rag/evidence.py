"""Sentences that may answer a question: where the answer lies in each, and how sure that is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.calibration import SENTENCE
from rag.facts import content, squashed
from rag.orders import gives_orders
from rag.sentences import sentence_spans
from vectorstore.reader import Reader, Reading
from vectorstore.records import Article, Hit


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence `[start, end)` of a hit's article, and the span in it that answers best.

    `margin` is how much better the reader finds that span than no answer at all; `score` adds
    what retrieval thinks of the passage and how many of the question's words the sentence has.
    Both are in logits; higher answers better.
    """

    hit: Hit
    start: int
    end: int
    span: tuple[int, int]
    margin: float
    score: float

    @property
    def article(self) -> Article:
        """The article the sentence is of."""
        return self.hit.article

    @property
    def text(self) -> str:
        """The sentence, verbatim."""
        return self.article.text[self.start : self.end]

    @property
    def short(self) -> str:
        """The span, verbatim."""
        return self.article.text[slice(*self.span)]


def gather(question: str, hits: Sequence[Hit], reader: Reader) -> list[Evidence]:
    """Every sentence of the hits' passages in which there is a span, best first.

    Sentences that address a language model are none: no reader wants them quoted.
    """
    asked = set(content(question))
    readings = reader.read(question, [hit.passage.text for hit in hits])
    found = [e for h, reading in zip(hits, readings, strict=True) for e in _of(h, reading, asked)]
    return sorted(found, key=lambda evidence: -evidence.score)


def _of(hit: Hit, reading: Reading, asked: set[str]) -> Iterator[Evidence]:
    spans = sentence_spans(hit.passage.text)
    offset = hit.passage.start
    for (start, end), best in zip(spans, reading.best_within(spans), strict=True):
        sentence = hit.passage.text[start:end]
        if best is None or gives_orders(sentence):
            continue
        margin = best.score - reading.null
        shared = len(asked & set(content(sentence))) / max(len(asked), 1)
        yield Evidence(
            hit,
            offset + start,
            offset + end,
            (offset + best.start, offset + best.end),
            margin,
            margin + SENTENCE["retrieval"] * hit.score + SENTENCE["shared"] * shared,
        )


def same_answer(one: Evidence, other: Evidence) -> bool:
    """Whether two spans say the same, but for capitals, punctuation and surrounding words."""
    a, b = squashed(one.short), squashed(other.short)
    return a in b or b in a
