"""Tables of articles, CSV: one a row, in the columns that their names tell."""

import csv
from collections.abc import Mapping, Sequence
from io import TextIOWrapper
from typing import IO

from rag.errors import SourceError
from rag.ingestion.loaders.decoding import MOST_BYTES, decode, encoding_of
from rag.ingestion.loaders.records import Numbered, RawArticle

_LOOKED_AT = 100_000
_DELIMITERS = ",;\t|"
_NAMES: Mapping[str, Sequence[str]] = {
    "text": ("text", "content", "body", "article", "fulltext", "full_text"),
    "id": ("id",),
    "title": ("title", "headline"),
    "source": ("source", "publisher", "publication"),
    "url": ("url", "link"),
    "author": ("author", "authors", "byline"),
    "published_at": ("published_at", "published", "date", "publish_date", "pubdate"),
}


def read_table(file: IO[bytes]) -> Numbered:
    """The articles in the rows of a CSV file, with the numbers of their lines, or why not.

    Its first row names the columns; one must be called `text` or the like. Raises `SourceError`
    if none is, or the file is no text.
    """
    beginning = file.read(_LOOKED_AT)
    file.seek(0)
    head = decode(beginning[: beginning.rfind(b"\n") + 1] or beginning)
    csv.field_size_limit(MOST_BYTES)  # the module's own is 131,072 characters, less than an article
    lines = TextIOWrapper(file, encoding_of(beginning), errors="replace", newline="")
    rows = csv.reader(lines, delimiter=_delimiter(head))
    try:
        columns = _columns(next(rows, []))
        for row in filter(any, rows):
            yield rows.line_num, _article(row, columns)
    except csv.Error as error:
        yield rows.line_num, SourceError(f"it is no CSV from here on: {error}")
    finally:
        lines.detach()


def _delimiter(head: str) -> str:
    """What parts the columns of the first line: the one that is most frequent in it."""
    first = head.lstrip("\ufeff").split("\n", 1)[0]
    return max(_DELIMITERS, key=first.count)


def _columns(header: Sequence[str]) -> Mapping[str, int]:
    """The number of each column that says something of an article."""
    names = [name.strip().lstrip("\ufeff").lower().replace(" ", "_") for name in header]
    found = {
        field: next(names.index(name) for name in known if name in names)
        for field, known in _NAMES.items()
        if not set(known).isdisjoint(names)
    }
    if "text" not in found:
        shown = ", ".join(name.strip() for name in header[:12]) or "none"
        raise SourceError(
            f'no column is called "text"; its columns are: {shown}. Rename the one with the text'
        )
    return found


def _article(row: Sequence[str], columns: Mapping[str, int]) -> RawArticle:
    values = {name: row[at] for name, at in columns.items() if at < len(row) and row[at]}
    return RawArticle(
        values.get("text", ""),
        id=values.get("id"),
        title=values.get("title"),
        source=values.get("source"),
        url=values.get("url"),
        author=values.get("author"),
        published_at=values.get("published_at"),
    )
