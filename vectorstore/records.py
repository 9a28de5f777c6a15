"""What is stored and what is found: articles, their passages, and hits."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Literal

from vectorstore.errors import InputError

if TYPE_CHECKING:
    from vectorstore.catalog import ArticleSummary

Order = Literal["added", "newest", "oldest", "title", "longest"]
"""In which order articles are listed."""
LONGEST_ID = 1000
"""The most bytes of UTF-8 that an article's id may have."""
LONGEST_TEXT = 100_000_000
"""The most characters that an article's text may have."""
PAGE_BREAK = "\f"
"""Stands in an article's text where a page of its document begins, but for the first."""


@dataclass(frozen=True, slots=True)
class Article:
    """One article. `text` is canonical; every offset in Footnote is an index into it.

    A form feed (U+000C) in the text begins a page of the document that it was read from; without
    any, its pages are not known.

    `published_at` is an ISO 8601 date or time, or None when it is not known. Raises `InputError`
    for a field that could not be stored.
    """

    id: str
    title: str
    text: str
    source: str | None = None
    url: str | None = None
    author: str | None = None
    published_at: str | None = None

    def __post_init__(self) -> None:
        for name in ("id", "title", "text", "source", "url", "author", "published_at"):
            _check_text(self, name, optional=name not in {"id", "title", "text"})
        if not 0 < len(self.id.encode()) <= LONGEST_ID:
            raise InputError(
                f"An article's id has {len(self.id.encode())} bytes; give 1 to {LONGEST_ID}."
            )
        if len(self.text) > LONGEST_TEXT:
            raise InputError(
                f"The text of article {self.id!r} has {len(self.text)} characters; at most "
                f"{LONGEST_TEXT} can be stored. Split it."
            )
        if self.published_at is not None and moment_of(self.published_at) is None:
            raise InputError(
                f"published_at of article {self.id!r} is {self.published_at!r}; write an ISO date "
                "such as 2025-08-14, or None."
            )

    @property
    def timestamp(self) -> float | None:
        """Seconds since 1970 of `published_at`; a bare date counts from its start, UTC."""
        return None if self.published_at is None else moment_of(self.published_at)

    @property
    def day(self) -> date | None:
        """The calendar day of `published_at`, as written."""
        return datetime.fromisoformat(self.published_at).date() if self.published_at else None

    def page_at(self, offset: int) -> int | None:
        """The page, from 1, on which `text[offset]` stands; None where pages are not known."""
        return self.text.count(PAGE_BREAK, 0, offset) + 1 if PAGE_BREAK in self.text else None


def day_of(published_at: str | None) -> str | None:
    """The calendar day of an ISO 8601 date or time, as written."""
    return published_at[:10] if published_at else None


def moment_of(published_at: str) -> float | None:
    """Seconds since 1970 of an ISO 8601 date or time, UTC where it names no zone; None for others.

    None too for a moment that has no such number, the first day of the year 1 in an eastern zone.
    """
    try:
        moment = datetime.fromisoformat(published_at)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def _check_text(article: Article, name: str, *, optional: bool) -> None:
    """Raise `InputError` unless a field is a text that UTF-8 can write, or None where it may be."""
    value = getattr(article, name)
    if value is None and optional:
        return
    if not isinstance(value, str):
        raise InputError(f"{name} of article {article.id!r} is {value!r}; it must be a text.")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise InputError(
            f"{name} of article {article.id!r} has half of a surrogate pair at character "
            f"{error.start}. Decode it anew, or replace that character."
        ) from None


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
    passage, in [-1, 1], which can be compared from one search to another. `also` are the copies of
    the article that it stands for, earliest first.
    """

    passage: Passage
    article: Article
    score: float
    similarity: float = 0.0
    also: "tuple[ArticleSummary, ...]" = ()


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
    `timestamp` is the article's, in seconds since 1970; `group` is that of its copies, if any.
    """

    passage: Passage
    dense: float
    lexical: float
    timestamp: float | None
    group: str | None = None
