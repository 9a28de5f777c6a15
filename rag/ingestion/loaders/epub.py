"""E-books, EPUB: an article a chapter, the book as its source."""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urldefrag
from zipfile import ZipFile

from rag.errors import SourceError
from rag.ingestion.loaders.blocks import Block, blocks, text_of_blocks, title_of_blocks
from rag.ingestion.loaders.packages import child_text, package, parsed
from rag.ingestion.loaders.records import RawArticle

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_LEAST_WORDS = 20
_LONGEST = 10_000
_MOST_PARTS = 5_000


def read_epub(path: Path) -> list[RawArticle]:
    """The chapters of a book in order, each with the book's title as its source.

    A chapter begins where the table of contents says so; without one, each file of the book is
    one. What comes before the first, and chapters of a few words, as title pages are, are left out.

    Raises `SourceError` for a book that is encrypted or damaged, or unpacks to too much.
    """
    with package(path) as opened:
        place = _place_of_book(opened)
        book = _Book.of(opened, place)
        chapters = [chapter for chapter in _chapters(book) if _is_read(chapter)]
    if not chapters:
        raise SourceError("it has no chapters with text; its pages may be pictures")
    return [book.article(chapter) for chapter in chapters]


@dataclass(slots=True)
class _Chapter:
    title: str
    blocks: list[Block] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of a table of contents: the `path#fragment` it leads to, and how deep it stands."""

    place: str
    title: str
    depth: int


@dataclass(frozen=True, slots=True)
class _Book:
    """A book that is open: its catalogue, and the paths of its files in reading order."""

    opened: ZipFile
    folder: str
    catalogue: "Element"
    spine: Sequence[str]

    @classmethod
    def of(cls, opened: ZipFile, place: str) -> "_Book":
        catalogue = parsed(opened.read(place))
        folder = posixpath.dirname(place)
        items = {item.get("id"): item.get("href", "") for item in catalogue.iter("{*}item")}
        order = [items.get(ref.get("idref")) for ref in catalogue.iter("{*}itemref")]
        paths = [_resolved(folder, href) for href in order if href]
        return cls(opened, folder, catalogue, list(dict.fromkeys(paths))[:_MOST_PARTS])

    def article(self, chapter: _Chapter) -> RawArticle:
        """A chapter as an article."""
        book = child_text(self.catalogue, "title")
        authors = [
            " ".join("".join(a.itertext()).split()) for a in self.catalogue.iter("{*}creator")
        ]
        return RawArticle(
            text_of_blocks(chapter.blocks),
            title=chapter.title or title_of_blocks(chapter.blocks, book),
            source=book,
            author=authors,
            published_at=_day(child_text(self.catalogue, "date")),
        )

    def contents(self) -> list["_Entry"]:
        """The table of contents; empty if there is none."""
        for item in self.catalogue.iter("{*}item"):
            properties, kind = item.get("properties", "").split(), item.get("media-type", "")
            if "nav" in properties or kind == "application/x-dtbncx+xml":
                place = _resolved(self.folder, item.get("href", ""))
                found = list(_entries(_page(self.opened, place), posixpath.dirname(place)))
                if found:
                    return found
        return []


def _place_of_book(opened: ZipFile) -> str:
    names = opened.namelist()
    if _CONTAINER not in names:
        raise SourceError("it is damaged, or no EPUB")
    root = parsed(opened.read(_CONTAINER)).find(".//{*}rootfile")
    place = "" if root is None else unquote(root.get("full-path", ""))
    if place not in names:
        raise SourceError("it is damaged: its catalogue is missing")
    if _ENCRYPTION in names and _is_encrypted(parsed(opened.read(_ENCRYPTION))):
        raise SourceError("it is encrypted by its seller (DRM), and cannot be read")
    return place


def _is_encrypted(encryption: "Element") -> bool:
    """Whether more than fonts is; those are often made unusable for others."""
    methods = [m.get("Algorithm", "") for m in encryption.iter("{*}EncryptionMethod")]
    return any(not re.search(r"embedding|RC$", method) for method in methods)


def _page(opened: ZipFile, place: str) -> "Element":
    from lxml.html import HTMLParser, document_fromstring

    data = opened.read(place)
    return document_fromstring(data or b"<p>", parser=HTMLParser(encoding="utf-8"))


def _entries(contents: "Element", folder: str) -> Iterator[_Entry]:
    """The entries of a table of contents, in the form of EPUB 3 or of EPUB 2."""
    listed = [nav for nav in contents.iter("nav") if nav.get("epub:type", "toc") == "toc"]
    for link in listed[0].iter("a") if listed else ():
        depth = sum(1 for _ in link.iterancestors("ol"))
        yield _Entry(_resolved(folder, link.get("href", "")), _words(link), depth)
    for point in contents.iter("navpoint"):
        label, link = point.find("navlabel"), point.find("content")
        if label is not None and link is not None:
            depth = 1 + sum(1 for _ in point.iterancestors("navpoint"))
            yield _Entry(_resolved(folder, link.get("src", "")), _words(label), depth)


def _words(element: "Element") -> str:
    return " ".join(element.text_content().split())


def _chapters(book: _Book) -> Iterator[_Chapter]:
    """The book's text, parted where the table of contents has an entry for a chapter."""
    files = [(path, blocks(_page(book.opened, path))) for path in book.spine]
    words = sum(_length(found) for _, found in files)
    titles = _titles(book.contents(), words) or {path: "" for path, _ in files}
    chapter = _Chapter("")
    for path, found in files:
        place = path
        for block in found:
            places = [place, *(f"{path}#{name}" for name in block.names)]
            begun = next((titles[one] for one in places if one in titles), None)
            if begun is not None:
                yield chapter
                chapter = _Chapter(begun)
            chapter.blocks.append(block)
            place = ""
    yield chapter


def _titles(contents: Sequence[_Entry], words: int) -> Mapping[str, str]:
    """The titles of the chapters by the places at which they begin.

    Chapters are the entries of the uppermost levels that make them `_LONGEST` on the average: in
    a book of parts, those below the parts.
    """
    titles: dict[str, str] = {}
    for depth in sorted({entry.depth for entry in contents}):
        titles = {e.place: e.title for e in reversed(contents) if e.depth <= depth}
        if words <= _LONGEST * len(titles):
            break
    return titles


def _length(found: Sequence[Block]) -> int:
    return sum(len(block.text.split()) for block in found)


def _is_read(chapter: _Chapter) -> bool:
    return _length(chapter.blocks) >= _LEAST_WORDS


def _resolved(folder: str, href: str) -> str:
    """A path in the book, with its fragment, from a link in one of its folders."""
    path, fragment = urldefrag(unquote(href))
    place = posixpath.normpath(posixpath.join(folder, path)).lstrip("/")
    return f"{place}#{fragment}" if fragment else place


def _day(written: str | None) -> str | None:
    """A date; a year alone, as books have it, is none."""
    return written if written and len(written) > 7 else None
