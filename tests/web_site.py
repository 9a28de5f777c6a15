"""A small web on loopback: pages, feeds and sitemaps that a test lays out, and what was asked for.

with Site() as site:
    site.pages["/story"] = html("A title", PARAGRAPHS)
    bot.add(site.url("/story"), allow_private=True)
    site.asked      # ["/robots.txt", "/story"]
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import formatdate
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import sleep
from types import TracebackType
from typing import Self

PARAGRAPHS = (
    "The council of Brandau voted on Tuesday to reopen the old bridge over the Sorn in May, after "
    "two years of repairs that cost four million crowns.",
    "Mayor Ilse Tarnow said that heavy lorries would stay banned from it, and that a new path for "
    "cyclists would be ready by the summer.",
    "Shopkeepers on the eastern bank, who lost a third of their trade while it was closed, "
    "welcomed the vote and asked for longer opening hours on the first weekend.",
)


@dataclass(frozen=True)
class Reply:
    """What the site answers. With `tagged`, it has an ETag and answers 304 to who knows it.

    `drip` sends the body byte by byte, so many seconds apart; `cut` breaks the connection off.
    With `raw` the body is all that is sent, status and headers included.
    """

    body: bytes = b""
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    tagged: bool = True
    drip: float = 0.0
    cut: bool = False
    raw: bool = False


Page = str | Reply | Callable[["Site"], Reply]


class Site:
    """Answers with its `pages`; what it does not have is 404."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.pages: dict[str, Page] = {"/robots.txt": Reply(status=404)}
        self.asked: list[str] = []
        self.told: list[Mapping[str, str]] = []
        self.at_once = 0
        self.most_at_once = 0
        self.lock = threading.Lock()
        self._host = host
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def url(self, path: str = "/", host: str | None = None) -> str:
        """The address of a page."""
        return f"http://{host or self._host}:{self._server.server_address[1]}{path}"

    @property
    def pages_asked(self) -> list[str]:
        """What was asked for beside robots.txt."""
        return [path for path in self.asked if path != "/robots.txt"]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, site: Site) -> None:
        self.site = site
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients may hang up."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        site = self.server.site
        with site.lock:
            site.asked.append(self.path)
            site.told.append(dict(self.headers))
            site.at_once += 1
            site.most_at_once = max(site.most_at_once, site.at_once)
        try:
            page = site.pages.get(self.path, Reply(status=404))
            self._answer(page if isinstance(page, Reply) else _reply(page, site))
        finally:
            with site.lock:
                site.at_once -= 1

    def _answer(self, reply: Reply) -> None:
        if reply.raw:
            self._drip(reply)
            return
        etag = f'"{sha256(reply.body).hexdigest()[:12]}"'
        known = reply.tagged and reply.status == 200 and self.headers.get("If-None-Match") == etag
        self.send_response(304 if known else reply.status)
        if reply.tagged:
            self.send_header("ETag", etag)
        body = b"" if known else reply.body
        headers = {"Content-Type": reply.kind, "Content-Length": str(len(body)), **reply.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if reply.cut:
            self.close_connection = True
            self.wfile.write(body[: len(body) // 2])
        elif reply.drip:
            self._drip(reply)
        else:
            self.wfile.write(body)

    def _drip(self, reply: Reply) -> None:
        self.close_connection = True
        for byte in reply.body:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            sleep(reply.drip)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _reply(page: str | Callable[[Site], Reply], site: Site) -> Reply:
    return Reply(page.encode()) if isinstance(page, str) else page(site)


def html(
    title: str, paragraphs: Sequence[str] = PARAGRAPHS, head: str = "", day: str = "2024-05-14"
) -> str:
    """A plain page of news."""
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    return (
        f"<!doctype html><html lang=en><head><title>{title}</title>{head}"
        f'<meta property="article:published_time" content="{day}T08:00:00Z">'
        f'<meta property="og:site_name" content="Brandau Courier"></head>'
        f"<body><nav><a href=/>Home</a></nav><article><h1>{title}</h1>{body}</article>"
        "<footer>Imprint</footer></body></html>"
    )


def rss(title: str, items: Mapping[str, str]) -> Reply:
    """A feed of titles by address."""
    listed = "".join(
        f"<item><title>{name}</title><link>{url}</link><guid>{url}</guid>"
        f"<pubDate>{formatdate(1715673600)}</pubDate></item>"
        for url, name in items.items()
    )
    channel = f"<channel><title>{title}</title>{listed}</channel>"
    text = f'<?xml version="1.0"?><rss version="2.0">{channel}</rss>'
    return Reply(text.encode(), kind="application/rss+xml")


def sitemap(urls: Sequence[str], root: str = "urlset", item: str = "url") -> Reply:
    """A sitemap, or a sitemap index."""
    listed = "".join(f"<{item}><loc>{url}</loc></{item}>" for url in urls)
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    text = f'<?xml version="1.0"?><{root} xmlns="{space}">{listed}</{root}>'
    return Reply(text.encode(), kind="application/xml")
