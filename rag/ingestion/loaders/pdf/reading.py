"""A PDF file as an article."""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rag.errors import SourceError
from rag.ingestion.loaders.decoding import MOST_PAGES, check_size
from rag.ingestion.loaders.pdf.columns import rows
from rag.ingestion.loaders.pdf.lines import Box, Frame, Line, page_lines
from rag.ingestion.loaders.pdf.paragraphs import headline, text_of_pages
from rag.ingestion.loaders.pdf.running import without_running
from rag.ingestion.loaders.records import RawArticle

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfiumError, PdfTextPage

_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)(\d\d)")
_NO_NAME = re.compile(
    r"\(?(?:untitled|anonymous|unknown|unspecified|none|title|author|user)\)?", re.I
)
_FILE_NAME = re.compile(
    r"^Microsoft \w+ - |\.(?:docx?|rtf|tex|dvi|indd|pdf|pptx?|xlsx?|qxd|odt)$", re.I
)
_UNREADABLE = re.compile(r"[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]")
_PASSWORD = 4


class _Page(NamedTuple):
    """The lines of a page that is so high, and how many more there are that nobody sees."""

    lines: list[Line]
    height: float
    hidden: int


def read_pdf(path: Path) -> RawArticle:
    """The text of a PDF file, its pages parted by form feeds, with title, author and date.

    Raises `SourceError` for one that is encrypted, damaged or too long, or has no text.
    """
    check_size(path)
    with _opened(path) as document:
        if len(document) > MOST_PAGES:
            raise SourceError(
                f"it has {len(document):,} pages; at most {MOST_PAGES:,} are read. Split it"
            )
        read = list(_pages(document))
        about = document.get_metadata_dict()
    lines = [page.lines for page in read]
    _check_readable(lines)
    pages = [rows(page) for page in without_running(lines, [page.height for page in read])]
    return RawArticle(
        text_of_pages(pages),
        title=_named(about.get("Title"), path) or headline(pages),
        author=_named(about.get("Author"), path),
        published_at=_day(about.get("CreationDate")),
        remarks=_remarks(read),
        paged=True,
    )


def _opened(path: Path) -> "PdfDocument":
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        return PdfDocument(path)
    except PdfiumError as error:
        raise SourceError(_reason(error)) from error


def _reason(error: "PdfiumError") -> str:
    if error.err_code == _PASSWORD:
        return "it is encrypted and opens with a password only; save it without one, and add that"
    return "it is damaged, or no PDF"


def _pages(document: "PdfDocument") -> Iterator[_Page]:
    """What stands on each page; nothing on one that is damaged."""
    from pypdfium2 import PdfiumError

    for number in range(len(document)):
        try:
            page = document[number]
        except PdfiumError:
            yield _Page([], 1.0, 0)
            continue
        with closing(page), closing(page.get_textpage()) as text:
            yield _page(text, page.get_bbox(), page.get_rotation() // 90)


def _page(text: "PdfTextPage", box: Box, turned: int) -> _Page:
    """What stands on a page, read the way it is turned, or else the way its text runs."""
    for turns in (turned, 0, 1, 2, 3):
        frame = Frame(*box, turns)
        if lines := page_lines(text, frame):
            shown = [line for line in lines if frame.shows(line)]
            return _Page(shown, frame.height, len(lines) - len(shown))
    return _Page([], frame.height, 0)


def _check_readable(pages: Sequence[Sequence[Line]]) -> None:
    text = "".join(line.text for page in pages for line in page)
    if not text:
        raise SourceError(
            f"there is no text on its pages ({len(pages):,}), as on those of a scan; recognise it "
            "first, for example with ocrmypdf, and add what that writes"
        )
    if len(_UNREADABLE.findall(text)) > len(text) / 5:
        raise SourceError(
            "its fonts do not say which characters they show; recognise them as a scan's"
        )


def _remarks(pages: Sequence[_Page]) -> tuple[str, ...]:
    """What was not read: pages without text, and lines that nobody sees."""
    remarks = []
    if empty := [number for number, page in enumerate(pages, 1) if not page.lines]:
        shown = ", ".join(map(str, empty[:10])) + (" …" if len(empty) > 10 else "")
        remarks.append(f"no text on {len(empty)} of {len(pages)} pages: {shown}")
    if hidden := sum(page.hidden for page in pages):
        remarks.append(
            f"removed hidden text: lines too small to read or beside the page ({hidden})"
        )
    return tuple(remarks)


def _named(field: str | None, path: Path) -> str | None:
    """A field of the file's, unless a program filled it in by itself."""
    name = (field or "").strip()
    if _NO_NAME.fullmatch(name) or _FILE_NAME.search(name) or name == path.stem:
        return None
    return name or None


def _day(field: str | None) -> str | None:
    written = _DATE.match(field or "")
    return "-".join(written.groups()) if written else None
