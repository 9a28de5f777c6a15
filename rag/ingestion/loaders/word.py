"""Word's documents, DOCX, as articles."""

from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

from rag.errors import SourceError
from rag.ingestion.loaders.blocks import blocks, text_of_blocks, title_of_blocks
from rag.ingestion.loaders.packages import child_text, package, parsed
from rag.ingestion.loaders.records import RawArticle

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_ABOUT = "docProps/core.xml"
_STYLES = (
    "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => p:fresh\ncomment-reference =>"
)


def read_docx(path: Path) -> RawArticle:
    """What a DOCX file says: text as it stands, with lists, tables and notes; no headers, comments
    or deleted words. The title is the heading it begins with, or the one it is filed under.

    Raises `SourceError` for one that is encrypted or damaged, or unpacks to too much.
    """
    with package(path) as opened:
        if "[Content_Types].xml" not in opened.namelist():
            raise SourceError("it is no Word document")
        _refuse_entities(opened)
        about = parsed(opened.read(_ABOUT)) if _ABOUT in opened.namelist() else None
        found = blocks(_html(opened))
    return RawArticle(
        text_of_blocks(found),
        title=title_of_blocks(found, _said(about, "title")),
        author=_said(about, "creator"),
        published_at=_said(about, "modified") or _said(about, "created"),
    )


def _html(opened: ZipFile) -> "Element":
    """The document as HTML by mammoth, its pictures left out."""
    import mammoth
    from lxml.html import fromstring

    made = mammoth.convert_to_html(
        opened.fp,
        style_map=_STYLES,
        convert_image=mammoth.images.img_element(lambda _: {}),
        id_prefix="",
    )
    return fromstring(f"<body>{made.value}</body>")


def _refuse_entities(opened: ZipFile) -> None:
    """mammoth's parser would expand entities, and no program that writes DOCX writes any."""
    for name in opened.namelist():
        if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in opened.read(name):
            raise SourceError("it declares entities of XML, which no Word document does")


def _said(about: "Element | None", name: str) -> str | None:
    return None if about is None else child_text(about, name)
