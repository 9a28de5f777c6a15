"""A fetched page as an article: read, told from what is none, and known by one address."""

from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from rag.errors import SourceError
from rag.ingestion.loaders.confined import ConfinedReader
from rag.ingestion.loaders.decoding import decode
from rag.ingestion.loaders.records import RawArticle
from rag.ingestion.loaders.webpage import article_in, parsed
from rag.ingestion.web.addresses import checked, is_front, normalized, same_site
from rag.ingestion.web.fetched import Fetched
from rag.ingestion.web.walls import obstacle

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_HTML = {"", "text/html", "application/xhtml+xml"}
_PLAIN = {"text/plain", "text/markdown", "text/x-markdown"}
_FILES = {
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/rtf": ".rtf",
    "text/rtf": ".rtf",
}
"""Files of one article, with the endings by which they are read."""
_FEEDS = {"application/rss+xml", "application/atom+xml", "application/feed+json"}


def read_page(page: Fetched) -> RawArticle:
    """The article in a page, known by its canonical address.

    Raises `SourceError` for a page that holds none, and says what it is instead.
    """
    if page.kind in _PLAIN:
        return RawArticle(decode(page.content, page.charset), url=normalized(page.url))
    if suffix := _FILES.get(page.kind):
        return _read_file(page, suffix)
    if page.kind not in _HTML:
        raise SourceError(f"it is {page.kind}, which is not read from the web")
    tree = parsed(page.content, page.charset)
    address = _canonical(tree, page.url)
    try:
        article = article_in(tree, address)
    except SourceError:
        reason = obstacle(tree, "", _title(tree))
        raise SourceError(reason or "no article was found in the page") from None
    if reason := obstacle(tree, article.text, _title(tree)):
        raise SourceError(reason)
    return replace(article, url=address)


def _read_file(page: Fetched, suffix: str) -> RawArticle:
    """The article in a file that is no page, read apart as those of this machine are."""
    name = unquote(urlsplit(page.url).path.rpartition("/")[2]) or None
    with TemporaryDirectory(prefix="footnote-") as folder, closing(ConfinedReader()) as reader:
        path = Path(folder) / f"fetched{suffix}"
        path.write_bytes(page.content)
        article = next(part.raw for part in reader.parts(path))
    if isinstance(article, SourceError):
        raise article
    return replace(article, url=normalized(page.url), default_title=name)


def feed_in(page: Fetched) -> str | None:
    """The address of the feed that a page names as its own, if it is HTML and does."""
    if page.kind not in _HTML:
        return None
    links = parsed(page.content, page.charset).iter("link")
    named = [
        link.get("href")
        for link in links
        if "alternate" in (link.get("rel") or "").lower().split()
        and (link.get("type") or "").split(";")[0].strip().lower() in _FEEDS
        and "comment" not in f"{link.get('href')} {link.get('title')}".lower()
    ]
    return next((checked(href, page.url) for href in named if href), None)


def _canonical(tree: "HtmlElement", url: str) -> str:
    """The address by which a page calls itself, where it is one of the same site.

    A front page's is not believed of another page: some sites name it on every one.
    """
    links = tree.xpath("//link[contains(@rel, 'canonical')]/@href")
    named = [*links, *tree.xpath("//meta[@property='og:url']/@content")]
    for href in named:
        with suppress(SourceError):
            address = normalized(href, url)
            if same_site(address, url) and (is_front(url) or not is_front(address)):
                return address
    return normalized(url)


def _title(tree: "HtmlElement") -> str | None:
    title = tree.find(".//title")
    return None if title is None else title.text_content()
