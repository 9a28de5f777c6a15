"""Adding from the web, following and updating, through Python and the command line."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from rag import Chatbot, IngestReport, Settings
from rag.errors import InputError, SourceError
from rag.ingestion.loaders import Failure
from rag.models.encoder import Encoder
from tests.document_files import write_pdf
from tests.web_site import PARAGRAPHS, Reply, Site, html, rss, sitemap
from ui.cli.app import app

OTHER = tuple(text.replace("Brandau", "Selm") for text in PARAGRAPHS)
FeedMaker = Callable[[Site], Reply]


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr("rag.ingestion.web.client._FIRST_PAUSE", 0.01)
    with Site() as site:
        site.pages["/bridge"] = html("The old bridge reopens")
        site.pages["/selm"] = html("Selm votes", OTHER)
        yield site


@pytest.fixture
def bot(settings: Settings, encoder: Encoder) -> Iterator[Chatbot]:
    with Chatbot(settings) as bot:
        bot.__dict__["embedder"] = encoder
        yield bot


def add(bot: Chatbot, *addresses: str) -> IngestReport:
    return bot.add(addresses, allow_private=True)


def update(bot: Chatbot) -> IngestReport:
    return bot.update(allow_private=True)


def feed(site: Site, *paths: str, title: str = "Courier") -> None:
    site.pages["/feed"] = rss(title, {site.url(path): path for path in paths})


def titles(bot: Chatbot) -> list[str]:
    return sorted(article.title for article in bot.articles())


def later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    """What was fetched before counts as so many days old."""

    class Later(datetime):
        @classmethod
        def now(cls, tz: object = None) -> "Later":
            moment = datetime.now(UTC) + timedelta(days=days)
            return cls.fromtimestamp(moment.timestamp(), UTC)

    monkeypatch.setattr("rag.ingestion.web.remembered.datetime", Later)


def test_a_pdf_is_added_by_its_address_and_cited_by_page(
    bot: Chatbot, site: Site, tmp_path: Path
) -> None:
    lines = [[(72, 100, "The bridge at Brandau was closed.")], [(72, 100, "It reopened in May.")]]
    file = write_pdf(tmp_path / "made.pdf", lines)
    site.pages["/files/bridge%20report.pdf"] = Reply(file.read_bytes(), kind="application/pdf")
    report = add(bot, site.url("/files/bridge%20report.pdf"))
    [article] = bot.articles()
    assert (report.added, report.failed, article.title) == (1, (), "bridge report.pdf")
    assert article.url == site.url("/files/bridge%20report.pdf")
    whole = bot.article(article.id)
    assert whole.page_at(whole.text.index("reopened")) == 2


def test_a_file_that_is_not_what_it_says_is_a_failure(bot: Chatbot, site: Site) -> None:
    site.pages["/broken.pdf"] = Reply(b"%PDF-1.7 no more", kind="application/pdf")
    [failure] = add(bot, site.url("/broken.pdf")).failed
    assert failure.source == site.url("/broken.pdf")


def test_a_page_is_an_article_with_what_it_says_of_itself(bot: Chatbot, site: Site) -> None:
    assert add(bot, site.url("/bridge")) == IngestReport(added=1, passages=1)
    [found] = bot.articles()
    article = bot.article(found.id)
    assert (article.title, article.source, article.url, article.published_at) == (
        "The old bridge reopens",
        "Brandau Courier",
        site.url("/bridge"),
        "2024-05-14",
    )
    assert all(text in article.text for text in PARAGRAPHS)


def test_adding_again_asks_only_whether_it_has_changed(bot: Chatbot, site: Site) -> None:
    add(bot, site.url("/bridge"))
    assert add(bot, site.url("/bridge")) == IngestReport(unchanged=1)
    assert "If-None-Match" in site.told[-1]
    site.pages["/bridge"] = html("The old bridge stays shut")
    assert add(bot, site.url("/bridge")) == IngestReport(updated=1, passages=1)
    assert titles(bot) == ["The old bridge stays shut"]


def test_what_was_removed_is_read_again_when_it_is_added(bot: Chatbot, site: Site) -> None:
    add(bot, site.url("/bridge"))
    bot.remove(bot.articles()[0].id)
    assert add(bot, site.url("/bridge")) == IngestReport(added=1, passages=1)


def test_one_article_under_several_addresses_is_one(bot: Chatbot, site: Site) -> None:
    named = f'<link rel="canonical" href="{site.url("/bridge")}">'
    site.pages["/amp/bridge"] = html("The old bridge reopens", head=named)
    site.pages["/old"] = Reply(status=301, headers={"Location": "/bridge?utm_source=mail"})
    site.pages["/bridge?utm_source=mail"] = html("The old bridge reopens", head=named)
    report = add(bot, *map(site.url, ("/bridge", "/amp/bridge", "/old", "/bridge?fbclid=x#top")))
    assert report == IngestReport(added=1, unchanged=2, passages=1)
    assert [one.url for one in bot.articles()] == [site.url("/bridge")]


def test_a_canonical_address_that_is_on_every_page_is_not_believed(
    bot: Chatbot, site: Site
) -> None:
    wrong = f'<link rel="canonical" href="{site.url("/news")}">'
    site.pages["/bridge"] = html("The old bridge reopens", head=wrong)
    site.pages["/selm"] = html("Selm votes", OTHER, head=wrong)
    assert add(bot, site.url("/bridge"), site.url("/selm")).added == 2
    assert titles(bot) == ["Selm votes", "The old bridge reopens"]


def test_another_sites_canonical_address_is_not_believed(bot: Chatbot, site: Site) -> None:
    named = '<link rel="canonical" href="http://elsewhere.example/x">'
    site.pages["/bridge"] = html("The old bridge reopens", head=named)
    add(bot, site.url("/bridge"))
    assert bot.articles()[0].url == site.url("/bridge")


def test_a_sitemap_of_sitemaps_is_taken_whole(bot: Chatbot, site: Site) -> None:
    site.pages["/sitemap.xml"] = sitemap(
        [site.url("/one.xml"), site.url("/two.xml")], "sitemapindex", "sitemap"
    )
    site.pages["/one.xml"] = sitemap([site.url("/bridge")])
    site.pages["/two.xml"] = sitemap([site.url("/selm"), site.url("/gone")])
    gone = Failure(site.url("/gone"), "the site has no such page (404)")
    steps: list[tuple[int, int | None]] = []
    report = bot.add(
        site.url("/sitemap.xml"),
        allow_private=True,
        progress=lambda n, of, _: steps.append((n, of)),
    )
    assert report == IngestReport(added=2, passages=2, failed=(gone,))
    assert steps[-1][0] == 3


def test_a_feed_is_followed_and_brought_up_to_date(bot: Chatbot, site: Site) -> None:
    feed(site, "/bridge")
    followed = bot.follow(site.url("/feed"), allow_private=True)
    assert (followed.kind, followed.title, followed.checked_at) == ("feed", "Courier", None)
    assert update(bot) == IngestReport(added=1, passages=1)
    asked = len(site.asked)
    assert update(bot) == IngestReport()
    assert site.asked[asked:] == ["/robots.txt", "/feed"]
    feed(site, "/selm", "/bridge")
    assert update(bot) == IngestReport(added=1, unchanged=1, passages=1)


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Courier</title><entry><title>Bridge</title>
<link href="/bridge"/></entry></feed>"""
JSON_FEED = """{"version": "https://jsonfeed.org/version/1.1", "title": "Courier",
"items": [{"id": "1", "url": "/bridge"}]}"""


