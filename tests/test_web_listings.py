"""Feeds and sitemaps: what they name, and what cannot be done with them."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import SourceError
from rag.ingestion.web.fetched import Fetched
from rag.ingestion.web.listings import Entry, Listing, listing_in

BASE = "https://courier.example/news/feed"
BOMB = "".join(f'<!ENTITY e{n} "{"".join(f"&e{n - 1};" for _ in range(10))}">' for n in range(1, 9))


def read(content: str | bytes) -> Listing | None:
    data = content.encode() if isinstance(content, str) else content
    return listing_in(Fetched(BASE, data, ""))


def entries(content: str | bytes) -> list[tuple[str, str | None, str | None]]:
    listing = read(content)
    assert listing
    return [(one.url, one.title, one.published_at) for one in listing.entries]


def test_rss() -> None:
    day = "Tue, 14 May 2024 08:00:00 GMT"
    assert entries(
        f"""<?xml version="1.0"?><rss version="2.0"><channel><title>Courier</title>
        <link>https://courier.example/</link>
        <item><title>Bridge &amp; path</title><link>https://courier.example/a?utm_source=rss</link>
        <pubDate>{day}</pubDate></item>
        <item><title><![CDATA[Heron]]></title><guid>https://courier.example/b</guid></item>
        <item><title>By mail</title><link>mailto:desk@courier.example</link></item>
        <item><title>Nowhere</title></item></channel></rss>"""
    ) == [
        ("https://courier.example/a", "Bridge & path", day),
        ("https://courier.example/b", "Heron", None),
    ]


def test_atom() -> None:
    listing = read(
        """<feed xmlns="http://www.w3.org/2005/Atom"><title>Courier</title><entry><title>Bridge</title>
        <link rel="edit" href="/edit"/><link rel="alternate" href="../a"/>
        <published>2024-05-14T08:00:00Z</published><updated>2024-05-15T08:00:00Z</updated></entry></feed>"""
    )
    assert listing
    assert (listing.kind, listing.title) == ("feed", "Courier")
    assert [(e.url, e.published_at) for e in listing.entries] == [
        ("https://courier.example/a", "2024-05-14T08:00:00Z")
    ]


def test_rdf() -> None:
    assert entries(
        """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
        <channel><title>Courier</title></channel>
        <item><title>Bridge</title><link>/a</link><dc:date>2024-05-14</dc:date></item></rdf:RDF>"""
    ) == [("https://courier.example/a", "Bridge", "2024-05-14")]


def test_json_feed() -> None:
    assert entries(
        """{"version": "https://jsonfeed.org/version/1.1", "title": "Courier", "items": [
        {"id": "1", "url": "/a", "title": "Bridge", "date_published": "2024-05-14T08:00:00Z"},
        {"id": "https://courier.example/b"}, {"id": 7}, "none"]}"""
    ) == [
        ("https://courier.example/a", "Bridge", "2024-05-14T08:00:00Z"),
        ("https://courier.example/b", None, None),
    ]


def test_sitemap_with_news() -> None:
    text = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://n.example">
        <url><loc>https://courier.example/a</loc><lastmod>2024-05-15</lastmod><n:news><n:title>Bridge
        </n:title><n:publication_date>2024-05-14</n:publication_date></n:news></url></urlset>"""
    expected = [("https://courier.example/a", "Bridge", "2024-05-14")]
    assert (entries(text), entries(gzip.compress(text.encode()))) == (expected, expected)


def test_sitemap_index() -> None:
    listing = read("<sitemapindex><sitemap><loc>/one.xml.gz</loc></sitemap></sitemapindex>")
    assert listing == Listing("sitemap index", None, (Entry("https://courier.example/one.xml.gz"),))


def test_an_entrys_mark_changes_with_what_is_said_of_it() -> None:
    text = "<rss><channel><item><title>{}</title><link>/a</link></item></channel></rss>"
    marks = [read(text.format(title)) for title in ("Bridge", "Bridge", "Bridge, corrected")]
    first, same, changed = (found.entries[0].mark for found in marks if found)
    assert first == same != changed


def test_an_address_is_named_once() -> None:
    item = "<item><link>/a</link></item>"
    assert len(entries(f"<rss><channel>{item * 3}</channel></rss>")) == 1


@pytest.mark.parametrize(
    "broken",
    [
        "<rss><channel><item><title>a & b</title><link>/a</link></item></channel></rss>",
        "<rss><channel><item><title>a</title><link>/a</link></item><item><title>cut",
        "\n <rss><channel><item><title>x&nbsp;y</title><link>/a</link></item></channel></rss>",
    ],
)
def test_a_broken_feed_gives_what_it_can(broken: str) -> None:
    assert [url for url, _, _ in entries(broken)] == ["https://courier.example/a"]


@pytest.mark.parametrize(
    "content", ["", "words", "{", '{"items": []}', "<html><p>a</p></html>", "<"]
)
def test_what_is_no_list_is_none(content: str) -> None:
    assert read(content) is None


def test_entities_are_not_expanded() -> None:
    secret = '<!ENTITY secret SYSTEM "file:///etc/passwd">'
    listing = read(
        f'<!DOCTYPE rss [<!ENTITY e0 "e">{BOMB}{secret}]><rss><channel><title>Courier</title>'
        "<item><title>&e8;</title><link>/a</link></item>"
        "<item><title>&secret;</title><link>/b</link></item></channel></rss>"
    )
    assert all(len(entry.title or "") < 100 for entry in (listing.entries if listing else ()))
    assert "root:" not in str(listing)


def test_a_packed_bomb_is_not_unpacked() -> None:
    with pytest.raises(SourceError, match="larger than"):
        read(gzip.compress(b"<urlset>" + bytes(50_000_000)))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_list_or_none(content: bytes) -> None:
    for data in (content, b"<rss>" + content, b"{" + content):
        found = read(data)
        assert found is None or found.kind == "feed"
