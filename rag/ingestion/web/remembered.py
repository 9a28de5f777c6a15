"""What is remembered of every address that was asked for, so that it need not be read again."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Protocol, TypeVar

from rag.ingestion.chunking import VERSION
from rag.ingestion.web.fetched import NOTHING_KNOWN, Validators
from vectorstore.catalog import version_of
from vectorstore.store import ArticleStore

_KIND = "page"
_AT_A_TIME = 300


class HasAddress(Protocol):
    """Anything that has an address."""

    @property
    def url(self) -> str:
        """The address."""


Named = TypeVar("Named", bound=HasAddress)


@dataclass(frozen=True, slots=True)
class Visit:
    """The last visit to an address, and the article that was read there, if any was.

    `mark`, `title` and `published_at` are what its list said of it. `failure` says why there was no
    article this time, and `lasting` whether asking again at once would be in vain.
    """

    at: str
    article: str | None = None
    mark: str = ""
    title: str | None = None
    published_at: str | None = None
    etag: str | None = None
    modified: str | None = None
    failure: str | None = None
    lasting: bool = False

    @property
    def validators(self) -> Validators:
        """By which the site knows whether the page has changed."""
        return Validators(self.etag, self.modified)

    @property
    def age(self) -> timedelta:
        """How long ago it was."""
        return datetime.now(UTC) - datetime.fromisoformat(self.at)

    def is_due(self, mark: str, patience: timedelta) -> bool:
        """Whether another visit may bring news: its list says so, it failed, or it is long ago."""
        failed = self.failure is not None and not self.lasting
        return self.mark != mark or failed or self.age > patience


class Remembered:
    """The visits, in the store. A new one is written by `commit`, when its article is stored."""

    def __init__(self, store: ArticleStore) -> None:
        self._store = store
        self._new: dict[str, Visit] = {}

    def paired(self, named: Iterable[Named]) -> Iterator[tuple[Named, Visit | None]]:
        """Everything that has an address, each with the last visit to it."""
        rest = iter(named)
        while part := list(islice(rest, _AT_A_TIME)):
            visits = self._read([one.url for one in part])
            yield from ((one, visits.get(one.url)) for one in part)

    def validators(self, visit: Visit | None) -> Validators:
        """What may spare the site from sending its page: only while its article is stored."""
        if visit is None or visit.article is None:
            return NOTHING_KNOWN
        with self._store.snapshot() as snapshot:
            found = snapshot.summary(visit.article)
        current = found is not None and version_of(found.digest) == VERSION
        return visit.validators if current else NOTHING_KNOWN

    def note(self, url: str, visit: Visit) -> None:
        """Remember a visit from the next `commit` on."""
        self._new[url] = visit

    def commit(self) -> None:
        """Write down the visits; what they led to is stored."""
        if self._new:
            self._store.write_notes(_KIND, {url: asdict(v) for url, v in self._new.items()})
            self._new = {}

    def _read(self, urls: Sequence[str]) -> dict[str, Visit]:
        known = {field.name for field in fields(Visit)}
        return {
            url: Visit(**{name: value for name, value in note.items() if name in known})  # type: ignore[arg-type]
            for url, note in self._store.notes(_KIND, urls).items()
        }


def now() -> str:
    """This moment, in ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")
