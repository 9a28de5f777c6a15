"""Reading the catalog: one state of it, in which filters, pages and texts agree."""

import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from vectorstore.catalog import ArticleSummary, article_digest
from vectorstore.errors import InputError, StoreError
from vectorstore.records import Article, Filters, Order, Passage
from vectorstore.state import State, state_of

_ORDERS: dict[Order, str] = {
    "added": "number",
    "newest": "time DESC",
    "oldest": "time IS NULL, time",
    "title": "title COLLATE NOCASE",
    "longest": "passages DESC",
}
_SUMMARY = (
    "id, title, source, url, author, published_at, passages, characters, digest, earlier, grouped"
)
_MATCH = "number IN (SELECT rowid FROM names WHERE names MATCH ?)"
_MANY = 500


@dataclass(frozen=True, slots=True)
class Overview:
    """What there is in figures: articles and passages, and articles of each source and each day.

    `sources` come with the largest first, `days` are ISO dates in UTC, the first one first.
    Articles that name no source, or no date, are in neither.
    """

    articles: int = 0
    passages: int = 0
    sources: Mapping[str, int] = field(default_factory=dict)
    days: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listing:
    """The catalog as one connection sees it."""

    _db: sqlite3.Connection

    @property
    def state(self) -> State:
        """How much there is, and up to which change."""
        return state_of(self._db)

    def count(self, query: str) -> int:
        """How many articles there are that `query` finds; see `page`."""
        if not query.strip():
            return self.state.articles
        found = self._db.execute(
            "SELECT count(*) FROM names WHERE names MATCH ?", (_matching(query),)
        )
        return int(found.fetchone()[0])

    def page(
        self, offset: int, limit: int | None, order: Order, query: str, filters: Filters
    ) -> list[ArticleSummary]:
        """Articles inside `filters` that have all words of `query`, or their beginnings, in title,
        source, author or id. Raises `InputError` for an unknown order.
        """
        if order not in _ORDERS:
            raise InputError(f"There is no order {order!r}. Known: {', '.join(_ORDERS)}.")
        where, values = _inside(filters)
        if query.strip():
            where, values = f"{where} AND {_MATCH}", [*values, _matching(query)]
        found = self._db.execute(
            f"SELECT {_SUMMARY} FROM articles WHERE {where} ORDER BY {_ORDERS[order]} "
            "LIMIT ? OFFSET ?",
            [*values, -1 if limit is None else limit, offset],
        )
        return [ArticleSummary(*row) for row in found]

    def overview(self) -> Overview:
        """What there is in figures, read from the indexes of the articles alone."""
        sources = self._db.execute(
            "SELECT source, count(*) FROM articles WHERE source IS NOT NULL "
            "GROUP BY source ORDER BY count(*) DESC, source"
        )
        days = self._db.execute(
            "SELECT date(time, 'unixepoch'), count(*) FROM articles WHERE time IS NOT NULL "
            "GROUP BY 1 ORDER BY 1"
        )
        return Overview(self.state.articles, self.state.passages, dict(sources), dict(days))

    def summary(self, article: str) -> ArticleSummary | None:
        """One article without its text."""
        query = f"SELECT {_SUMMARY} FROM articles WHERE id = ?"
        found = self._db.execute(query, (article,)).fetchone()
        return found and ArticleSummary(*found)

    def article(self, article: str) -> Article | None:
        """One article, put together from its passages; raises `StoreError` for a damaged one."""
        query = "SELECT first, passages FROM articles WHERE id = ?"
        found, summary = self._db.execute(query, (article,)).fetchone(), self.summary(article)
        if summary is None:
            return None
        first, passages = found
        query = "SELECT text FROM passages WHERE row BETWEEN ? AND ? ORDER BY row"
        texts = self._db.execute(query, (first, first + passages - 1))
        return _verified(summary, "".join(text for (text,) in texts))

    def rows(self, ids: Sequence[str], filters: Filters) -> dict[int, str]:
        """The passage ids that are inside `filters`, by row; unknown ones are left out."""
        places = [(article, int(number)) for article, _, number in (i.rpartition("#") for i in ids)]
        names = list(dict.fromkeys(article for article, _ in places))
        known: dict[str, tuple[int, int]] = {}
        where, values = _inside(filters)
        for part in (names[start : start + _MANY] for start in range(0, len(names), _MANY)):
            marks = ", ".join("?" * len(part))
            query = f"SELECT id, first, passages FROM articles WHERE id IN ({marks}) AND {where}"
            for article, first, passages in self._db.execute(query, [*part, *values]):
                known[article] = first, passages
        return {
            known[article][0] + number: passage
            for passage, (article, number) in zip(ids, places, strict=True)
            if article in known and number < known[article][1]
        }

    def inside(self, filters: Filters) -> int:
        """How many passages are inside `filters`."""
        where, values = _inside(filters)
        query = f"SELECT coalesce(sum(passages), 0) FROM articles WHERE {where}"
        return int(self._db.execute(query, values).fetchone()[0])

    def ids_inside(self, filters: Filters) -> list[str]:
        """The ids of all passages inside `filters`."""
        where, values = _inside(filters)
        found = self._db.execute(f"SELECT id, passages FROM articles WHERE {where}", values)
        return [f"{article}#{number}" for article, count in found for number in range(count)]

    def changed(self) -> list[ArticleSummary]:
        """The articles whose texts have changed, the latest first."""
        query = f"SELECT {_SUMMARY} FROM articles WHERE earlier IS NOT NULL ORDER BY number"
        found = [ArticleSummary(*row) for row in self._db.execute(query)]
        return sorted(found, key=lambda one: one.changed_at or "", reverse=True)

    def groups(self, names: Sequence[str], filters: Filters) -> list[ArticleSummary]:
        """The articles inside `filters` that are of some groups of copies, earliest first."""
        where, values = _inside(filters)
        marks = ", ".join("?" * len(names))
        found = self._db.execute(
            f"SELECT {_SUMMARY} FROM articles WHERE grouped IN ({marks}) AND {where} "
            "ORDER BY time IS NULL, time, id",
            [*names, *values],
        )
        return [ArticleSummary(*row) for row in found]

    def passages(self, rows: Sequence[int]) -> dict[int, tuple[Passage, float | None, str | None]]:
        """The passage in each of `rows`, and its article's time and group."""
        found: dict[int, tuple[Passage, float | None, str | None]] = {}
        for part in (rows[start : start + _MANY] for start in range(0, len(rows), _MANY)):
            for row, article, first, start, end, text, *told in self._db.execute(
                "SELECT row, id, first, start, end, text, time, grouped FROM passages "
                "JOIN articles ON number = article "
                f"WHERE row IN ({', '.join('?' * len(part))})",
                part,
            ):
                found[row] = Passage(article, row - first, start, end, text), *told
        return found


def _matching(query: str) -> str:
    """FTS5's way of asking for all words of a text, of which each may be a beginning."""
    words = re.findall(r"\w+", query)
    return " ".join(f'"{word}"*' for word in words) or '""'


def _inside(filters: Filters) -> tuple[str, list[str | float]]:
    """A condition that keeps to `filters`, and its values; undated articles keep to all times."""
    clauses, values = ["TRUE"], list[str | float]()
    for bound, sign in ((filters.since, ">="), (filters.until, "<=")):
        if bound is not None:
            clauses.append(f"(time IS NULL OR time {sign} ?)")
            values.append(bound)
    for column, wanted in (("source", filters.sources), ("id", filters.articles)):
        if wanted is not None:
            clauses.append(f"{column} IN ({', '.join('?' * len(wanted))})")
            values += sorted(wanted)
    return " AND ".join(clauses), values


def _verified(summary: ArticleSummary, text: str) -> Article:
    article = summary.article(text)
    if article_digest(article, summary.version) != summary.digest:
        raise StoreError(
            f"The text of article '{summary.id}' is damaged. Add it again, "
            "or delete the folder 'index' in the store, which is then made again."
        )
    return article
