"""What is stored and what is found: articles, their passages, and hits."""

from dataclasses import dataclass
from datetime import UTC, date, datetime


@dataclass(frozen=True, slots=True)
class Article:
    """One article. `text` is canonical; every offset in Footnote is an index into it.

    `published_at` is an ISO 8601 date or time, or None when it is not known.
    """

    id: str
    title: str
    text: str
    source: str | None = None
    url: str | None = None
    author: str | None = None
    published_at: str | None = None

    @property
    def timestamp(self) -> float | None:
        """Seconds since 1970 of `published_at`; a bare date counts from its start, UTC."""
        if self.published_at is None:
            return None
        moment = datetime.fromisoformat(self.published_at)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()

    @property
    def day(self) -> date | None:
        """The calendar day of `published_at`, as written."""
        return datetime.fromisoformat(self.published_at).date() if self.published_at else None


def day_of(published_at: str | None) -> str | None:
    """The calendar day of an ISO 8601 date or time, as written."""
    return published_at[:10] if published_at else None


@dataclass(frozen=True, slots=True)
class Passage:
    """The slice `[start, end)` of an article's text; the passages of an article tile it."""

    article_id: str
    number: int
    start: int
    end: int
    text: str

    @property
    def id(self) -> str:
        """Unique in a store: the article's id and the passage's number in it."""
        return f"{self.article_id}#{self.number}"


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question.

    `score` orders the hits of one search, best first; `similarity` is the cosine of question and
    passage, in [-1, 1], which can be compared from one search to another.
    """

    passage: Passage
    article: Article
    score: float
    similarity: float = 0.0


@dataclass(frozen=True, slots=True)
class Filters:
    """Which passages a search may return. `None` sets no bound; a bound on time keeps undated ones.

    `since` and `until` are inclusive seconds since 1970.
    """

    since: float | None = None
    until: float | None = None
    sources: frozenset[str] | None = None
    articles: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that a search considered, with what each index thinks of it.

    `dense` is a cosine in [-1, 1]; `lexical` a BM25 score, 0 where no word matches.
    `timestamp` is the article's, in seconds since 1970.
    """

    passage: Passage
    dense: float
    lexical: float
    timestamp: float | None
