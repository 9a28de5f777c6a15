"""Sentences that may answer a question: where the answer lies in each, and how sure that is."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import log2

from rag.answering.calibration import SENTENCE
from rag.llm.injection import gives_orders
from rag.models.reader import Reader, Reading
from rag.text.sentences import sentence_spans
from rag.text.words import content, squashed
from vectorstore.records import Article, Hit

_ENDS = re.compile(r"[.!?…][\"”’')\]]*$")

READ = 6
"""How many of the best passages are read: more cost time and answered no more questions."""
LIKELY = 12
"""How many of the best sentences are looked at for agreement."""
ALIKE = 0.7
"""Of two sentences that share this much of the shorter one's words, one is a copy of the other."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence `[start, end)` of a hit's article, and the span in it that answers best.

    `margin` is how much better the reader finds that span than no answer at all; `score` adds
    what `calibration.SENTENCE` names. Both are in logits; higher answers better.
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
    """Every sentence of the first few hits' passages in which there is a span, best first.

    Sentences that address a language model are none: no reader wants them quoted.
    """
    asked, hits = set(content(question)), hits[:READ]
    readings = reader.read(question, [hit.passage.text for hit in hits])
    found = [e for h, reading in zip(hits, readings, strict=True) for e in _of(h, reading, asked)]
    found.sort(key=_best_first)
    return sorted((*agreed(found[:LIKELY]), *found[LIKELY:]), key=_best_first)


def agreed(likely: Sequence[Evidence]) -> list[Evidence]:
    """The sentences, each credited for the other articles that answer the same in other words."""
    return [
        replace(one, score=one.score + SENTENCE["agreement"] * log2(1 + _voices(one, likely)))
        for one in likely
    ]


def alike(one: Evidence, other: Evidence) -> bool:
    """Whether two sentences say much the same in the same words."""
    a, b = set(content(one.text)), set(content(other.text))
    return len(a & b) >= ALIKE * min(len(a), len(b))


def same_answer(one: Evidence, other: Evidence) -> bool:
    """Whether two spans say the same, but for capitals, punctuation and surrounding words."""
    a, b = squashed(one.short), squashed(other.short)
    return a in b or b in a


def _of(hit: Hit, reading: Reading, asked: set[str]) -> Iterator[Evidence]:
    spans = sentence_spans(hit.passage.text)
    offset = hit.passage.start
    for (start, end), best in zip(spans, reading.best_within(spans), strict=True):
        sentence = hit.passage.text[start:end]
        if best is None or gives_orders(sentence):
            continue
        margin = best.score - reading.null
        said = set(content(hit.passage.text[best.start : best.end]))
        bonus = (
            SENTENCE["retrieval"] * hit.score
            + SENTENCE["shared"] * _share(asked, set(content(sentence)))
            + SENTENCE["echo"] * _share(said, asked)
            + SENTENCE["heading"] * (not _ENDS.search(sentence))
        )
        span = offset + best.start, offset + best.end
        yield Evidence(hit, offset + start, offset + end, span, margin, margin + bonus)


def _share(part: set[str], whole: set[str]) -> float:
    """The share of `part` that is in `whole`; a half of nothing."""
    return len(part & whole) / len(part) if part else 0.5


def _voices(one: Evidence, likely: Sequence[Evidence]) -> int:
    """How many other articles give the same answer, copies of one report not counted."""
    said = squashed(one.short)
    same = (other for other in likely if squashed(other.short) == said)
    return len({other.article.id for other in same if not alike(one, other)} - {one.article.id})


def _best_first(evidence: Evidence) -> float:
    return -evidence.score
