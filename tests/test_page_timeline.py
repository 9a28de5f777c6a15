"""A timeline on the page, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from rag import Chatbot, Settings
from tests.browser import needs_chromium
from tests.test_overviews import ARTICLES
from tests.test_page import free_port
from ui.web.app import launch

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with Chatbot.open(tmp_path_factory.mktemp("page") / "store", Settings()) as bot:
        bot.add(ARTICLES)
        served = launch(bot, port=free_port())
        yield str(served.local_url)
        served.close()


@pytest.fixture(params=[(1280, 850), (320, 640)], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.goto(address)
    page.get_by_role("tab", name="Timeline").click()
    page.get_by_label("What about?").fill("the ferry strike in Elmford")
    page.get_by_label("What about?").press("Enter")
    expect(page.locator(".timeline > li")).to_have_count(3)
    yield page
    context.close()


def test_times_stand_in_order_with_their_sentences(page: Page) -> None:
    assert page.locator(".timeline time").all_inner_texts() == ["2019", "2025-03-07", "2025-03-11"]
    expect(page.locator(".timeline > li").nth(1)).to_contain_text("2 reports")


def test_a_footnote_opens_the_article_at_its_words(page: Page) -> None:
    page.locator(".timeline .marker").last.click()
    mark = page.locator("#origin mark.current")
    expect(mark).to_have_text(ARTICLES[2].text)
    expect(mark).to_be_in_viewport()
