"""The web client reaches nothing inside: addresses, names that move, redirects, credentials."""

import gzip
import socket
from collections.abc import Iterator
from threading import Thread

import brotli
import pytest

from rag.errors import SourceError
from rag.ingestion.web.addresses import checked, is_public
from rag.ingestion.web.client import WebClient
from tests.web_site import Reply, Site, html

PUBLIC = "93.184.215.14"
NAMES = {
    "news.test": [PUBLIC],
    "other.test": [PUBLIC],
    "inside.test": ["127.0.0.1"],
    "mixed.test": [PUBLIC, "10.0.0.7"],
    "xn--bcher-kva.test": [PUBLIC],
}
INSIDE = """
http://localhost/ http://localhost./ http://127.0.0.1/ http://127.0.0.1:8080/ http://127.1/
http://127.0.1/ http://127.255.255.254/ http://0/ http://0.0.0.0/ http://0.1.2.3/ http://2130706433/
http://0x7f000001/ http://0x7f.1/ http://0x7f.0.0.1/ http://0177.0.0.1/ http://017700000001/
http://0300.0250.0.1/ http://3232235777/ http://0xc0.0xa8.1.1/ http://192.168.1.1/ http://10.0.0.1/
http://10.1/ http://172.16.0.1/ http://172.31.255.255/ http://169.254.169.254/latest/meta-data/
http://0xa9fea9fe/ http://2852039166/ http://100.64.0.1/ http://100.100.100.200/ http://192.0.0.192/
http://198.18.0.1/ http://192.0.2.1/ http://203.0.113.9/ http://192.88.99.1/ http://168.63.129.16/
http://224.0.0.1/ http://240.0.0.1/ http://255.255.255.255/ http://[::1]/ http://[::]/
http://[0:0:0:0:0:0:0:1]/ http://[::ffff:127.0.0.1]/ http://[::ffff:7f00:1]/ http://[::ffff:10.0.0.1]/
http://[::127.0.0.1]/ http://[64:ff9b::7f00:1]/ http://[64:ff9b::169.254.169.254]/
http://[64:ff9b:1::1]/ http://[2002:7f00:1::]/ http://[2002:0a00:0001::1]/
http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/ http://[2001:db8::1]/ http://[fe80::1]/
http://[fe80::1%25lo]/ http://[fc00::1]/ http://[fd00:ec2::254]/ http://[ff02::1]/ http://[100::1]/
http://１２７.0.0.1/ http://127。0。0。1/ http://①②⑦.①/ http://inside.test/ http://INSIDE.test./
http://mixed.test/
""".split()
NO_ADDRESSES = [
    "file:///etc/passwd",
    "ftp://news.test/",
    "gopher://news.test/",
    "javascript:alert(1)",
    "http://user@news.test/",
    "http://user:word@news.test/",
    "http://news.test:word@127.0.0.1/",
    "http://news.test\\@127.0.0.1/",
    "http://news.test:99999/",
    "http:///etc/passwd",
    "http://[::1/",
    "http://news test/",
    "http://news.test%00.inside.test/",
]


def resolve(host: str, port: int) -> list[str]:
    """The names above; numbers in every spelling as the system reads them."""
    if host in NAMES:
        return NAMES[host]
    if host.endswith(".test"):
        raise OSError(host)
    flags = 0 if host == "localhost" else socket.AI_NUMERICHOST
    return [
        str(p[0]) for *_, p in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    ]


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Where connections went to; none of them gets there."""
    went: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], *_: object, **__: object) -> socket.socket:
        went.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr("rag.ingestion.web.client._FIRST_PAUSE", 0.001)
    monkeypatch.setattr(socket, "create_connection", connect)
    return went


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site at the public address: what connects there comes to loopback."""
    with Site("news.test") as site:
        connect, place = socket.create_connection, site._server.server_address

        def led(address: tuple[str, int], *values: object, **named: object) -> socket.socket:
            assert address == (PUBLIC, 80), address
            return connect(place, *values, **named)  # type: ignore[arg-type]

        monkeypatch.setattr("rag.ingestion.web.client._FIRST_PAUSE", 0.001)
        monkeypatch.setattr(socket, "create_connection", led)
        yield site


@pytest.fixture(scope="module")
def client() -> Iterator[WebClient]:
    with WebClient(resolve=resolve) as client:
        yield client


@pytest.mark.parametrize("url", INSIDE)
def test_nothing_inside_is_connected_to(
    url: str, client: WebClient, connected: list[tuple[str, int]]
) -> None:
    with pytest.raises(SourceError):
        client.get(url)
    assert connected == []


@pytest.mark.parametrize("url", NO_ADDRESSES)
def test_only_plain_addresses_of_the_web_are_taken(
    url: str, client: WebClient, connected: list[tuple[str, int]]
) -> None:
    with pytest.raises(SourceError):
        client.get(url)
    assert connected == []


