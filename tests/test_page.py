"""The page in a real browser, over the real chatbot."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from rag import Article, Chatbot, Settings
from ui.app import launch

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium: apt-get install chromium")
expect.set_options(timeout=30_000)

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOSTILE = '</mark><script>window.ran=1</script><img src=x onerror="window.ran=2">'
BRIDGE = Article(
    "bridge",
    "The old bridge at Brandau reopens",
    "The old bridge at Brandau reopened on 3 May 2024 after two years of repairs.\n\n"
    "The repairs cost 4.2 million euros. The engineer Mara Lindqvist led the work. "
    "A quarter of the stones had to be cut anew.",
    source="Brandau Courier",
    url="https://courier.example/bridge",
    published_at="2024-05-04",
)
FERRY = Article(
    "ferry",
    "Ferry to Brandau ends its service",
    "The ferry to Brandau made its last crossing on 5 May 2024. "
    "Captain Oskar Venn had steered the ferry for thirty-one years.",
    source="River News",
    published_at="2024-05-06",
)
EVIL = Article(
    "evil",
    f"Zorblax {HOSTILE}",
    f"The zorblax inventor is Quentin Fizz. {HOSTILE} ${{window.ran=3}} {{{{constructor}}}}\n\n"
    "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd.",
    source=f'"><svg onload="window.ran=4">{HOSTILE}',
    url="javascript:window.ran=5",
)


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chatbot]:
    store = tmp_path_factory.mktemp("page") / "store"
    with Chatbot.open(store, Settings()) as bot:
        bot.add([BRIDGE, FERRY, EVIL])
        yield bot


@pytest.fixture(scope="module")
def address(bot: Chatbot) -> Iterator[str]:
    served = launch(bot)
    yield served.local_url
    served.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


Opener = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Opener]:
    """Opens the page; afterwards it must have asked nobody else and run nothing hostile."""
    pages: list[Page] = []
    requests: list[str] = []
    errors: list[str] = []

    def open_page(**options: Any) -> Page:
        context = browser.new_context(viewport={"width": 1280, "height": 800}, **options)
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        expect(page.locator("#welcome h2")).to_be_visible()
        pages.append(page)
        return page

    yield open_page
    assert [page.evaluate("window.ran") for page in pages] == [None] * len(pages)
    assert {url for url in requests if not url.startswith((address, "data:", "blob:"))} == set()
    assert errors == []
    for page in pages:
        page.context.close()


def ask(page: Page, question: str) -> Locator:
    """Ask and wait for the whole answer."""
    before = page.locator(".turn.done").count()
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".turn.done")).to_have_count(before + 1)
    return page.locator("#live .turn")


def test_an_answer_shows_its_source_marked_exactly(opened: Opener) -> None:
    page = opened()
    turn = ask(page, "How much did the repairs of the bridge at Brandau cost?")
    expect(page.locator("#source h2")).to_have_text(BRIDGE.title)
    marked = "".join(page.locator("#source mark.current").all_inner_texts())
    assert marked in BRIDGE.text
    assert marked == turn.locator(".marker q").first.text_content()
    expect(page.locator("#source a")).to_have_attribute("href", str(BRIDGE.url))


def test_a_refusal_shows_the_nearest_passages_and_they_open(opened: Opener) -> None:
    page = opened()
    turn = ask(page, "Who won the 1987 chess championship of Patagonia?")
    expect(turn.locator(".refusal")).to_be_visible()
    nearest = turn.locator(".nearest .passage").first
    nearest.click()
    expect(page.locator("#source h2")).to_have_text(nearest.inner_text())
    expect(page.locator("#source mark")).not_to_have_count(0)


def test_nothing_hostile_runs(opened: Opener) -> None:
    page = opened()
    turn = ask(page, "Who is the inventor of the zorblax?")
    turn.locator(".marker, .passage").first.click()
    ask(page, f"What is {HOSTILE} ${{window.ran=6}} {{{{window.ran=7}}}}?")
    expect(page.locator("#live h2")).to_contain_text("<script>")
    page.get_by_role("tab", name="Articles").click()
    page.locator("#shelf .open", has_text="Zorblax").click()
    expect(page.locator("#article h2")).to_have_text(EVIL.title)
    expect(page.locator("#article a")).to_have_count(0)
    page.wait_for_timeout(300)
