"""What the tables of the catalog hold, and connections to them."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the log of changes: an entry's number, and its token, which no other one has."""

    number: int = 0
    token: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """What the tables hold: up to where in the log, after how many changes of them, how much.

    `rows` is the first row never used.
    """

    number: int
    token: str
    change: int
    rows: int
    articles: int
    passages: int

    @property
    def position(self) -> Position:
        """The last entry of the log whose change is in the tables."""
        return Position(self.number, self.token)


def connect(path: Path) -> sqlite3.Connection:
    """A connection on which transactions are begun by hand."""
    db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=60)
    db.execute("PRAGMA mmap_size = 2147418112")  # read by mapping, which is faster
    return db


def state_of(db: sqlite3.Connection) -> State:
    """The state that a connection sees."""
    return State(*db.execute("SELECT * FROM state").fetchone())
