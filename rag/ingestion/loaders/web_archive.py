"""Web archives, WARC: the articles in the pages that a crawler or browser kept."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import IO, TYPE_CHECKING

from rag.errors import SourceError
from rag.ingestion.loaders.decoding import MOST_BYTES
from rag.ingestion.loaders.records import Numbered, RawArticle
from rag.ingestion.loaders.webpage import article_in, parsed

if TYPE_CHECKING:
    from warcio.recordloader import ArcWarcRecord

_CHARSET = re.compile(r"charset=[\"']?([\w-]+)", re.IGNORECASE)
_PAGES = ("text/html", "application/xhtml+xml")


def read_web_archive(file: IO[bytes]) -> Numbered:
    """The pages in a web archive that were answered with success, numbered as its records are.

    An article has its page's address, and where the page tells no date, the day it was kept.
    """
    for number, record in enumerate(_records(file), start=1):
        if isinstance(record, SourceError):
            yield number, record
        elif _is_page(record):
            yield number, _article(record)


def _records(file: IO[bytes]) -> "Iterator[ArcWarcRecord | SourceError]":
    """The records of an archive; where it breaks off or is damaged, why."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    try:
        yield from ArchiveIterator(file)
    except (ArchiveLoadFailed, EOFError, OSError, ValueError) as error:
        yield SourceError(f"the archive is damaged from here on: {error or 'it breaks off'}")


def _is_page(record: "ArcWarcRecord") -> bool:
    if record.rec_type != "response" or record.http_headers is None:
        return False
    kind: str = record.http_headers.get_header("Content-Type", "").lower()
    return bool(record.http_headers.get_statuscode() == "200") and kind.startswith(_PAGES)


def _article(record: "ArcWarcRecord") -> RawArticle | SourceError:
    url = record.rec_headers.get_header("WARC-Target-URI")
    charset = _CHARSET.search(record.http_headers.get_header("Content-Type", ""))
    data = record.content_stream().read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        return SourceError(f"{url} is larger than {MOST_BYTES // 1_000_000} MB")
    if record.raw_stream.limit > 0:
        return SourceError(f"{url}: the archive breaks off in it")
    try:
        page = article_in(parsed(data, charset[1] if charset else None), url)
    except SourceError as error:
        return SourceError(f"{url}: {error}")
    day = record.rec_headers.get_header("WARC-Date", "")[:10]
    return replace(page, url=url, published_at=page.published_at or day or None)
