"""Which articles there are, with their passages' texts, in SQLite.

A row is a passage's number here and in the BM25 index; those of one article follow each other, and
none is used twice. Readers see one state for as long as they read, and never wait for a writer.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from operator import attrgetter
from pathlib import Path
from typing import Self

from vectorstore.grouping import SCHEMA as _GROUPS
from vectorstore.grouping import Groups
from vectorstore.records import Article, Passage, moment_of
from vectorstore.state import Position, State, connect, state_of

_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS state (
    number INTEGER, token TEXT, change INTEGER, rows INTEGER, articles INTEGER, passages INTEGER);
CREATE TABLE IF NOT EXISTS articles (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE, title TEXT, source TEXT, url TEXT, author TEXT,
    published_at TEXT, passages INTEGER, characters INTEGER, digest TEXT, earlier TEXT,
    grouped TEXT, first INTEGER, time REAL);
CREATE TABLE IF NOT EXISTS passages (
    row INTEGER PRIMARY KEY, article INTEGER, start INTEGER, end INTEGER, text TEXT);
CREATE TABLE IF NOT EXISTS unfinished (
    ticket INTEGER, id TEXT, since REAL, PRIMARY KEY (ticket, id));
CREATE INDEX IF NOT EXISTS by_time ON articles (time, passages);
CREATE INDEX IF NOT EXISTS by_source ON articles (source, passages);
CREATE INDEX IF NOT EXISTS by_title ON articles (title COLLATE NOCASE);
CREATE INDEX IF NOT EXISTS by_length ON articles (passages);
CREATE INDEX IF NOT EXISTS by_change ON articles (number) WHERE earlier IS NOT NULL;
CREATE VIRTUAL TABLE IF NOT EXISTS names USING fts5 (
    title, source, author, id, prefix = '1 2 3', tokenize = 'unicode61 remove_diacritics 2');
INSERT INTO state SELECT 0, '', 0, 0, 0, 0 WHERE NOT EXISTS (SELECT * FROM state);
"""
_SCHEMA += _GROUPS
_FIELDS = ("id", "title", "source", "url", "author", "published_at")
_COLUMNS = attrgetter(*_FIELDS, "passages", "characters", "digest", "earlier", "group")
RECIPE = sha256(_SCHEMA.encode()).hexdigest()[:8]
"""Changes with the tables, so that older ones are not used."""


@dataclass(frozen=True, slots=True)
class ArticleSummary:
    """A stored article without its text; `digest` is its `article_digest`.

    `group` is what it and its copies have in common: the id of the earliest of them. None where
    there are no copies. `earlier` tells of `versions`, in JSON.
    """

    id: str
    title: str
    source: str | None
    url: str | None
    author: str | None
    published_at: str | None
    passages: int
    characters: int
    digest: str
    earlier: str | None = None
    group: str | None = None

    @classmethod
    def of(cls, article: Article, passages: int, version: str) -> Self:
        """The summary of an article that has so many passages, of a version."""
        fields = {name: getattr(article, name) for name in _FIELDS}
        digest = article_digest(article, version)
        return cls(**fields, passages=passages, characters=len(article.text), digest=digest)

    @property
    def versions(self) -> list[tuple[str, str]]:
        """The digests of earlier texts, oldest first, each with when it was replaced: ISO, UTC."""
        return [(digest, until) for digest, until in json.loads(self.earlier or "[]")]

    @property
    def changed_at(self) -> str | None:
        """When the text last changed, ISO 8601 in UTC; None where it never did."""
        return self.versions[-1][1] if self.earlier else None

    @property
    def version(self) -> str:
        """The version that the passages are of."""
        return version_of(self.digest)

    @property
    def timestamp(self) -> float | None:
        """Seconds since 1970 of `published_at`."""
        return None if self.published_at is None else moment_of(self.published_at)

    def article(self, text: str) -> Article:
        """The article, with its text."""
        return Article(
            self.id, self.title, text, self.source, self.url, self.author, self.published_at
        )


def article_digest(article: Article, version: str = "") -> str:
    """A SHA-256 of everything in the article, then the version of its passages.

    A version names a way of cutting articles and of what is embedded for a passage, and is whatever
    the one who puts them calls it. So the digest changes when the passages must be made anew.
    """
    values = [article.text, *(getattr(article, name) for name in _FIELDS)]
    parts = ("" if value is None else f"{len(value)}:{value}" for value in values)
    return sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest() + version