@pytest.mark.parametrize("port", [22, 25, 6379, 9200, 7860])
def test_other_ports_than_the_webs_are_not_connected_to(
    port: int, client: WebClient, connected: list[tuple[str, int]]
) -> None:
    with pytest.raises(SourceError, match="port"):
        client.get(f"http://news.test:{port}/")
    assert connected == []


@pytest.mark.parametrize(
    "address", [PUBLIC, "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_public_addresses_are_told_from_others(address: str) -> None:
    assert is_public(address)


def test_the_connection_goes_to_the_address_that_was_checked(
    connected: list[tuple[str, int]],
) -> None:
    """A name that is public when it is asked for first, and inside ever after."""
    answers = iter([[PUBLIC]])

    def rebinding(host: str, port: int) -> list[str]:
        return next(answers, ["127.0.0.1"])

    with (
        WebClient(resolve=rebinding) as client,
        pytest.raises(SourceError, match="not on the"),
    ):
        client.get("http://news.test/")
    assert connected == [(PUBLIC, 80)]


def test_a_name_with_one_address_inside_is_refused_whole() -> None:
    with WebClient(resolve=resolve) as client, pytest.raises(SourceError, match=r"10\.0\.0\.7"):
        client.get("http://mixed.test/")


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("http://inside.test/", "127.0.0.1"),
        ("http://169.254.169.254/latest/meta-data/", "169.254.169.254"),
        ("//inside.test/x", "127.0.0.1"),
        ("http://[::ffff:127.0.0.1]/", "127.0.0.1"),
        ("file:///etc/passwd", "'file' is not a scheme"),
        ("http://user:word@news.test/", "credentials"),
        ("http://news.test:6379/", "port 6379"),
    ],
)
def test_every_redirect_is_checked_again(site: Site, place: str, said: str) -> None:
    site.pages["/a"] = Reply(status=302, headers={"Location": place})
    with WebClient(resolve=resolve) as client, pytest.raises(SourceError, match=said):
        client.get("http://news.test/a")


def test_redirects_end(site: Site) -> None:
    site.pages["/a"] = Reply(status=301, headers={"Location": "/a"})
    with WebClient(resolve=resolve) as client, pytest.raises(SourceError, match="on and on"):
        client.get("http://news.test/a")


def test_nothing_of_the_owner_is_sent(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    cookie = {"Set-Cookie": "a=b; Path=/", "Location": "http://other.test/b"}
    site.pages["/a"] = Reply(status=302, headers=cookie)
    site.pages["/b"] = html("A page")
    with WebClient(resolve=resolve) as client:
        client.get("http://news.test/a")
    told = site.told[-1]
    assert told["Host"] == "other.test"
    assert told["User-Agent"].startswith("Footnote")
    assert {"Cookie", "Authorization", "Referer"} & set(told) == set()


def test_a_safe_connection_asks_for_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    hello: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        connect, place = socket.create_connection, server.getsockname()

        def led(address: tuple[str, int], *values: object, **named: object) -> socket.socket:
            assert address == (PUBLIC, 443)
            return connect(place, *values, **named)  # type: ignore[arg-type]

        def listen() -> None:
            peer, _ = server.accept()
            with peer:
                hello.append(peer.recv(4096))

        monkeypatch.setattr(socket, "create_connection", led)
        monkeypatch.setattr("rag.ingestion.web.client._RETRIES", 0)
        thread = Thread(target=listen)
        thread.start()
        with WebClient(resolve=resolve) as client, pytest.raises(SourceError):
            client.get("https://news.test/")
        thread.join()
    assert b"news.test" in hello[0]


@pytest.mark.parametrize("packed", ["gzip", "br"])
def test_a_bomb_is_not_unpacked(site: Site, packed: str) -> None:
    zeros = bytes(50_000_000)
    body = gzip.compress(zeros) if packed == "gzip" else brotli.compress(zeros, quality=1)
    bomb = Reply(body, headers={"Content-Encoding": packed}, tagged=False)
    site.pages["/bomb"] = bomb
    assert len(bomb.body) < 100_000
    with WebClient(resolve=resolve) as client, pytest.raises(SourceError, match="larger than"):
        client.get("http://news.test/bomb")


def test_what_says_it_is_too_large_is_not_waited_for(site: Site) -> None:
    site.pages["/a"] = Reply(b"a" * 9, headers={"Content-Length": "99000000"}, drip=0.01)
    with WebClient(resolve=resolve) as client, pytest.raises(SourceError, match="larger than"):
        client.get("http://news.test/a")


@pytest.mark.parametrize("raw", [False, True], ids=["body", "headers"])
def test_a_slow_site_does_not_hold_the_reader(
    site: Site, raw: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.ingestion.web.client.TIME_LIMIT", 0.4)
    body = b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 100
    site.pages["/a"] = Reply(body, drip=0.05, raw=raw)
    with WebClient(resolve=resolve) as client, pytest.raises(SourceError, match="in time"):
        client.get("http://news.test/a")


def test_names_beyond_ascii_are_written_in_it() -> None:
    assert checked("http://Bücher.test:80/ü#x") == "http://xn--bcher-kva.test/ü"
