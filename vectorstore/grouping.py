"""Groups of copies, in the tables of the catalog.

Two articles are joined where `ComparableText` finds them copies; what is joined, directly or by way
of others, is one group. It has the id of its earliest article, so that all who derive it from the
same articles have the same groups, in whatever order these came.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from vectorstore import copies
from vectorstore.copies import ComparableText

SCHEMA = """
CREATE TABLE IF NOT EXISTS bands (
    band INTEGER, article INTEGER, PRIMARY KEY (band, article)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS joined (
    article INTEGER, other INTEGER, PRIMARY KEY (article, other)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_group ON articles (grouped) WHERE grouped IS NOT NULL;
"""
_MOST_COMPARED = 20
"""So many articles are compared with a new one, those with the most bands in common."""


def recipe() -> str:
    """Changes with the way copies are found: groups made otherwise are not used."""
    from rensa import RMinHash

    sources = [Path(file).read_bytes() for file in (__file__, copies.__file__)]
    return sha256(b"".join([*sources, str(RMinHash.ALGORITHM_VERSION).encode()])).hexdigest()[:8]


class Groups:
    """Keeps the groups in step with the articles, which go by their numbers in the catalog."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def add(self, number: int, text: str) -> None:
        """Join an article, which is in the catalog already, to its copies."""
        compared = ComparableText(text)
        candidates = self._candidates(compared.bands)
        rows = [(band, number) for band in compared.bands]
        self._db.executemany("INSERT OR IGNORE INTO bands VALUES (?, ?)", rows)
        found = [one for one in candidates if compared.is_copy_of(ComparableText(self._text(one)))]
        if found:
            pairs = [pair for one in found for pair in ((one, number), (number, one))]
            self._db.executemany("INSERT INTO joined VALUES (?, ?)", pairs)
            self._unite([number, *found])

    def remove(self, number: int) -> None:
        """Take an article, which is in the catalog still, from its copies, and group these anew."""
        rows = [(band, number) for band in ComparableText(self._text(number)).bands]
        self._db.executemany("DELETE FROM bands WHERE band = ? AND article = ?", rows)
        query = "SELECT grouped FROM articles WHERE number = ?"
        name = self._db.execute(query, (number,)).fetchone()[0]
        if name is None:
            return
        pairs = [(one, other) for one, other in self._pairs(name) if number in {one, other}]
        self._db.executemany("DELETE FROM joined WHERE article = ? AND other = ?", pairs)
        rest = self._pairs(name)
        self._db.execute("UPDATE articles SET grouped = NULL WHERE grouped = ?", (name,))
        for part in _parts(rest):
            self._unite(part)

    def _candidates(self, bands: Sequence[int]) -> list[int]:
        marks = ", ".join("?" * len(bands))
        found = self._db.execute(
            f"SELECT article FROM bands WHERE band IN ({marks}) "
            "GROUP BY article ORDER BY count(*) DESC, article LIMIT ?",
            [*bands, _MOST_COMPARED],
        )
        return [article for (article,) in found]

    def _text(self, number: int) -> str:
        query = (
            "SELECT text FROM passages JOIN articles ON number = article "
            "WHERE number = ? AND row BETWEEN first AND first + articles.passages - 1 ORDER BY row"
        )
        return "".join(text for (text,) in self._db.execute(query, (number,)))

    def _pairs(self, name: str) -> list[tuple[int, int]]:
        """Which articles of a group are joined to which."""
        query = (
            "SELECT article, other FROM joined JOIN articles ON number = article WHERE grouped = ?"
        )
        return self._db.execute(query, (name,)).fetchall()

    def _unite(self, numbers: Sequence[int]) -> None:
        """Make one group of some articles and the groups that they are in."""
        query = "SELECT time IS NULL, time, id, grouped FROM articles WHERE number = ?"
        members = [self._db.execute(query, (number,)).fetchone() for number in numbers]
        names = dict.fromkeys(name for *_, name in members if name is not None)
        query = query.replace("number", "id")
        members += [self._db.execute(query, (name,)).fetchone() for name in names]
        _, _, name, _ = min(members)
        rows = [(name, number) for number in numbers]
        self._db.executemany("UPDATE articles SET grouped = ? WHERE number = ?", rows)
        others = [(name, other) for other in names if other != name]
        self._db.executemany("UPDATE articles SET grouped = ? WHERE grouped = ?", others)


def _parts(pairs: Iterable[tuple[int, int]]) -> Iterator[list[int]]:
    """What is joined, directly or by way of others."""
    joined: dict[int, set[int]] = {}
    for one, other in pairs:
        joined.setdefault(one, set()).add(other)
    while joined:
        part, reached = set[int](), [next(iter(joined))]
        while reached:
            part.add(one := reached.pop())
            reached += joined.pop(one, set()) - part
        yield sorted(part)