def version_of(digest: str) -> str:
    """The version in an article's digest."""
    return digest[sha256().digest_size * 2 :]


Entry = tuple[ArticleSummary, Sequence[Passage]]


class Catalog:
    """The writing side. A change of the tables is all or nothing."""

    def __init__(self, path: Path) -> None:
        """Open or create the file; raises `sqlite3.DatabaseError` when it cannot be read."""
        self._path = path
        self._db = connect(path)
        self._db.executescript(_SCHEMA)
        self._groups = Groups(self._db)
        self._idle: list[sqlite3.Connection] = []

    @property
    def state(self) -> State:
        """What is in the tables now, or in this change of them."""
        return state_of(self._db)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Within it the tables are changed; an error undoes all of it."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("UPDATE state SET change = change + 1")
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that goes on seeing the state it sees first."""
        try:
            db = self._idle.pop()
        except IndexError:
            db = connect(self._path)
        try:
            db.execute("BEGIN")
            yield db
        finally:
            with suppress(sqlite3.ProgrammingError):  # closed meanwhile
                db.execute("COMMIT")
                self._idle.append(db)

    def add(self, summary: ArticleSummary, passages: Sequence[Passage], place: int | None) -> int:
        """Add an article, at a place among the others or after them; returns its first row."""
        row = self.state.rows
        values = (place, *_COLUMNS(summary), row, summary.timestamp)
        marks = ", ".join("?" * len(values))
        number = self._db.execute(f"INSERT INTO articles VALUES ({marks})", values).lastrowid
        self._db.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?)",
            [(row + p.number, number, p.start, p.end, p.text) for p in passages],
        )
        names = (number, summary.title, summary.source, summary.author, summary.id)
        self._db.execute(
            "INSERT INTO names (rowid, title, source, author, id) VALUES (?, ?, ?, ?, ?)", names
        )
        self._groups.add(int(number or 0), "".join(passage.text for passage in passages))
        self._count(1, len(passages), rows=len(passages))
        return row

    def remove(self, article: str) -> bool:
        """Remove an article; False where there is none."""
        query = "SELECT number, first, passages FROM articles WHERE id = ?"
        found = self._db.execute(query, (article,)).fetchone()
        if found is None:
            return False
        number, first, passages = found
        last = first + passages - 1
        self._groups.remove(number)
        self._db.execute("DELETE FROM passages WHERE row BETWEEN ? AND ?", (first, last))
        self._db.execute("DELETE FROM articles WHERE number = ?", (number,))
        self._db.execute("DELETE FROM names WHERE rowid = ?", (number,))
        self._count(-1, -passages)
        return True

    def clear(self) -> None:
        """Remove everything."""
        for table in ("articles", "passages", "names", "unfinished", "bands", "joined"):
            self._db.execute(f"DELETE FROM {table}")
        self._db.execute("UPDATE state SET articles = 0, passages = 0, rows = 0")

    def reach(self, position: Position) -> None:
        """Record up to where in the log the tables go."""
        values = position.number, position.token
        self._db.execute("UPDATE state SET number = ?, token = ?", values)

    def begin(self, ticket: int, ids: Iterable[str], now: float) -> None:
        """Record that a change of articles has begun; ticket 0 stands for one nobody knows of."""
        rows = [(ticket, article, now) for article in ids]
        self._db.executemany("INSERT OR IGNORE INTO unfinished VALUES (?, ?, ?)", rows)

    def end(self, ticket: int, ids: Iterable[str]) -> None:
        """Record that it has ended."""
        rows = [(ticket, article) for article in ids]
        self._db.executemany("DELETE FROM unfinished WHERE ticket = ? AND id = ?", rows)

    def unfinished(self) -> list[tuple[int, str, float]]:
        """The changes under way: ticket, article, and when this machine first heard of it."""
        query = "SELECT * FROM unfinished ORDER BY ticket"
        return [(ticket, article, since) for ticket, article, since in self._db.execute(query)]

    def close(self) -> None:
        """Close the file."""
        for db in (self._db, *self._idle):
            db.close()

    def _count(self, articles: int, passages: int, rows: int = 0) -> None:
        self._db.execute(
            "UPDATE state SET articles = articles + ?, passages = passages + ?, rows = rows + ?",
            (articles, passages, rows),
        )
