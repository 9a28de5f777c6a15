"""Files into articles, with what went wrong on the way."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from rag.errors import SourceError
from rag.ingestion.loaders.cleaning import clean, one_line
from rag.ingestion.loaders.dates import iso_date
from rag.ingestion.loaders.decoding import text_of
from rag.ingestion.loaders.jsonlines import read_jsonlines
from rag.ingestion.loaders.markdown import read_markdown
from rag.ingestion.loaders.naming import id_of_file, id_of_url, title_in
from rag.ingestion.loaders.outcome import Draft, Failure, Notice
from rag.ingestion.loaders.sources import files
from rag.ingestion.loaders.webpage import read_webpage
from vectorstore.records import Article

Outcome = Article | Failure | Notice


def read(sources: Iterable[str | Path]) -> Iterator[Outcome]:
    """Every article in `sources`, which are files, folders and globs; in order, one at a time.

    In between come a `Failure` for each file or line that holds none, and a `Notice` for what an
    article lost on the way; one about an article comes before it. Nothing is raised for what is
    missing, empty or broken.

    An article's id is the one its file gives, else made from its URL, else from the place of the
    file, so that it stays when the text changes.
    """
    for found in files(sources):
        if isinstance(found, Failure):
            yield found
        else:
            yield from _read_file(found)


def _read_file(path: Path) -> Iterator[Outcome]:
    name = str(path)
    try:
        for number, draft in _drafts(path):
            place = name if number is None else f"{name}:{number}"
            if isinstance(draft, SourceError):
                yield Failure(place, str(draft))
            else:
                yield from _finished(draft, place)
    except SourceError as error:
        yield Failure(name, str(error))
    except OSError as error:
        yield Failure(name, error.strerror or str(error))


def _drafts(path: Path) -> Iterator[tuple[int | None, Draft | SourceError]]:
    suffix = path.suffix.lower()
    if suffix == ".jsonl":
        yield from read_jsonlines(path)
    else:
        draft = _READERS.get(suffix, _read_text)(path)
        yield None, replace(draft, default_id=id_of_file(path), default_title=path.stem)


def _read_text(path: Path) -> Draft:
    return Draft(text_of(path))


_READERS: dict[str, Callable[[Path], Draft]] = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_webpage,
    ".htm": read_webpage,
}


def _finished(draft: Draft, place: str) -> Iterator[Outcome]:
    """The article that a draft makes, after the notices about it."""
    text, hidden = clean(draft.text)
    if not text:
        yield Failure(place, "it is empty")
        return
    url = one_line(draft.url)
    date = one_line(draft.published_at)
    published_at = iso_date(date) if date else None
    yield from (Notice(place, remark) for remark in draft.remarks)
    if hidden:
        yield Notice(place, f"removed hidden text: invisible characters ({hidden})")
    if date and not published_at:
        yield Notice(place, f"{date!r} is not a date; the article counts as undated")
    yield Article(
        id=one_line(draft.id) or (id_of_url(url) if url else draft.default_id) or "",
        title=one_line(draft.title) or title_in(text, draft.default_title),
        text=text,
        source=one_line(draft.source),
        url=url,
        author=one_line(draft.author),
        published_at=published_at,
    )
