"""Which articles and passages the derived index holds, and their words, in SQLite.

A row is a passage's number in the vector file and in the BM25 index; none is used twice.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Self

from vectorstore.columns import Extent
from vectorstore.records import Article, Passage

_SCHEMA = """
CREATE TABLE IF NOT EXISTS state (generation INTEGER, rows INTEGER);
CREATE TABLE IF NOT EXISTS articles (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE, title TEXT, source TEXT, url TEXT, author TEXT,
    published_at TEXT, passages INTEGER, characters INTEGER, digest TEXT);
CREATE TABLE IF NOT EXISTS passages (
    row INTEGER PRIMARY KEY, article INTEGER, number INTEGER, start INTEGER, end INTEGER,
    text TEXT);
CREATE INDEX IF NOT EXISTS passages_of_article ON passages (article, number);
INSERT INTO state SELECT 0, 0 WHERE NOT EXISTS (SELECT * FROM state);
"""
_SLICES = "SELECT row, number, start, end, text FROM passages WHERE row IN"
_FIELDS = ("id", "title", "source", "url", "author", "published_at")


@dataclass(frozen=True, slots=True)
class ArticleSummary:
    """A stored article without its text; `digest` is its `article_digest`."""

    id: str
    title: str
    source: str | None
    url: str | None
    author: str | None
    published_at: str | None
    passages: int
    characters: int
    digest: str

    @classmethod
    def of(cls, article: Article, passages: int, version: str) -> Self:
        """The summary of an article that has so many passages, of a version."""
        return cls(
            article.id,
            article.title,
            article.source,
            article.url,
            article.author,
            article.published_at,
            passages,
            len(article.text),
            article_digest(article, version),
        )

    @property
    def version(self) -> str:
        """The version that the passages are of."""
        return version_of(self.digest)

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
    """The tables, in one file; a change of them is all or nothing."""

    def __init__(self, path: Path) -> None:
        """Open or create the file; raises `sqlite3.DatabaseError` when it cannot be read."""
        self._db = sqlite3.connect(path, check_same_thread=False)
        self._db.execute("PRAGMA mmap_size = 2147418112")  # read by mapping, which is faster
        self._db.executescript(_SCHEMA)

    @property
    def generation(self) -> int:
        """The store's generation that these tables are of; 0 before the first."""
        return self._state()[0]

    @property
    def rows(self) -> int:
        """The first row never used."""
        return self._state()[1]

    def change(self, removed: Iterable[str], added: Sequence[Entry], generation: int) -> None:
        """Remove articles and add others, whose passages take the next rows in order."""
        rows = self.rows
        with self._db:
            for article in removed:
                self._remove(article)
            for summary, passages in added:
                self._add(summary, passages, rows)
                rows += len(passages)
            self._db.execute("UPDATE state SET generation = ?, rows = ?", (generation, rows))

    def digests(self) -> dict[str, str]:
        """The digest of every article, by id."""
        return dict(self._db.execute("SELECT id, digest FROM articles"))

    def summaries(self) -> list[ArticleSummary]:
        """Every article, in the order they were added."""
        found = self._db.execute("SELECT * FROM articles ORDER BY number")
        return [ArticleSummary(*values) for _, *values in found]

    def extents(self) -> list[Extent]:
        """The rows of every article."""
        found = self._db.execute(
            "SELECT id, source, published_at, min(row), max(row) + 1 FROM articles "
            "JOIN passages ON article = articles.number GROUP BY articles.number ORDER BY min(row)"
        )
        return [Extent(*values) for values in found]

    def get(self, article: str) -> tuple[ArticleSummary, str] | None:
        """An article and its text, put together from its passages."""
        query = "SELECT * FROM articles WHERE id = ?"
        found = self._db.execute(query, (article,)).fetchone()
        if found is None:
            return None
        query = "SELECT text FROM passages WHERE article = ? ORDER BY number"
        texts = self._db.execute(query, found[:1])
        return ArticleSummary(*found[1:]), "".join(text for (text,) in texts)

    def slices(self, rows: Sequence[int]) -> dict[int, tuple[int, int, int, str]]:
        """The number, start, end and text of the passage of each of `rows`."""
        found = self._db.execute(f"{_SLICES} ({', '.join('?' * len(rows))})", rows)
        return {row: (number, start, end, text) for row, number, start, end, text in found}

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _state(self) -> tuple[int, int]:
        generation, rows = self._db.execute("SELECT generation, rows FROM state").fetchone()
        return generation, rows

    def _remove(self, article: str) -> None:
        self._db.execute(
            "DELETE FROM passages WHERE article = (SELECT number FROM articles WHERE id = ?)",
            (article,),
        )
        self._db.execute("DELETE FROM articles WHERE id = ?", (article,))

    def _add(self, summary: ArticleSummary, passages: Sequence[Passage], row: int) -> None:
        insert = "INSERT INTO articles VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        number = self._db.execute(insert, astuple(summary)).lastrowid
        self._db.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?)",
            [(row + i, number, p.number, p.start, p.end, p.text) for i, p in enumerate(passages)],
        )
