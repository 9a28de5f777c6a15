"""The kinds of file that can be read, by the ending of their names, and what reads each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from rag.ingestion.loaders.decoding import text_of
from rag.ingestion.loaders.epub import read_epub
from rag.ingestion.loaders.jsonlines import read_jsonlines
from rag.ingestion.loaders.mail import read_mail, read_mailbox
from rag.ingestion.loaders.markdown import read_markdown
from rag.ingestion.loaders.opendocument import read_odt
from rag.ingestion.loaders.pdf import read_pdf
from rag.ingestion.loaders.records import Numbered, Part, RawArticle
from rag.ingestion.loaders.rich_text import read_rtf
from rag.ingestion.loaders.table import read_table
from rag.ingestion.loaders.web_archive import read_web_archive
from rag.ingestion.loaders.webpage import read_webpage
from rag.ingestion.loaders.word import read_docx


def _read_text(path: Path) -> RawArticle:
    return RawArticle(text_of(path))


READERS: Mapping[str, Callable[[Path], RawArticle | Sequence[RawArticle]]] = {
    ".txt": _read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_webpage,
    ".htm": read_webpage,
    ".pdf": read_pdf,
    ".docx": read_docx,
    ".odt": read_odt,
    ".epub": read_epub,
    ".rtf": read_rtf,
    ".eml": read_mail,
}
"""Files of one article, or of a few."""

CONTAINERS: Mapping[str, Callable[[IO[bytes]], Numbered]] = {
    ".jsonl": read_jsonlines,
    ".csv": read_table,
    ".tsv": read_table,
    ".mbox": read_mailbox,
    ".warc": read_web_archive,
    ".warc.gz": read_web_archive,
}
"""Files of several articles, taken one at a time however many there are."""

SUFFIXES = frozenset({*READERS, *CONTAINERS})
HARMLESS = frozenset({".txt", ".md", ".markdown", ".html", ".htm", ".jsonl"})
"""Kinds of which no file makes its reader crash, hang or swell; the others are read apart."""


def suffix_of(path: Path) -> str:
    """The ending of a file's name that tells its kind, in small letters; `.warc.gz` is one."""
    both = "".join(path.suffixes[-2:]).lower()
    return both if both in SUFFIXES else path.suffix.lower()


def parts(path: Path) -> Iterator[Part]:
    """What a file holds, numbered if it may be several. Raises `SourceError` if it is nothing."""
    suffix = suffix_of(path)
    if suffix in CONTAINERS:
        with path.open("rb") as file:
            for number, raw in CONTAINERS[suffix](file):
                yield Part(raw, number, file.tell())
        return
    read = READERS.get(suffix, _read_text)(path)
    if isinstance(read, RawArticle):
        yield Part(read)
    else:
        yield from (Part(raw, number) for number, raw in enumerate(read, start=1))
