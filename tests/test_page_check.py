"""Checking a text on the page, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from rag import Chatbot, Settings
from tests.browser import needs_chromium
from tests.test_check import BRIDGE, TEXT
from tests.test_page import free_port
from ui.web.app import launch

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with Chatbot.open(tmp_path_factory.mktemp("page") / "store", Settings()) as bot:
        bot.add(BRIDGE)
        served = launch(bot, port=free_port())
        yield str(served.local_url)
        served.close()


@pytest.fixture(params=[(1280, 850), (400, 800)], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.goto(address)
    page.get_by_role("tab", name="Check").click()
    page.get_by_label("Text").first.fill(TEXT)
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator(".checked .statement")).to_have_count(3)
    yield page
    context.close()


def test_each_sentence_says_its_verdict(page: Page) -> None:
    assert page.locator(".checked .finding").all_inner_texts() == [
        "Supported",
        "Not checked: It states nothing that could be looked up.",
        "Not found",
    ]
    expect(page.locator(".checked [role=status]")).to_have_text(
        "3 sentences: 1 supported, 1 not found, 1 unchecked."
    )


def test_a_footnote_opens_the_article_at_its_words(page: Page) -> None:
    page.locator(".checked .marker").click()
    expect(page.locator("#proof mark.current")).to_have_text(
        "The Elmford bridge reopens on 4 May, the county said."
    )
    expect(page.locator("#proof mark.current")).to_be_in_viewport()
