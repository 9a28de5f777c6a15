"""The first screen, links to articles and conversations, what is copied, and what is heard."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from rag import Article, Chatbot, Settings
from tests.browser import needs_chromium
from tests.test_page import BRIDGE, FERRY, ask, free_port
from ui.web.app import launch

pytestmark = needs_chromium
COST = "How much did the repairs of the bridge at Brandau cost?"
MANY = [
    Article(
        f"note-{number}",
        f"Harbour note {number}",
        f"Ship number {number} of the harbour of Lund has left.",
        source="Harbour Log" if number % 2 else "Lund Times",
        published_at=(date(2023, 1, 1) + timedelta(days=number)).isoformat(),
    )
    for number in range(120)
]
EMOJI = Article(
    "a/b c#😀", "An article 😀", "First 😀😀 words.\n\nThe second 😀 paragraph says so."
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with Chatbot.open(tmp_path_factory.mktemp("reading") / "store", Settings()) as bot:
        bot.add([BRIDGE, FERRY, EMOJI, *MANY])
        served = launch(bot, port=free_port())
        yield str(served.local_url)
        served.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    expect(page.locator("#welcome h2")).to_be_visible()
    return page


def test_the_first_screen_says_what_there_is(page: Page) -> None:
    welcome = page.locator("#welcome")
    expect(welcome.locator("h2")).to_have_text("Ask 123 articles")
    expect(welcome.locator(".extent")).to_contain_text("Harbour Log, Lund Times, Brandau Courier")
    expect(welcome.locator(".extent")).to_contain_text("and 1 other source")
    expect(welcome.locator(".extent")).to_contain_text("2023-01-01 to 2024-05-06")
    expect(page.get_by_role("img", name="Articles by day, from 2023-01-01")).to_be_visible()
    expect(welcome.locator(".newest li").first).to_have_text(f"{FERRY.title} · 2024-05-06")


def test_one_key_leads_to_the_question_from_anywhere(page: Page) -> None:
    page.get_by_role("tab", name="Articles").click()
    expect(page.locator("#article-list li").first).to_be_visible()
    page.keyboard.press("/")
    expect(page.locator("#question textarea")).to_be_focused()


def test_the_list_comes_in_pages_and_is_sought_through(page: Page) -> None:
    page.get_by_role("tab", name="Articles").click()
    rows = page.locator("#article-list li")
    expect(rows).to_have_count(50)
    page.locator("#article-list .more").scroll_into_view_if_needed()
    expect(rows).to_have_count(100)
    page.locator("#article-list .more").scroll_into_view_if_needed()
    expect(rows).to_have_count(123)
    expect(page.locator("#article-list .more")).to_have_count(0)
    ids = rows.evaluate_all("rows => rows.map((row) => row.dataset.article)")
    assert len(set(ids)) == 123
    page.get_by_label("Search").fill("harb 77")
    expect(rows).to_have_count(1)
    expect(page.locator("#article-list .count")).to_have_text("1 article of 123")


def marked(page: Page) -> str:
    expect(page.locator("mark").first).to_be_in_viewport()
    return "".join(page.locator("mark").all_inner_texts())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_footnote_is_a_link_to_the_words_it_cites(
    context: BrowserContext, page: Page, scheme: str
) -> None:
    turn = ask(page, COST)
    marker = turn.get_by_role("link", name=f"Footnote 1: {BRIDGE.title}")
    quote = marker.locator("q").text_content()
    alone = context.new_page()
    alone.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    alone.goto(marker.evaluate("link => link.href"))
    expect(alone.locator("h2")).to_have_text(BRIDGE.title)
    assert marked(alone) == quote


def test_offsets_count_characters_and_not_their_halves(
    context: BrowserContext, address: str
) -> None:
    start = EMOJI.text.index("second")
    page = context.new_page()
    page.goto(f"{address}article/a%2Fb%20c%23%F0%9F%98%80#{start}-{start + 18}")
    assert marked(page) == EMOJI.text[start : start + 18] == "second 😀 paragraph"
    page.evaluate("location.hash = '#6-8'")
    expect(page.locator("mark")).to_have_text("😀😀")


def test_what_is_not_there_is_said(address: str) -> None:
    for path in ("article/nothing", "conversation/nothing", "own/page.js", "own/..%2Fapp.py"):
        with pytest.raises(HTTPError, match="404"):
            urlopen(f"{address}{path}")


def test_a_conversation_is_shared_by_its_link(browser: Browser, page: Page, address: str) -> None:
    ask(page, COST)
    page.locator(".menu > details > summary").click()
    page.locator(".menu li summary").click()
    page.get_by_role("button", name="Share a link").click()
    link = page.locator(".shared-link a")
    expect(link).to_have_text(re.compile(f"^{re.escape(address)}conversation/[\\w-]{{22}}$"))
    other = browser.new_context().new_page()
    other.goto(link.inner_text())
    expect(other.locator("h2")).to_have_text(COST)
    quote = other.locator("q").first.inner_text().strip('“”"')
    assert quote in BRIDGE.text
    other.get_by_role("link", name="In its article").first.click()
    assert marked(other) == quote
    other.context.close()


def test_links_are_for_those_who_have_logged_in(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with Chatbot.open(tmp_path_factory.mktemp("locked") / "store", Settings()) as bot:
        bot.add([BRIDGE])
        served = launch(bot, port=free_port(), auth="reader:s3cret")
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{served.local_url}article/{BRIDGE.id}#4-14")
        expect(page.locator("body")).not_to_contain_text("Lindqvist")
        page.goto(str(served.local_url))
        page.get_by_label("Username").fill("reader")
        page.get_by_label("Password").fill("s3cret")
        page.get_by_role("button", name="Log in").click()
        expect(page.locator("#welcome h2")).to_be_visible()
        page.goto(f"{served.local_url}article/{BRIDGE.id}#4-14")
        assert marked(page) == BRIDGE.text[4:14]
        context.close()
        served.close()


def copied(page: Page, name: str) -> str:
    """What pressing a button puts on the clipboard."""
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    page.get_by_role("button", name=name, exact=True).click()
    return str(page.evaluate("window.copied"))


def test_an_answer_is_copied_with_its_footnotes(page: Page) -> None:
    quote = ask(page, COST).locator(".marker q").first.text_content()
    plain, markdown = copied(page, "Copy"), copied(page, "Copy Markdown")
    assert f"[1] {BRIDGE.title} · Brandau Courier · 2024-05-04: “{quote}”" in plain
    assert "[^1-1]\n" in markdown
    assert f"[^1-1]: {BRIDGE.title} · Brandau Courier · 2024-05-04: “{quote}”" in markdown


def test_a_source_is_copied_as_a_reference(page: Page) -> None:
    ask(page, COST)
    expect(page.locator("#source h2")).to_have_text(BRIDGE.title)
    assert copied(page, "APA") == (
        "The old bridge at Brandau reopens. (2024, May 4). Brandau Courier. "
        "https://courier.example/bridge"
    )
    assert copied(page, "BibTeX").startswith("@misc{2024bridge,")


def test_an_answer_is_announced_once_and_the_pane_has_a_name(page: Page) -> None:
    page.evaluate(
        """() => {
          window.heard = [];
          const status = document.querySelector("#announcer p");
          const note = () => window.heard.push(status.textContent);
          new MutationObserver(note).observe(status, { childList: true });
        }"""
    )
    turn = ask(page, COST)
    heard = page.evaluate("window.heard")
    assert len(heard) == 1
    assert "4.2 million euros" in heard[0]
    assert re.search(r"\d footnotes?\.$", heard[0])
    expect(turn.locator("[aria-live], [role=status]")).to_have_count(0)
    expect(page.get_by_role("region", name=f"Source: {BRIDGE.title}")).to_be_visible()
    seen = page.locator("#live").aria_snapshot()
    assert f'link "Footnote 1: {BRIDGE.title}"' in seen


def test_on_paper_the_footnotes_are_written_out(page: Page) -> None:
    quote = ask(page, COST).locator(".marker q").first.text_content()
    page.emulate_media(media="print")
    expect(page.locator("#composer")).to_be_hidden()
    expect(page.locator("#source")).to_be_hidden()
    printed = page.locator("#live .turn").evaluate(
        "turn => getComputedStyle(turn, '::after').content"
    )
    assert str(quote) in printed


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_all_tabs_are_there_and_nothing_sticks_out(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for name in ("Ask", "Check", "Timeline", "Articles", "Ask"):
        tab = page.get_by_role("tab", name=name)
        expect(tab).to_be_in_viewport(ratio=0.95)
        tab.click()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
