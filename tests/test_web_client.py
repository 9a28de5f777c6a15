"""The web client's manners: robots.txt, one request at a time, patience, and what it remembers."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from time import time

import pytest

from rag.errors import SourceError, SourceGone, SourceUnavailable
from rag.ingestion.web.client import WebClient
from tests.web_site import Reply, Site, html


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        site.pages["/a"] = html("A page")
        yield site


@pytest.fixture(scope="module")
def shared() -> Iterator[WebClient]:
    with WebClient(allow_private=True) as client:
        yield client


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, shared: WebClient) -> WebClient:
    monkeypatch.setattr("rag.ingestion.web.client._FIRST_PAUSE", 0.01)
    return shared


def robots(text: str) -> Reply:
    return Reply(text.encode(), kind="text/plain")


def busy_at_first(*replies: Reply) -> "Iterator[Reply]":
    yield from replies
    while True:
        yield Reply(html("A page").encode())


@pytest.mark.parametrize(
    "text",
    [
        "User-agent: *\nDisallow: /a",
        "User-agent: Footnote\nDisallow: /\n\nUser-agent: *\nAllow: /",
        "User-agent: *\nDisallow: /*a$",
    ],
)
def test_robots_txt_is_obeyed(site: Site, client: WebClient, text: str) -> None:
    site.pages["/robots.txt"] = robots(text)
    with pytest.raises(SourceError, match=r"robots\.txt keeps programs off"):
        client.get(site.url("/a"))
    assert site.asked == ["/robots.txt"]


def test_robots_txt_is_read_once_and_may_speak_of_others(site: Site, client: WebClient) -> None:
    site.pages["/robots.txt"] = robots("User-agent: Greedy\nDisallow: /")
    client.get(site.url("/a"))
    client.get(site.url("/a"))
    assert site.asked == ["/robots.txt", "/a", "/a"]


def test_a_robots_txt_that_fails_keeps_off(site: Site, client: WebClient) -> None:
    site.pages["/robots.txt"] = Reply(status=500)
    with pytest.raises(SourceUnavailable, match=r"robots\.txt cannot be read"):
        client.get(site.url("/a"))
    assert site.pages_asked == []


def test_a_host_is_asked_one_thing_at_a_time(site: Site, client: WebClient) -> None:
    site.pages |= {f"/{n}": Reply(b"slow", drip=0.005) for n in range(8)}
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(client.get, [site.url(f"/{n}") for n in range(8)]))
    assert (len(site.pages_asked), site.most_at_once) == (8, 1)


def test_what_has_not_changed_is_not_sent_again(site: Site, client: WebClient) -> None:
    page = client.get(site.url("/a"))
    assert page
    assert client.get(site.url("/a"), page.validators) is None
    site.pages["/a"] = html("Another page")
    changed = client.get(site.url("/a"), page.validators)
    assert changed
    assert b"Another page" in changed.content


def test_a_time_of_change_is_remembered_as_the_site_writes_it(
    site: Site, client: WebClient
) -> None:
    written = formatdate(1715673600, usegmt=True)
    site.pages["/a"] = Reply(b"text", headers={"Last-Modified": written}, tagged=False)
    page = client.get(site.url("/a"))
    assert page
    client.get(site.url("/a"), page.validators)
    assert site.told[-1]["If-Modified-Since"] == written


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=503, headers={"Retry-After": "0"}),
        Reply(status=429, headers={"Retry-After": formatdate(time(), usegmt=True)}),
        Reply(status=502),
        Reply(b"half of it", cut=True),
    ],
)
def test_a_busy_site_is_asked_again(site: Site, client: WebClient, reply: Reply) -> None:
    replies = busy_at_first(reply)
    site.pages["/a"] = lambda _: next(replies)
    page = client.get(site.url("/a"))
    assert page
    assert b"A page" in page.content


def test_patience_ends(site: Site, client: WebClient) -> None:
    site.pages["/a"] = Reply(status=503)
    with pytest.raises(SourceUnavailable, match="503"):
        client.get(site.url("/a"))
    assert site.pages_asked == ["/a"] * 3


def test_a_site_that_wants_a_long_pause_gets_it(site: Site, client: WebClient) -> None:
    site.pages["/b"] = Reply(status=429, headers={"Retry-After": "600"})
    with pytest.raises(SourceUnavailable, match="a pause of 10 minutes"):
        client.get(site.url("/b"))
    with pytest.raises(SourceUnavailable, match="a pause of 10 minutes"):
        client.get(site.url("/a"))
    assert site.pages_asked == ["/b"]


def test_a_site_that_fails_again_and_again_is_left(site: Site, client: WebClient) -> None:
    site.pages |= {f"/{n}": Reply(status=500) for n in range(4)}
    for n in range(4):
        with pytest.raises(SourceUnavailable):
            client.get(site.url(f"/{n}"))
    assert "/3" not in site.asked


@pytest.mark.parametrize(
    ("status", "kind", "said"),
    [
        (404, SourceGone, "no such page"),
        (410, SourceGone, "no such page"),
        (401, SourceError, "password"),
        (403, SourceError, "refuses"),
        (402, SourceError, "paid"),
        (418, SourceError, "no page"),
    ],
)
def test_an_error_page_is_a_failure(
    site: Site, client: WebClient, status: int, kind: type[SourceError], said: str
) -> None:
    site.pages["/a"] = Reply(html("Some words").encode(), status=status)
    with pytest.raises(kind, match=said):
        client.get(site.url("/a"))


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("/login?next=/a", "to sign in"),
        ("/account/sign-in", "to sign in"),
        ("/", "front page"),
        ("/index.html", "front page"),
        ("/consent?back=/a", "consent"),
    ],
)
def test_being_led_elsewhere_is_a_failure(
    site: Site, client: WebClient, place: str, said: str
) -> None:
    site.pages["/a"] = Reply(status=302, headers={"Location": place})
    site.pages[place] = html("Somewhere else")
    with pytest.raises(SourceError, match=said):
        client.get(site.url("/a"))


def test_an_article_that_has_moved_is_found(site: Site, client: WebClient) -> None:
    site.pages["/old"] = Reply(status=301, headers={"Location": "a"})
    page = client.get(site.url("/old"))
    assert page
    assert page.url == site.url("/a")


def test_a_host_that_is_not_there_is_told(client: WebClient) -> None:
    with pytest.raises(SourceError, match=r"no host 'nowhere\.invalid'"):
        client.get("http://nowhere.invalid/")
