"""What is read from a page, and which pages are no articles, over layouts of our own.

`web_pages/articles` are sixteen ways to lay out one article, `web_pages/obstacles` pages that hold
none. Their texts are ours.
"""

from pathlib import Path

import pytest

from rag.errors import SourceError
from rag.ingestion.web.fetched import Fetched
from rag.ingestion.web.pages import feed_in, read_page

PAGES = Path(__file__).parent / "web_pages"
ARTICLES = {path.stem: path.read_text("utf-8") for path in sorted(PAGES.glob("articles/*.html"))}
OBSTACLES = {
    "paywall-in-english": "subscribers",
    "paywall-told-to-search-engines-alone": "subscribers",
    "paywall-in-german": "subscribers",
    "paywall-in-french": "subscribers",
    "meter-that-has-run-out": "subscribers",
    "wall-of-cookies": "cookies",
    "wall-of-cookies-in-german": "cookies",
    "form-to-sign-in": "sign in",
    "test-of-humanity": "people",
    "nothing-without-scripts": "JavaScript",
    "error-that-answers-200": "not to be found",
    "front-page-of-links": "list of links",
    "empty-page": "no article",
    "menu-alone": "list of links",
}
STORY = tuple((PAGES / "story.txt").read_text("utf-8").splitlines())
TITLE = "Old bridge in Brandau to reopen in May"
CLUTTER = (
    "newsletter",
    "Advertisement",
    "Most read",
    "Share on",
    "All rights reserved",
    "Related stories",
    "Weather forecast",
    "Leave a comment",
    "Imprint and terms",
    "Ten recipes with nettles",
)
"""Words that stand around the article."""
SHORT = "head-of-a-paper-that-sells-subscriptions"
"""The layout with the beginning of the story alone."""
LEFT_IN = {"old-page-of-tables": ["Related stories"]}
"""What is known to be taken for a part of the article, though it is none."""


def page(
    markup: str, url: str = "https://courier.example/story", kind: str = "text/html"
) -> Fetched:
    return Fetched(url, markup.encode(), kind)


@pytest.mark.parametrize("layout", ARTICLES)
def test_the_whole_article_is_read_and_nothing_around_it(layout: str) -> None:
    text = " ".join(read_page(page(ARTICLES[layout])).text.split())
    story = STORY[:2] if layout == SHORT else STORY
    assert [part for part in story if part not in text] == []
    assert [words for words in CLUTTER if words in text] == LEFT_IN.get(layout, [])


@pytest.mark.parametrize("layout", OBSTACLES)
def test_a_page_without_an_article_says_what_it_is(layout: str) -> None:
    markup = (PAGES / "obstacles" / f"{layout}.html").read_text("utf-8")
    with pytest.raises(SourceError, match=OBSTACLES[layout]):
        read_page(page(markup))


def test_what_a_page_says_of_itself_is_kept() -> None:
    article = read_page(page(ARTICLES["newspaper-with-structured-data"]))
    assert (article.title, article.author, article.source, article.published_at) == (
        TITLE,
        "Runa Feld",
        "Brandau Courier",
        "2024-04-16",
    )


@pytest.mark.parametrize(
    ("head", "address"),
    [
        ('<link rel=canonical href="/story?utm_campaign=x">', "https://m.courier.example/story"),
        (
            '<link rel=canonical href="https://www.courier.example/s">',
            "https://www.courier.example/s",
        ),
        (
            '<meta property="og:url" content="https://courier.example/s">',
            "https://courier.example/s",
        ),
        ('<link rel=canonical href="https://thief.example/s">', "https://m.courier.example/a?id=7"),
        (
            '<link rel=canonical href="https://courier.example/">',
            "https://m.courier.example/a?id=7",
        ),
        ('<link rel=canonical href="javascript:x">', "https://m.courier.example/a?id=7"),
        ("", "https://m.courier.example/a?id=7"),
    ],
)
def test_a_page_is_known_by_its_canonical_address(head: str, address: str) -> None:
    markup = ARTICLES["old-page-of-tables"].replace("</head>", f"{head}</head>")
    url = "https://m.courier.example:443/a?utm_source=mail&id=7&fbclid=x#top"
    assert read_page(page(markup, url)).url == address


def test_a_number_in_a_title_is_no_error() -> None:
    markup = ARTICLES["press-release"].replace("Old bridge in Brandau", "Room 404")
    assert "The first buses" in read_page(page(markup)).text


def test_plain_text_is_an_article() -> None:
    read = read_page(page("A heron in the harbour.", kind="text/plain"))
    assert (read.text, read.url) == ("A heron in the harbour.", "https://courier.example/story")


def test_pictures_are_no_articles() -> None:
    with pytest.raises(SourceError, match="image/png"):
        read_page(page("x", kind="image/png"))


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ('<link rel=alternate type="application/atom+xml" href="f.atom">', "f.atom"),
        ('<link rel="ALTERNATE" type="application/feed+json" href="/f.json">', "f.json"),
        ('<link rel=alternate type="text/html" hreflang=de href="/de">', None),
        ('<link rel=alternate type="application/rss+xml" href="/comments/feed">', None),
        ("", None),
    ],
)
def test_a_pages_feed_is_found(link: str, found: str | None) -> None:
    address = found and f"https://courier.example/{found}"
    assert feed_in(page(f"<html><head>{link}</head><body></body></html>")) == address
