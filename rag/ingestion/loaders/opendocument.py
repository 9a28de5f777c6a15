"""OpenDocument texts, ODT, as articles."""

from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

from rag.errors import SourceError
from rag.ingestion.loaders.blocks import Block, blocks, text_of_blocks, title_of_blocks
from rag.ingestion.loaders.packages import child_text, package, parsed
from rag.ingestion.loaders.records import RawArticle

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

# OpenDocument's elements, without their namespaces, as those of HTML.
_AS_HTML = {
    "h": "h2",
    "p": "p",
    "list": "ul",
    "list-item": "li",
    "list-header": "li",
    "table": "table",
    "table-row": "tr",
    "table-cell": "td",
    "line-break": "br",
    "text-box": "div",
    "section": "div",
}
_UNREAD = {
    *("tracked-changes", "annotation", "sequence-decls", "forms", "note-body", "ruby-text"),
    *("table-of-content", "alphabetical-index", "illustration-index", "covered-table-cell"),
}
_STYLE_NAME = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}style-name"
_REPEATED = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}c"
_MOST_SPACES = 100


def read_odt(path: Path) -> RawArticle:
    """What an ODT file says: text as it stands, with lists, tables and notes; no comments or
    deleted words. The title is the heading it begins with, or the one it is filed under.

    Raises `SourceError` for one that is encrypted or damaged, or unpacks to too much.
    """
    with package(path) as opened:
        _check_open(opened)
        content = parsed(opened.read("content.xml"))
        about = parsed(opened.read("meta.xml")) if "meta.xml" in opened.namelist() else content
    body = content.find(".//{*}body/{*}text")
    if body is None:
        raise SourceError("it is no text, but another kind of OpenDocument")
    found = [*blocks(_html(body, _numbered(content))), *_notes(body)]
    return RawArticle(
        text_of_blocks(found),
        title=title_of_blocks(found, child_text(about, "title")),
        author=child_text(about, "creator") or child_text(about, "initial-creator"),
        published_at=child_text(about, "date") or child_text(about, "creation-date"),
    )


def _check_open(opened: ZipFile) -> None:
    manifest = "META-INF/manifest.xml"
    if manifest in opened.namelist() and b"encryption-data" in opened.read(manifest):
        raise SourceError("it is encrypted; save it without a password, and add that")


def _numbered(content: "Element") -> frozenset[str | None]:
    """The names of the list styles that number their items."""
    styles = content.iter("{*}list-style")
    named = ((style, style.find("{*}list-level-style-number")) for style in styles)
    name = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}name"
    return frozenset(style.get(name) for style, number in named if number is not None)


def _html(
    element: "Element", numbered: frozenset[str | None], *, ordered: bool = False
) -> "Element":
    """An element of OpenDocument as one of HTML."""
    from lxml import html

    name = _local(element)
    if name == "list":
        style = element.get(_STYLE_NAME)
        ordered = style in numbered if style else ordered
    made = html.Element("ol" if name == "list" and ordered else _AS_HTML.get(name, "span"))
    if element.get(_STYLE_NAME) == "Title":
        made.tag = "h1"
    made.text = _spaces(element) if name in {"s", "tab"} else element.text
    if name == "note-citation":
        made.text = f"[{_words(element)}]"
        return made
    for child in element:
        if _local(child) in _UNREAD:
            _say(made, child.tail)
        else:
            made.append(_html(child, numbered, ordered=ordered))
            made[-1].tail = child.tail
    return made


def _notes(body: "Element") -> list[Block]:
    """The footnotes and endnotes, each after its mark in square brackets."""
    notes = (
        (note.find("{*}note-citation"), note.find("{*}note-body")) for note in body.iter("{*}note")
    )
    return [
        Block(f"[{_words(mark)}] {_words(said)}", listed=True)
        for mark, said in notes
        if mark is not None and said is not None
    ]


def _words(element: "Element") -> str:
    return " ".join(" ".join(element.itertext()).split())


def _say(element: "Element", text: str | None) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + (text or "")
    else:
        element.text = (element.text or "") + (text or "")


def _spaces(element: "Element") -> str:
    times = element.get(_REPEATED, "1")
    return " " * min(int(times) if times.isdecimal() else 1, _MOST_SPACES)


def _local(element: "Element") -> str:
    """An element's name without its namespace; comments are none that is read."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else "annotation"
