"""Documents that are zipped files of XML: DOCX, ODT, EPUB. Opened with limits."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from rag.errors import SourceError
from rag.ingestion.loaders.decoding import MOST_UNPACKED, check_size

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_TEXTS = (".xml", ".rels", ".opf", ".ncx", ".xhtml", ".html", ".htm")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_DAMAGED = "it is damaged, or not what its name says"


@contextmanager
def package(path: Path) -> Iterator[ZipFile]:
    """The zip file at `path`.

    Raises `SourceError` if it is damaged or encrypted, or its texts come to more than
    `MOST_UNPACKED` bytes; while it is open, also for a part that is missing or broken.
    """
    check_size(path)
    with path.open("rb") as file:
        if file.read(4) == _OLD_OFFICE:
            raise SourceError("it is encrypted, or of a Word before 2007; save it anew as .docx")
    try:
        with ZipFile(path) as opened:
            _check(opened)
            yield opened
    except (BadZipFile, EOFError, KeyError, NotImplementedError) as error:
        raise SourceError(_DAMAGED) from error


def _check(opened: ZipFile) -> None:
    texts = [part for part in opened.infolist() if part.filename.lower().endswith(_TEXTS)]
    size = sum(part.file_size for part in texts)
    if size > MOST_UNPACKED:
        raise SourceError(
            f"its texts come to {size / 1e6:,.0f} MB when unpacked; at most "
            f"{MOST_UNPACKED // 1_000_000} MB are read. Split it"
        )
    if any(part.flag_bits & 1 for part in texts):
        raise SourceError("it is encrypted; save it without a password, and add that")


def parsed(data: bytes) -> "Element":
    """The root of an XML document; entities of its own are not expanded, nothing is fetched.

    Raises `SourceError` if it is broken.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise SourceError(_DAMAGED) from error


def child_text(root: "Element", name: str) -> str | None:
    """The words of the first element of this local name below `root`."""
    found = root.find(f".//{{*}}{name}")
    return None if found is None else " ".join("".join(found.itertext()).split()) or None
