"""A PDF file as an article."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import SourceError
from rag.ingestion.loaders.decoding import MOST_PAGES, check_size
from rag.ingestion.loaders.pdf.columns import rows
from rag.ingestion.loaders.pdf.lines import Line, page_lines
from rag.ingestion.loaders.pdf.paragraphs import headline, text_of_pages
from rag.ingestion.loaders.pdf.running import without_running
from rag.ingestion.loaders.records import RawArticle

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfiumError

_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)(\d\d)")
_NO_NAME = re.compile(
    r"\(?(?:untitled|anonymous|unknown|unspecified|none|title|author|user)\)?", re.I
)
_FILE_NAME = re.compile(
    r"^Microsoft \w+ - |\.(?:docx?|rtf|tex|dvi|indd|pdf|pptx?|xlsx?|qxd|odt)$", re.I
)
_UNREADABLE = re.compile(r"[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]")
_PASSWORD = 4


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
        lines, heights = _lines(document)
        about = document.get_metadata_dict()
    _check_readable(lines)
    pages = [rows(page) for page in without_running(lines, heights)]
    return RawArticle(
        text_of_pages(pages),
        title=_named(about.get("Title"), path) or headline(pages),
        author=_named(about.get("Author"), path),
        published_at=_day(about.get("CreationDate")),
        remarks=_remarks(lines),
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


def _lines(document: "PdfDocument") -> tuple[list[list[Line]], list[float]]:
    """The lines of each page, none for a page that is damaged, and the pages' heights."""
    from pypdfium2 import PdfiumError

    lines: list[list[Line]] = []
    heights: list[float] = []
    for number in range(len(document)):
        try:
            page = document[number]
        except PdfiumError:
            lines.append([])
            heights.append(1.0)
            continue
        height = page.get_height()
        text = page.get_textpage()
        lines.append(page_lines(text, height))
        heights.append(height)
        text.close()
        page.close()
    return lines, heights


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


def _remarks(pages: Sequence[Sequence[Line]]) -> tuple[str, ...]:
    empty = [number for number, page in enumerate(pages, 1) if not page]
    if not empty:
        return ()
    shown = ", ".join(map(str, empty[:10])) + (" …" if len(empty) > 10 else "")
    return (f"no text on {len(empty)} of {len(pages)} pages: {shown}",)


def _named(field: str | None, path: Path) -> str | None:
    """A field of the file's, unless a program filled it in by itself."""
    name = (field or "").strip()
    if _NO_NAME.fullmatch(name) or _FILE_NAME.search(name) or name == path.stem:
        return None
    return name or None


def _day(field: str | None) -> str | None:
    written = _DATE.match(field or "")
    return "-".join(written.groups()) if written else None
