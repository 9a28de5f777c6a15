"""The page under attack in a real browser: what runs in it, and what a reader is told."""

from collections.abc import Generator, Iterator
from threading import Event
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from rag import Chatbot, Settings
from tests.browser import needs_chromium
from tests.test_page import BRIDGE, FERRY, HOSTILE, ask
from ui.web.app import launch

pytestmark = needs_chromium
SLOW = "Who led the work on the bridge at Brandau?"
_WATCH = """
window.violations = [];
addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));
"""


class Slow(Chatbot):
    """Answers one question only when it is let."""

    def __init__(self, settings: Settings, **parts: Any) -> None:
        super().__init__(settings, **parts)
        self.let = Event()

    def stream(self, question: str, **options: Any) -> Generator[Any, None, None]:
        if question == SLOW:
            self.let.wait(30)
        return super().stream(question, **options)


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slow]:
    with Slow.open(tmp_path_factory.mktemp("secure") / "store", Settings()) as bot:
        bot.add([BRIDGE, FERRY])
        yield bot


@pytest.fixture(scope="module")
def address(bot: Chatbot) -> Iterator[str]:
    served = launch(bot)
    yield served.local_url
    served.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    context.add_init_script(_WATCH)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    expect(page.locator("#welcome h2")).to_be_visible()
    return page


def test_the_page_keeps_to_its_own_policy(page: Page) -> None:
    ask(page, "Who steered the ferry to Brandau?").locator(".marker").first.click()
    expect(page.locator("#source mark").first).to_be_visible()
    page.get_by_role("tab", name="Check").click()
    page.locator("#check textarea").fill("The ferry was steered by Oskar Venn.")
    page.locator("#run-check").click()
    expect(page.locator("#report .checked")).to_be_visible()
    page.get_by_role("tab", name="Articles").click()
    page.locator("#article-list .open").first.click()
    expect(page.locator("#article h2")).to_be_visible()
    page.locator("#files input[accept]").set_input_files(
        {"name": "mill.txt", "mimeType": "text/plain", "buffer": b"The mill at Ost burned down."}
    )
    expect(page.locator("#news")).to_contain_text("1 added")
    assert page.evaluate("violations") == []


def test_a_script_that_gets_into_the_page_does_not_run(page: Page) -> None:
    page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", HOSTILE)
    page.evaluate(
        "() => document.body.append(Object.assign(document.createElement('script'),"
        " { textContent: 'window.ran = 3' }))"
    )
    page.wait_for_function("violations.length >= 2")
    assert page.evaluate("window.ran") is None


def test_another_site_cannot_show_the_page_in_a_frame(
    context: BrowserContext, address: str
) -> None:
    page = context.new_page()
    page.set_content(f'<iframe src="{address}"></iframe>')
    frame = page.frames[1]
    frame.wait_for_load_state()
    assert frame.locator("gradio-app").count() == 0


def test_a_question_too_long_is_refused_with_a_sentence_and_the_next_is_answered(
    page: Page,
) -> None:
    page.locator("#question textarea").fill("why " * 2_500)
    page.keyboard.press("Enter")
    said = "That has 9,999 characters; send at most 8,000."
    expect(page.locator("#live .turn")).to_contain_text(said)
    page.locator("#question textarea").fill("Who steered the ferry to Brandau?")
    page.keyboard.press("Enter")
    expect(page.locator("#live .turn.done")).to_be_visible()


def test_a_slow_answer_of_one_reader_holds_no_other(
    browser: Browser, context: BrowserContext, address: str, bot: Slow
) -> None:
    bot.let.clear()
    slow = [context.new_page() for _ in range(4)]
    for page in slow:
        page.goto(address)
        page.locator("#question textarea").fill(SLOW)
        page.keyboard.press("Enter")
    said = "3 questions of yours are being answered. Wait for one of them."
    expect(slow[-1].locator("#live .turn")).to_contain_text(said)
    other = browser.new_page()
    other.goto(address)
    ask(other, "Who steered the ferry to Brandau?")
    bot.let.set()
    expect(slow[0].locator("#live .turn.done")).to_be_visible()
    other.close()


def test_who_has_no_password_is_asked_for_it_and_told_when_it_is_wrong(
    browser: Browser, bot: Chatbot
) -> None:
    served = launch(bot, auth="ada:secret")
    context = browser.new_context()
    context.add_init_script(_WATCH)
    page = context.new_page()
    page.goto(served.local_url)
    for password in ("wrong", "secret"):
        page.get_by_label("Username").fill("ada")
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Log in").click()
        if password == "wrong":
            expect(page.get_by_role("alert")).to_contain_text("no such name with this password")
    expect(page.locator("#welcome h2")).to_be_visible()
    assert page.evaluate("violations") == []
    page.goto(f"{served.local_url}logout")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_label("Password")).to_be_visible()
    context.close()
    served.close()
