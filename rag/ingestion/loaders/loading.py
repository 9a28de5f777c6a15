"""Files into articles, with what went wrong on the way."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from rag.errors import SourceError
from rag.ingestion.loaders.canonical import canonical, one_line
from rag.ingestion.loaders.dates import iso_date
from rag.ingestion.loaders.decoding import text_of
from rag.ingestion.loaders.jsonlines import SUFFIX, JsonLines
from rag.ingestion.loaders.markdown import read_markdown
from rag.ingestion.loaders.naming import id_of_file, id_of_url, title_in
from rag.ingestion.loaders.records import Failure, Notice, RawArticle, Unchanged
from rag.ingestion.loaders.sources import files
from rag.ingestion.loaders.webpage import read_webpage
from vectorstore.records import Article

Loaded = Article | Failure | Notice | Unchanged
"""What comes of a source, one at a time."""


class Loader:
    """Every article in `sources`, which are files, folders and globs; in order, one at a time.

    In between come a `Failure` for each file or line that holds none, and a `Notice` for what an
    article lost on the way; one about an article comes before it. Nothing is raised for what is
    missing, empty or broken.

    An article's id is the one its file gives, else made from its URL, else from the place of the
    file, so that it stays when the text changes.
    """

    def __init__(self, sources: Iterable[str | Path]) -> None:
        self._found = list(files(sources))
        self._jsonlines = JsonLines.among(self._found)

    def __iter__(self) -> Iterator[Loaded]:
        for found in self._found:
            if isinstance(found, Failure):
                yield found
            else:
                yield from self._read(found)

    @property
    def total(self) -> int:
        """How many articles and failures there are: one a file, and about one a line.

        Lines are not counted before they are read, but judged by the length of those that were.
        """
        return len(self._found) - self._jsonlines.files + self._jsonlines.lines

    def _read(self, path: Path) -> Iterator[Loaded]:
        name = str(path)
        try:
            for number, raw in self._raw(path):
                place = name if number is None else f"{name}:{number}"
                if isinstance(raw, SourceError):
                    yield Failure(place, str(raw))
                else:
                    yield from finished(raw, place)
        except SourceError as error:
            yield Failure(name, str(error))
        except OSError as error:
            yield Failure(name, error.strerror or str(error))

    def _raw(self, path: Path) -> Iterator[tuple[int | None, RawArticle | SourceError]]:
        suffix = path.suffix.lower()
        if suffix == SUFFIX:
            yield from self._jsonlines.read(path)
        else:
            raw = _READERS.get(suffix, _read_text)(path)
            yield None, replace(raw, default_id=id_of_file(path), default_title=path.stem)


def _read_text(path: Path) -> RawArticle:
    return RawArticle(text_of(path))


_READERS: dict[str, Callable[[Path], RawArticle]] = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_webpage,
    ".htm": read_webpage,
}


def finished(raw: RawArticle, place: str) -> Iterator[Loaded]:
    """The article that a raw one makes, after the notices about it."""
    text, hidden = canonical(raw.text)
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
