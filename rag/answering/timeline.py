"""The dated sentences about a thing, in the order of what they tell of, each said once."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from rag.answers import Citation
from rag.documents import citation_json
from rag.models.onnx_session import FloatArray
from rag.retrieval.embedding import query_vector
from rag.retrieval.query import Query
from rag.retrieval.retriever import Retriever
from rag.text.dates import EXACTEST, Precision, iso_of, stated_dates
from rag.text.sentences import sentence_spans, states_something
from rag.text.words import content
from vectorstore.records import Article, Hit

PASSAGES = 40
"""How many of the best passages are gone through."""
ABOUT, OF_BEST = 0.3, 0.55
"""The cosine to the question that a sentence must reach, and the share of the best one's."""
REPEATS, SHARED = 0.8, 0.6
"""The cosine, or the share of the shorter one's words, from which two sentences say the same."""
UNSTATED = 1
"""How many sentences of an article stand at its day without naming it."""
LONGEST = 40
"""How many events a timeline has at most: those most about the question."""


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """A sentence and the time it tells of.

    `when` is a day, week, month or year as ISO 8601 writes it, and `first` its first day. It is
    `stated` in the sentence; else it is the day of the article. `also` are sentences of the same
    time that say the same.
    """

    when: str
    first: date
    precision: Precision
    stated: bool
    citation: Citation
    also: tuple[Citation, ...] = ()

    @property
    def text(self) -> str:
        """The sentence on one line."""
        return " ".join(self.citation.quote.split())

    @property
    def reports(self) -> int:
        """How many articles say it."""
        return len({c.article.id for c in (self.citation, *self.also)})


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happened, the earliest first. `timings` are milliseconds."""

    question: str
    events: tuple[TimelineEvent, ...]
    timings: Mapping[str, float] = field(default_factory=dict)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every citation, by number."""
        return tuple(c for event in self.events for c in (event.citation, *event.also))


@dataclass(frozen=True, slots=True)
class _Told:
    """A sentence `[start, end)` of an article, and the time it tells of."""

    article: Article
    start: int
    end: int
    first: date
    precision: Precision
    stated: bool

    @property
    def text(self) -> str:
        return self.article.text[self.start : self.end]

    @property
    def written(self) -> str:
        return iso_of(self.first, self.precision)


def timeline(retriever: Retriever, query: Query) -> tuple[TimelineEvent, ...]:
    """What the articles say about a question or a thing, dated, within its day and filters.

    Sentences of the passages found that are near the question in meaning, at the time they name or
    else at their article's; of several about one time that say the same, the one nearest stands.
    """
    hits = retriever.retrieve(query, PASSAGES)
    told = [sentence for hit in hits for sentence in _dated(hit)]
    if not told:
        return ()
    vectors = retriever.embedder.embed([sentence.text for sentence in told])
    near = vectors @ query_vector(retriever.embedder, query.question)
    enough = max(ABOUT, OF_BEST * float(near.max()))
    best = [n for n in np.argsort(-near, kind="stable").tolist() if near[n] >= enough]
    groups = _folded(told, vectors, list(_sparing(told, best)))[:LONGEST]
    return tuple(_numbered(sorted(groups, key=lambda group: _order(group[0]))))


def _dated(hit: Hit) -> Iterator[_Told]:
    """The sentences of a hit with their times, where they or their article have one."""
    article, offset = hit.article, hit.passage.start
    for start, end in sentence_spans(hit.passage.text):
        sentence = hit.passage.text[start:end]
        if not states_something(sentence):
            continue
        stated = stated_dates(sentence, article.day)
        if stated:
            exact = min(stated, key=lambda s: EXACTEST.index(s.precision))
            yield _Told(
                article, offset + start, offset + end, exact.first, exact.precision, stated=True
            )
        elif article.day:
            yield _Told(article, offset + start, offset + end, article.day, "day", stated=False)


def _sparing(told: Sequence[_Told], best: Sequence[int]) -> Iterator[int]:
    """Those that name their time, and of each article the best few that do not."""
    left: Counter[str] = Counter()
    for n in best:
        left[told[n].article.id] += not told[n].stated
        if told[n].stated or left[told[n].article.id] <= UNSTATED:
            yield n


def _folded(told: Sequence[_Told], vectors: FloatArray, best: Sequence[int]) -> list[list[_Told]]:
    """Sentences of one time that say the same together, in the order of their best."""
    groups: list[list[int]] = []
    for n in best:
        same = (
            g for g in groups if _says_the_same(told[g[0]], told[n], vectors[g[0]] @ vectors[n])
        )
        group = next(same, None)
        if group is None:
            groups.append([n])
        else:
            group.append(n)
    return [[told[n] for n in group] for group in groups]


def _says_the_same(one: _Told, other: _Told, cosine: float) -> bool:
    if one.written != other.written:
        return False
    if cosine >= REPEATS:
        return True
    mine, theirs = set(content(one.text)), set(content(other.text))
    return len(mine & theirs) >= SHARED * max(1, min(len(mine), len(theirs)))


def _order(told: _Told) -> tuple[date, int, str, int]:
    """By time; of one first day, years before months before days; then by article and place."""
    return told.first, -EXACTEST.index(told.precision), told.article.published_at or "", told.start


def _numbered(groups: Sequence[Sequence[_Told]]) -> Iterator[TimelineEvent]:
    number = 0
    for group in groups:
        cited = [Citation.of(number + n, t.article, t.start, t.end) for n, t in enumerate(group, 1)]
        number += len(cited)
        first = group[0]
        yield TimelineEvent(
            first.written, first.first, first.precision, first.stated, cited[0], tuple(cited[1:])
        )


def timeline_json(told: Timeline) -> dict[str, Any]:
    """The document that `footnote timeline --json` prints."""
    return {
        "question": told.question,
        "events": [
            {
                "date": event.when,
                "precision": event.precision,
                "stated": event.stated,
                "text": event.text,
                "reports": event.reports,
                "citations": [c.number for c in (event.citation, *event.also)],
            }
            for event in told.events
        ],
        "citations": [citation_json(c) for c in told.citations],
        "elapsed_ms": dict(told.timings),
    }
