"""JSON Lines of articles, a line at a time."""

import json
from collections.abc import Iterator, Mapping
from typing import IO

from rag.errors import SourceError
from rag.ingestion.loaders.decoding import MOST_BYTES, decode
from rag.ingestion.loaders.records import Numbered, RawArticle


def read_jsonlines(file: IO[bytes]) -> Numbered:
    """What each line that is not blank says, with its number, or why it says nothing."""
    for number, line in enumerate(_lines(file), start=1):
        if line.strip():
            yield number, _raw(line)


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """The lines of a file; of an overlong one only the beginning, still too long."""
    while line := file.readline(MOST_BYTES + 1):
        rest = line
        while len(rest) > MOST_BYTES and not rest.endswith(b"\n"):
            rest = file.readline(MOST_BYTES + 1)
        yield line


def _raw(line: bytes) -> RawArticle | SourceError:
    if len(line) > MOST_BYTES:
        return SourceError(f"a line longer than {MOST_BYTES / 1e6:.0f} MB")
    try:
        fields = json.loads(decode(line).rstrip())
    except SourceError as error:
        return error
    except json.JSONDecodeError as error:
        return SourceError(f"not valid JSON at column {error.colno}: {error.msg}")
    except RecursionError:
        return SourceError("not an article: JSON nested too deep")
    if not isinstance(fields, dict):
        return SourceError("not a JSON object; each line holds one article as {...}")
    return _of_fields(fields)


def _of_fields(fields: Mapping[str, object]) -> RawArticle | SourceError:
    text = fields.get("text")
    if not isinstance(text, str):
        return SourceError('no "text"; each line needs "id", "title" and "text"')
    if not fields.get("id") and fields.get("id") != 0 and not fields.get("url"):
        return SourceError('no "id"; each line needs "id", "title" and "text"')
    return RawArticle(
        text,
        id=fields.get("id"),
        title=fields.get("title"),
        source=fields.get("source"),
        url=fields.get("url"),
        author=fields.get("author"),
        published_at=fields.get("published_at"),
    )
