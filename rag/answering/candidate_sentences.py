"""Sentences that may answer a question: where the answer lies in each, and how sure that is."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property
from math import log2

from rag.answering.calibration import SENTENCE
from rag.models.reader import Reader, Reading
from rag.text.sentences import is_finished, sentence_spans
from rag.text.words import content, squashed
from vectorstore.records import Article, Hit

READ = 6
"""How many of the best passages are read: more cost time and answered no more questions."""
LIKELY = 12
"""How many of the best sentences are looked at for agreement."""
ALIKE = 0.7
"""Of two sentences that share this much of the shorter one's words, one is a copy of the other."""


@dataclass(frozen=True)
class CandidateSentence:
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

    @cached_property
    def content(self) -> frozenset[str]:
        """The stems of the words of the sentence that carry meaning."""
        return frozenset(content(self.text))

    @cached_property
    def squashed_short(self) -> str:
        """The span without capitals and punctuation."""
        return squashed(self.short)


def candidate_sentences(
    question: str, hits: Sequence[Hit], reader: Reader
) -> list[CandidateSentence]:
    """Every sentence of the first few hits' passages in which there is a span, best first."""
    asked, hits = set(content(question)), hits[:READ]
    readings = reader.read(question, [hit.passage.text for hit in hits])
    found = [s for h, reading in zip(hits, readings, strict=True) for s in _of(h, reading, asked)]
    found.sort(key=_best_first)
    return sorted((*_agreed(found[:LIKELY]), *found[LIKELY:]), key=_best_first)


def alike(one: CandidateSentence, other: CandidateSentence) -> bool:
    """Whether two sentences say much the same in the same words."""
    shared = len(one.content & other.content)
    return shared >= ALIKE * min(len(one.content), len(other.content))


def same_answer(one: CandidateSentence, other: CandidateSentence) -> bool:
    """Whether two spans say the same, but for capitals, punctuation and surrounding words."""
    a, b = one.squashed_short, other.squashed_short
    return a in b or b in a


def _of(hit: Hit, reading: Reading, asked: AbstractSet[str]) -> Iterator[CandidateSentence]:
    text, offset = hit.passage.text, hit.passage.start
    spans = sentence_spans(text)
    for (start, end), best in zip(spans, reading.best_within(spans), strict=True):
        if best is None:
            continue
        margin = best.score - reading.null
        bonus = SENTENCE["retrieval"] * hit.score + _bonus(
            text[start:end], text[best.start : best.end], asked
        )
        span = offset + best.start, offset + best.end
        yield CandidateSentence(hit, offset + start, offset + end, span, margin, margin + bonus)


def _bonus(sentence: str, span: str, asked: AbstractSet[str]) -> float:
    """What a sentence's own words add to its score."""
    return (
        SENTENCE["shared"] * _share(asked, set(content(sentence)))
        + SENTENCE["echo"] * _share(set(content(span)), asked)
        + SENTENCE["heading"] * (not is_finished(sentence))
    )


def _share(part: AbstractSet[str], whole: AbstractSet[str]) -> float:
    """The share of `part` that is in `whole`; a half of nothing."""
    return len(part & whole) / len(part) if part else 0.5


def _agreed(likely: Sequence[CandidateSentence]) -> Iterator[CandidateSentence]:
    """The sentences, each credited for the other articles that answer the same in other words."""
    for one in likely:
        credit = SENTENCE["agreement"] * log2(1 + _voices(one, likely))
        yield replace(one, score=one.score + credit)


def _voices(one: CandidateSentence, likely: Sequence[CandidateSentence]) -> int:
    """How many other articles give the same answer, copies of one report not counted."""
    same = (other for other in likely if other.squashed_short == one.squashed_short)
    return len({other.article.id for other in same if not alike(one, other)} - {one.article.id})


def _best_first(sentence: CandidateSentence) -> float:
    return -sentence.score
