"""What a collection is about since a day: its events, each in one sentence, quoted and cited.

An event is a group of articles about one thing. They are grouped by the vectors of their first
passages, each centre being the article with most others near it (Butina 1999, "Unsupervised data
base clustering based on Daylight's fingerprint and Tanimoto similarity").
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.answering.fact_check import CheckedSentence, FactChecker
from rag.answers import Citation
from rag.documents import article_json, citation_json
from rag.models.encoder import Embedder
from rag.models.onnx_session import FloatArray
from rag.retrieval.query import Query
from rag.retrieval.retriever import Retriever
from rag.text.sentences import is_finished, sentence_spans
from rag.text.words import words
from vectorstore.catalog import ArticleSummary
from vectorstore.records import Article, day_of

MOST = 2000
"""How many articles are gone through: of more, the newest."""
ON_TOPIC = 100
"""How many passages are taken to be about a topic."""
NEAR, DAYS = 0.62, 7
"""The cosine to the centre, and how many days from it, that an article of its event may have."""
EVENTS = 12
"""How many events a briefing has: those of most reports, the newest first of these."""
CHECKED = 3
"""Of how many events the other articles are searched for what says otherwise."""
FIRST, WORDS = 5, 6
"""Of how many of the centre's first sentences one stands for an event; the fewest words of each."""
OPENING = 3000
"""Among how many of its characters these are looked for."""

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class BriefEvent:
    """What several articles are about: a sentence of the one in the middle, and all of them.

    `differing` is a sentence of another of them that says otherwise.
    """

    citation: Citation
    articles: tuple[ArticleSummary, ...]
    differing: Citation | None = None

    @property
    def text(self) -> str:
        """The sentence on one line."""
        return " ".join(self.citation.quote.split())

    @property
    def reports(self) -> int:
        """How many articles there are, each with its copies counted once."""
        return _reports(self.articles)

    @property
    def sources(self) -> tuple[str, ...]:
        """Who reports it, each once."""
        return tuple(dict.fromkeys(a.source for a in self.articles if a.source))


@dataclass(frozen=True, slots=True)
class Brief:
    """The events of a time or a topic, those of most reports first.

    `articles` is how many were gone through, from `since` to `until`, their first and last days.
    """

    topic: str | None
    since: str | None
    until: str | None
    articles: int
    events: tuple[BriefEvent, ...]
    timings: Mapping[str, float] = field(default_factory=dict)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every citation, by number."""
        pairs = ((event.citation, event.differing) for event in self.events)
        return tuple(citation for pair in pairs for citation in pair if citation)


@dataclass(frozen=True, slots=True)
class _Group:
    """Articles about one thing, the centre first, and the mean of their first passages' vectors."""

    articles: list[ArticleSummary]
    middle: FloatArray


def brief(retriever: Retriever, checker: FactChecker, query: Query) -> Brief:
    """The events of the articles inside a query's day and filters, and about it if it asks."""
    articles = _about(retriever, query) if query.question else _newest(retriever, query)
    days = sorted(filter(None, (day_of(article.published_at) for article in articles)))
    return Brief(
        query.question or None,
        days[0] if days else None,
        days[-1] if days else None,
        len(articles),
        tuple(_told(retriever, checker, query, _events(retriever, articles)[:EVENTS])),
    )


def _newest(retriever: Retriever, query: Query) -> list[ArticleSummary]:
    with retriever.store.snapshot() as stored:
        found = stored.articles(0, MOST, "newest", filters=query.filters)
    dated = query.filters.since is not None
    return [article for article in found if article.published_at or not dated]


def _about(retriever: Retriever, query: Query) -> list[ArticleSummary]:
    hits = retriever.retrieve(query, ON_TOPIC)
    with retriever.store.snapshot() as stored:
        found = (stored.summary(name) for name in dict.fromkeys(h.article.id for h in hits))
        return [summary for summary in found if summary]


def _events(retriever: Retriever, articles: Sequence[ArticleSummary]) -> list[_Group]:
    """The articles in groups, those of most reports first."""
    with retriever.store.snapshot() as stored:
        leads = stored.leads([article.id for article in articles])
    known = [article for article in articles if article.id in leads]
    if not known:
        return []
    vectors = np.stack([leads[article.id] for article in known])
    days = np.array([(a.timestamp if a.timestamp is not None else np.nan) / 86400 for a in known])
    near = (vectors @ vectors.T >= NEAR) & ~(np.abs(days[:, None] - days) > DAYS)
    groups = (
        _Group([known[n] for n in places], vectors[places].mean(0)) for places in _grouped(near)
    )
    return sorted(groups, key=lambda group: -_reports(group.articles))


def _reports(articles: Iterable[ArticleSummary]) -> int:
    return len({article.group or article.id for article in articles})


def _grouped(near: BoolArray) -> Iterator[list[int]]:
    """The places of each group, its centre first, given which are near which."""
    free = np.ones(len(near), bool)
    for centre in np.argsort(-near.sum(1), kind="stable").tolist():
        if free[centre]:
            others = np.flatnonzero(near[centre] & free).tolist()
            free[others] = False
            yield [centre, *(n for n in others if n != centre)]


def _told(
    retriever: Retriever, checker: FactChecker, query: Query, groups: Sequence[_Group]
) -> Iterator[BriefEvent]:
    centres = retriever.store.get_many([group.articles[0].id for group in groups])
    number = 1
    for place, group in enumerate(groups):
        cited = _sentence(retriever.embedder, number, centres[group.articles[0].id], group.middle)
        if cited is None:
            continue
        event = BriefEvent(cited, tuple(group.articles))
        if place < CHECKED and len(group.articles) > 1:
            event = replace(event, differing=_otherwise(checker, query, event))
        number += 1 + (event.differing is not None)
        yield event


def _sentence(
    embedder: Embedder, number: int, article: Article, middle: FloatArray
) -> Citation | None:
    """Of the article's first few sentences the one nearest to what the group is about."""
    text = article.text[:OPENING]
    spans = [(a, b) for a, b in sentence_spans(text) if _tells(text[a:b]) and b < OPENING][:FIRST]
    if not spans:
        return None
    vectors = embedder.embed([text[a:b] for a, b in spans])
    start, end = spans[int(np.argmax(vectors @ middle))]
    return Citation.of(number, article, start, end)


def _tells(sentence: str) -> bool:
    """Whether a sentence is whole, and says something."""
    return is_finished(sentence) and len(words(sentence)) >= WORDS


def _otherwise(checker: FactChecker, query: Query, event: BriefEvent) -> Citation | None:
    """A sentence of the event's other articles that contradicts the one that stands for it."""
    others = frozenset(article.id for article in event.articles[1:])
    within = replace(query, filters=replace(query.filters, articles=others))
    checked: Sequence[CheckedSentence] = list(checker.check(event.text, within))
    against = next((c for c in checked if c.verdict == "contradicted"), None)
    if against is None:
        return None
    return replace(against.citations[0], number=event.citation.number + 1)


def brief_json(told: Brief) -> dict[str, Any]:
    """The document that `footnote brief --json` prints."""
    return {
        "topic": told.topic,
        "since": told.since,
        "until": told.until,
        "articles": told.articles,
        "events": [
            {
                "text": event.text,
                "citation": event.citation.number,
                "reports": event.reports,
                "sources": list(event.sources),
                "articles": [article_json(article) for article in event.articles],
                "differing": event.differing.number if event.differing else None,
            }
            for event in told.events
        ],
        "citations": [citation_json(c) for c in told.citations],
        "elapsed_ms": dict(told.timings),
    }