@pytest.mark.parametrize(
    ("content", "kind"), [(ATOM, "application/atom+xml"), (JSON_FEED, "application/feed+json")]
)
def test_other_feeds_are_followed_too(bot: Chatbot, site: Site, content: str, kind: str) -> None:
    site.pages["/feed"] = Reply(content.encode(), kind=kind)
    assert bot.follow(site.url("/feed"), allow_private=True).title == "Courier"
    assert update(bot) == IngestReport(added=1, passages=1)


def test_a_pages_feed_is_found(bot: Chatbot, site: Site) -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="{}" title="{}">'
    site.pages["/"] = html(
        "Home", head=link.format("/comments", "Comments") + link.format("/feed", "News")
    )
    feed(site, "/bridge")
    followed = bot.follow(site.url("/"), allow_private=True)
    assert (followed.source, followed.url) == (site.url("/"), site.url("/feed"))
    assert bot.follows() == [followed]


def test_a_page_without_a_feed_is_followed_itself(bot: Chatbot, site: Site) -> None:
    assert bot.follow(site.url("/bridge"), allow_private=True).kind == "page"
    assert update(bot).added == 1
    site.pages["/bridge"] = html("The old bridge stays shut")
    assert update(bot).updated == 1


def test_there_must_be_something_to_follow(bot: Chatbot, site: Site) -> None:
    site.pages["/empty"] = "<html><body></body></html>"
    with pytest.raises(SourceError, match="names no feed"):
        bot.follow(site.url("/empty"), allow_private=True)
    with pytest.raises(SourceError, match="404"):
        bot.follow(site.url("/nowhere"), allow_private=True)
    with pytest.raises(InputError, match="no folder"):
        bot.follow("nowhere")
    assert bot.follows() == []


