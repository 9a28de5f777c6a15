"""Several tabs, browsers and readers at once: nobody's work is lost, or taken for another's."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from rag import Chatbot, Settings
from tests.browser import needs_chromium
from tests.test_page import BRIDGE, FERRY, ask, expect_soon, free_port
from tests.test_page_waiting import Gated
from ui.web.app import launch

pytestmark = needs_chromium
FIRST, SECOND, THIRD = (
    "Who steered the ferry to Brandau?",
    "Who led the work on the bridge at Brandau?",
    "How much did the repairs of the bridge at Brandau cost?",
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Gated, str]]:
    with Gated.open(tmp_path_factory.mktemp("together") / "store", Settings()) as bot:
        bot.add([BRIDGE, FERRY])
        for gate in (bot.answering, bot.adding, bot.fetching):
            gate.set()
        served = launch(bot, port=free_port())
        yield bot, str(served.local_url)
        served.close()


@pytest.fixture
def address(served: tuple[Gated, str]) -> Iterator[str]:
    yield served[1]
    bot = served[0]
    for article in bot.articles():
        if article.id not in {BRIDGE.id, FERRY.id}:
            bot.remove(article.id)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One person's browser."""
    context = browser.new_context()
    yield context
    context.close()


def opened(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    expect(page.locator("#welcome h2")).to_be_attached()
    return page


def titles(page: Page) -> list[str]:
    page.locator(".menu > details > summary").click()
    said = page.locator(".menu .choose").all_inner_texts()
    page.keyboard.press("Escape")
    return said


def test_two_tabs_keep_each_others_conversations(context: BrowserContext, address: str) -> None:
    one, other = opened(context, address), opened(context, address)
    ask(one, FIRST)
    ask(other, SECOND)
    expect(one.locator(".menu summary").first).to_have_text("2 conversations")
    assert titles(one) == [SECOND, FIRST]
    one.reload()
    expect(one.locator("#past .turn h2")).to_have_text(FIRST)
    other.reload()
    expect(other.locator("#past .turn h2")).to_have_text(SECOND)


def test_two_tabs_add_to_one_conversation(context: BrowserContext, address: str) -> None:
    one = opened(context, address)
    ask(one, FIRST)
    other = opened(context, address)
    expect(other.locator("#past .turn h2")).to_have_text(FIRST)
    ask(one, SECOND)
    ask(other, THIRD)
    one.reload()
    expect(one.locator("#past .turn h2")).to_have_text([FIRST, SECOND, THIRD])


def test_a_conversation_deleted_in_another_tab_stays_deleted(
    context: BrowserContext, address: str
) -> None:
    one = opened(context, address)
    ask(one, FIRST)
    other = opened(context, address)
    expect(other.locator("#past .turn")).to_have_count(1)
    one.locator(".menu > details > summary").click()
    one.locator(".menu li summary").click()
    one.get_by_role("button", name="Delete").click()
    one.get_by_role("button", name="Really delete?").click()
    expect(one.locator(".turn")).to_have_count(0)
    ask(other, SECOND)
    assert titles(other) == [SECOND]


@pytest.mark.parametrize(
    "kept",
    ['{"version": 99, "conversations": 7}', "no JSON", '{"version": 1, "conversations": [{}]}'],
)
def test_a_list_that_cannot_be_read_is_set_aside(
    context: BrowserContext, address: str, kept: str
) -> None:
    page = opened(context, address)
    page.evaluate("kept => localStorage.setItem('footnote-conversations', kept)", kept)
    page.reload()
    expect(page.locator(".menu .title")).to_have_text("New conversation")
    ask(page, FIRST)
    assert titles(page) == [FIRST]
    assert page.evaluate("localStorage.getItem('footnote-set-aside')") == kept


def test_a_turn_that_cannot_be_read_does_not_break_the_others(
    context: BrowserContext, address: str
) -> None:
    page = opened(context, address)
    ask(page, FIRST)
    page.evaluate(
        """() => {
          const list = JSON.parse(localStorage.getItem("footnote-conversations"));
          list.conversations[0].turns.push("newer");
          localStorage.setItem("footnote-conversations", JSON.stringify(list));
          localStorage.setItem("footnote-turn-newer", '{"id": "newer", "version": 99}');
        }"""
    )
    page.reload()
    expect(page.locator("#past .turn h2")).to_have_text(FIRST)
    expect(page.locator(".unreadable")).to_contain_text("1 answer of another version")


def test_conversations_of_before_are_taken_over(context: BrowserContext, address: str) -> None:
    page = opened(context, address)
    ask(page, FIRST)
    talk = page.evaluate("JSON.parse(localStorage.getItem('footnote-conversations'))")
    former = {"current": talk["conversations"][0]["id"], "talks": talk["conversations"]}
    again = page.evaluate(
        """(former) => {
          localStorage.removeItem("footnote-conversations");
          return footnote.turns(former).map(({ answer }) => answer.question);
        }""",
        former,
    )
    assert again == [FIRST]


def drop(page: Page, *files: Path) -> None:
    page.get_by_role("tab", name="Articles").click()
    page.get_by_label("Choose files").set_input_files(list(files))


def written(folder: Path, place: str, text: str) -> Path:
    path = folder / place / "notes.txt"
    path.parent.mkdir()
    path.write_text(text)
    return path


def texts(bot: Chatbot) -> list[str]:
    new = (a.id for a in bot.articles() if a.id not in {BRIDGE.id, FERRY.id})
    return sorted(bot.article(article).text for article in new)


def test_files_of_one_name_of_two_readers_both_arrive(
    browser: Browser, served: tuple[Gated, str], address: str, tmp_path: Path
) -> None:
    for text in ("Of one reader.", "Of another reader."):
        context = browser.new_context()
        page = opened(context, address)
        drop(page, written(tmp_path, text, text))
        expect(page.locator("#news")).to_contain_text("1 added.")
        expect(page.locator("#news .files")).to_have_text("notes.txt: in the articles")
        context.close()
    assert texts(served[0]) == ["Of another reader.", "Of one reader."]


def test_files_of_one_name_that_come_together_both_arrive(
    context: BrowserContext, served: tuple[Gated, str], address: str, tmp_path: Path
) -> None:
    page = opened(context, address)
    drop(page, written(tmp_path, "a", "The first."), written(tmp_path, "b", "The second."))
    expect(page.locator("#news")).to_contain_text("2 added.")
    assert texts(served[0]) == ["The first.", "The second."]


def test_a_folder_is_added_and_what_cannot_be_read_is_named(
    context: BrowserContext, served: tuple[Gated, str], address: str, tmp_path: Path
) -> None:
    written(tmp_path, "deep", "Of a folder.")
    (tmp_path / "deep" / "picture.png").write_bytes(b"\x89PNG")
    page = opened(context, address)
    page.get_by_role("tab", name="Articles").click()
    page.get_by_label("Choose a folder").set_input_files(tmp_path / "deep")
    expect(page.locator("#news .files")).to_have_text("deep/notes.txt: in the articles")
    expect(page.locator(".uploads li")).to_have_text("deep/picture.pngnot a kind that can be read")
    assert texts(served[0]) == ["Of a folder."]


def test_a_text_that_could_not_be_added_is_still_there(
    context: BrowserContext, address: str
) -> None:
    page = opened(context, address)
    page.get_by_role("tab", name="Articles").click()
    page.get_by_role("button", name="Or paste a text").click()
    page.get_by_label("Text").fill("   \n   ")
    page.get_by_label("Title").fill("A long day's work")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#news .failed")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("A long day's work")
    page.get_by_label("Text").fill("The mill of Orsund grinds rye.")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#news")).to_contain_text("1 added.")
    expect(page.get_by_label("Title")).to_have_value("")


def test_a_tab_closed_while_its_file_is_added_holds_nobody_up(
    browser: Browser, served: tuple[Gated, str], address: str, tmp_path: Path
) -> None:
    bot = served[0]
    bot.adding.clear()
    gone = browser.new_context()
    page = opened(gone, address)
    drop(page, written(tmp_path, "a", "Of a tab that was closed."))
    expect(page.locator("#news progress")).to_be_visible()
    gone.close()
    context = browser.new_context()
    page = opened(context, address)
    expect(ask(page, FIRST)).to_contain_text("Oskar Venn")
    bot.adding.set()
    expect_soon(page, lambda: texts(bot) == ["Of a tab that was closed."])
    context.close()
