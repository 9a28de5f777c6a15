"""Lists of articles: feeds (RSS, Atom, JSON Feed), sitemaps, and sitemaps of sitemaps."""

import json
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal

from rag.errors import SourceError
from rag.ingestion.loaders.decoding import MOST_BYTES
from rag.ingestion.web.addresses import normalized
from rag.ingestion.web.fetched import Fetched

if TYPE_CHECKING:
    from lxml.etree import _Element

ListingKind = Literal["feed", "sitemap", "sitemap index"]

_ROOTS: dict[str, ListingKind] = {
    "rss": "feed",
    "RDF": "feed",
    "feed": "feed",
    "urlset": "sitemap",
    "sitemapindex": "sitemap index",
}
_ITEMS = ("item", "entry", "url", "sitemap")
_PUBLISHED = ("published", "pubDate", "date", "publication_date", "issued")
_CHANGED = ("updated", "modified", "lastmod")
_SAID = ("title", "description", "summary", *_PUBLISHED, *_CHANGED)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a list says of one article; `mark` changes with it, and is empty where it says nothing.

    The entries of a sitemap index are lists themselves.
    """

    url: str
    mark: str = ""
    title: str | None = None
    published_at: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of articles, each once."""

    kind: ListingKind
    title: str | None
    entries: tuple[Entry, ...]


def listing_in(page: Fetched) -> Listing | None:
    """The list that a page of the web is, or None when it is none."""
    content = _unpacked(page.content)
    start = content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"{"):
        return _from_json(content, page.url)
    return _from_xml(content, page.url) if start.startswith(b"<") else None


def _unpacked(content: bytes) -> bytes:
    """What a file ending in `.gz` holds, up to a limit; anything else as it is."""
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        unpacked = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(content, MOST_BYTES + 1)
    except zlib.error as error:
        raise SourceError("it is packed in a way that cannot be unpacked") from error
    if len(unpacked) > MOST_BYTES:
        raise SourceError(f"it is larger than {MOST_BYTES // 1_000_000} MB when unpacked")
    return unpacked


def _from_xml(content: bytes, base: str) -> Listing | None:
    """Read piece by piece; entities are not expanded, and what is broken is passed over."""
    from lxml import etree

    events = etree.iterparse(
        BytesIO(content),
        tag=[f"{{*}}{name}" for name in (*_ITEMS, "title", "html")],
        recover=True,
        resolve_entities=False,
        no_network=True,
    )
    title: str | None = None
    entries: list[Entry] = []
    try:
        for _, element in events:
            if _name(element) in _ITEMS:
                entries += _entry(element, base)
                _forget(element)
            elif title is None and _name(element.getparent()) in {"channel", "feed"}:
                title = _text(element)
    except etree.XMLSyntaxError:
        return None
    kind = _ROOTS.get(_name(events.root))
    return Listing(kind, title, _once(entries)) if kind else None


def _entry(element: "_Element", base: str) -> Iterator[Entry]:
    """What an item says, where it names an address."""
    fields: dict[str, str] = {}
    for child in element.iter("{*}*"):
        name, text = _name(child), _text(child)
        if child is not element and text and name not in fields:
            fields[name] = text
    url = fields.get("loc") or fields.get("origLink") or _link(element) or fields.get("guid", "")
    said = [fields[name] for name in _SAID if name in fields]
    published = next((fields[name] for name in _PUBLISHED if name in fields), None)
    yield from _made(url, base, said, fields.get("title"), published)


def _link(element: "_Element") -> str | None:
    """RSS writes the address inside a link, Atom beside it, where it may name other things too."""
    for child in element.iterchildren("{*}link"):
        if child.get("rel", "alternate") == "alternate" and (child.get("href") or _text(child)):
            return child.get("href") or _text(child)
    return None


def _from_json(content: bytes, base: str) -> Listing | None:
    try:
        feed = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(feed, dict) or "jsonfeed.org" not in str(feed.get("version")):
        return None
    items = feed.get("items")
    entries = [
        entry
        for item in (items if isinstance(items, list) else [])
        if isinstance(item, dict)
        for entry in _json_entry(item, base)
    ]
    return Listing("feed", _string(feed.get("title")), _once(entries))


def _json_entry(item: dict[str, Any], base: str) -> Iterator[Entry]:
    url = _string(item.get("url")) or _string(item.get("id")) or ""
    names = ("title", "date_published", "date_modified", "summary", "content_text", "content_html")
    said = [text for name in names if (text := _string(item.get(name)))]
    title, published = _string(item.get("title")), _string(item.get("date_published"))
    yield from _made(url, base, said, title, published)


def _made(
    url: str, base: str, said: list[str], title: str | None, published: str | None
) -> Iterator[Entry]:
    """An entry, unless its address is none of the web's."""
    mark = sha256("\n".join(said).encode(errors="replace")).hexdigest()[:16] if said else ""
    with suppress(SourceError):
        if url:
            yield Entry(normalized(url, base), mark, title, published)


def _once(entries: list[Entry]) -> tuple[Entry, ...]:
    return tuple({entry.url: entry for entry in reversed(entries)}.values())[::-1]


def _forget(element: "_Element") -> None:
    """Let go of an element that was read, and of those before it."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _name(element: "_Element | None") -> str:
    tag = "" if element is None else element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _text(element: "_Element") -> str | None:
    return " ".join("".join(element.itertext()).split()) or None


def _string(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