def test_a_folder_is_followed(bot: Chatbot, tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.txt").write_text("The heron stands in the reeds.", "utf-8")
    bot.follow(folder)
    assert update(bot).added == 1
    (folder / "b.txt").write_text("The stork has flown to the south.", "utf-8")
    assert update(bot) == IngestReport(added=1, unchanged=1, passages=1)


def test_an_article_that_vanishes_is_kept_and_that_is_said(
    bot: Chatbot, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed(site, "/bridge")
    bot.follow(site.url("/feed"), allow_private=True)
    update(bot)
    del site.pages["/bridge"]
    later(monkeypatch, days=2)
    [warning] = update(bot).warnings
    assert "is kept" in warning
    assert titles(bot) == ["The old bridge reopens"]


def test_an_article_is_looked_at_again_after_a_day(
    bot: Chatbot, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed(site, "/bridge", "/selm")
    bot.follow(site.url("/feed"), allow_private=True)
    update(bot)
    site.pages["/bridge"] = html("The old bridge stays shut")
    assert update(bot) == IngestReport()
    later(monkeypatch, days=2)
    assert update(bot) == IngestReport(updated=1, unchanged=1, passages=1)


def test_a_removed_article_of_a_feed_does_not_come_back(
    bot: Chatbot, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed(site, "/bridge", "/selm")
    bot.follow(site.url("/feed"), allow_private=True)
    update(bot)
    bot.remove(next(one.id for one in bot.articles() if one.title == "Selm votes"))
    later(monkeypatch, days=2)
    update(bot)
    assert titles(bot) == ["The old bridge reopens"]


def test_a_page_that_failed_for_now_is_tried_again(bot: Chatbot, site: Site) -> None:
    feed(site, "/bridge", "/busy")
    site.pages["/busy"] = Reply(status=503)
    bot.follow(site.url("/feed"), allow_private=True)
    assert [one.source for one in update(bot).failed] == [site.url("/busy")]
    site.pages["/busy"] = html("Selm votes", OTHER)
    assert update(bot) == IngestReport(added=1, unchanged=1, passages=1)


def test_a_feed_that_fails_is_told_of_until_it_works(bot: Chatbot, site: Site) -> None:
    feed(site, "/bridge")
    bot.follow(site.url("/feed"), allow_private=True)
    site.pages["/feed"] = Reply(status=410)
    update(bot)
    assert [one.error for one in bot.follows()] == ["the site has no such page (410)"]
    feed(site, "/bridge")
    update(bot)
    assert [one.error for one in bot.follows()] == [None]


def test_an_update_that_is_broken_off_goes_on_where_it_was(
    bot: Chatbot, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.ingestion.pipeline._BATCH", 1)
    feed(site, "/bridge", "/selm")
    bot.follow(site.url("/feed"), allow_private=True)

    def stop(done: int, *_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bot.update(allow_private=True, progress=stop)
    assert titles(bot) == ["The old bridge reopens"]
    asked = len(site.asked)
    assert update(bot) == IngestReport(added=1, unchanged=1, passages=1)
    assert "/bridge" not in site.asked[asked:]


def test_what_is_not_followed_any_more_keeps_its_articles(bot: Chatbot, site: Site) -> None:
    feed(site, "/bridge")
    bot.follow(site.url("/feed"), allow_private=True)
    update(bot)
    bot.unfollow(site.url("/feed"))
    assert (bot.follows(), titles(bot)) == ([], ["The old bridge reopens"])
    with pytest.raises(InputError, match="not followed"):
        bot.unfollow(site.url("/feed"))


@pytest.mark.parametrize(
    "address", ["http://[::1/", "http://user:word@courier.example/", "https://", "HTTP://a b/"]
)
def test_what_is_no_address_is_a_failure(bot: Chatbot, address: str) -> None:
    assert [one.source for one in add(bot, address).failed] == [address]


@pytest.fixture
def footnote(tmp_path: Path) -> Callable[..., Result]:
    def run(*words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--store", str(tmp_path / "store")])

    return run


def test_the_command_line_follows_and_updates(footnote: Callable[..., Result], site: Site) -> None:
    feed(site, "/bridge", "/gone")
    assert "the feed 'Courier'" in footnote("follow", site.url("/feed"), "--allow-private").output
    said = footnote("update", "--allow-private", "--json")
    assert json.loads(said.stdout)["added"] == 1
    assert f"footnote: {site.url('/gone')}: the site has no such page (404)" in said.stderr
    [followed] = json.loads(footnote("follow", "--json").stdout)
    assert (followed["source"], followed["error"]) == (site.url("/feed"), None)
    assert site.url("/feed") in footnote("follow").stdout
    assert footnote("unfollow", site.url("/feed")).exit_code == 0
    assert json.loads(footnote("follow", "--json").stdout) == []


def test_the_command_line_keeps_out_of_the_inside_unless_told(
    footnote: Callable[..., Result], site: Site
) -> None:
    said = footnote("add", site.url("/bridge"))
    assert (said.exit_code, site.asked) == (1, [])
    assert "not on the public internet" in said.stderr
    assert footnote("add", site.url("/bridge"), "--allow-private").exit_code == 0


@pytest.mark.parametrize("every", ["often", "5s", "0m", "15"])
def test_every_must_be_a_time(footnote: Callable[..., Result], every: str) -> None:
    found = footnote("update", "--every", every).exception
    assert isinstance(found, InputError)
