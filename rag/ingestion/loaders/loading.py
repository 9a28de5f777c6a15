"""Files into articles, with what went wrong on the way."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from rag.errors import SourceError
from rag.ingestion.loaders.canonical import canonical, one_line
from rag.ingestion.loaders.confined import ConfinedReader
from rag.ingestion.loaders.containers import Containers
from rag.ingestion.loaders.dates import iso_date
from rag.ingestion.loaders.kinds import CONTAINERS, HARMLESS, parts, suffix_of
from rag.ingestion.loaders.naming import id_of_file, id_of_url, title_in
from rag.ingestion.loaders.records import Failure, Notice, Part, RawArticle, Unchanged
from rag.ingestion.loaders.sources import files
from vectorstore.records import Article

Loaded = Article | Failure | Notice | Unchanged
"""What comes of a source, one at a time."""


class Loader:
    """Every article in `sources`, which are files, folders and globs; in order, one at a time.

    In between come a `Failure` for each file, or part of one, that holds none, and a `Notice` for
    what an article lost on the way; one about an article comes before it. Nothing is raised for
    what is missing, empty or broken.

    An article's id is the one its file gives, else made from its URL, else from the place of the
    file, so that it stays when the text changes.
    """

    def __init__(self, sources: Iterable[str | Path]) -> None:
        self._found = list(files(sources))
        self._containers = Containers.among(self._found)
        self._confined = ConfinedReader()

    def __iter__(self) -> Iterator[Loaded]:
        try:
            for found in self._found:
                if isinstance(found, Failure):
                    yield found
                else:
                    yield from self._read(found)
        finally:
            self._confined.close()

    @property
    def total(self) -> int:
        """How many articles and failures there are: one a file, but about as many as it holds.

        Those are not counted before they are read, but judged by the length of those that were.
        """
        return len(self._found) - self._containers.files + self._containers.articles

    def _read(self, path: Path) -> Iterator[Loaded]:
        name = str(path)
        try:
            for raw, number, _ in self._parts(path):
                place = name if number is None else f"{name}:{number}"
                if isinstance(raw, SourceError):
                    yield Failure(place, str(raw))
                else:
                    yield from finished(raw, place)
        except SourceError as error:
            yield Failure(name, str(error))
        except OSError as error:
            yield Failure(name, error.strerror or str(error))

    def _parts(self, path: Path) -> Iterator[Part]:
        """What a file holds, with ids and titles for want of better ones."""
        suffix, name = suffix_of(path), id_of_file(path)
        found = parts(path) if suffix in HARMLESS else self._confined.parts(path)
        if suffix in CONTAINERS:
            yield from (_named(part, name) for part in self._containers.counted(found))
        else:
            yield from (_named(part, name, path.stem) for part in found)


def _named(part: Part, name: str, title: str | None = None) -> Part:
    if isinstance(part.raw, SourceError):
        return part
    numbered = name if part.number is None else f"{name}-{part.number}"
    return part._replace(raw=replace(part.raw, default_id=numbered, default_title=title))


def finished(raw: RawArticle, place: str) -> Iterator[Loaded]:
    """The article that a raw one makes, after the notices about it."""
    text, hidden = canonical(raw.text, paged=raw.paged)
    if not text:
        yield Failure(place, "it is empty")
        return
    url = one_line(raw.url)
    date = one_line(raw.published_at)
    published_at = iso_date(date) if date else None
    yield from (Notice(place, remark) for remark in raw.remarks)
    if hidden:
        yield Notice(place, f"removed hidden text: invisible characters ({hidden})")
    if date and not published_at:
        yield Notice(place, f"{date!r} is not a date; the article counts as undated")
    yield Article(
        id=one_line(raw.id) or (id_of_url(url) if url else raw.default_id) or "",
        title=one_line(raw.title) or title_in(text, raw.default_title),
        text=text,
        source=one_line(raw.source),
        url=url,
        author=one_line(raw.author),
        published_at=published_at,
    )
