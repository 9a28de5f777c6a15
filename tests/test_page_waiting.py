"""What the page does while an answer or an article takes its time, in a real browser."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from rag import Article, Chatbot, IngestReport, Settings
from tests.browser import needs_chromium
from tests.test_page import BRIDGE, FERRY, ask, free_port
from ui.web.app import launch

pytestmark = needs_chromium
QUESTION = "Who steered the ferry to Brandau?"
SLOW = "Who led the work on the bridge at Brandau?"


class Gated(Chatbot):
    """Answers one question, fetches one article and adds others only when it is let."""

    def __init__(self, settings: Settings, **parts: Any) -> None:
        super().__init__(settings, **parts)
        self.answering, self.adding, self.fetching = Event(), Event(), Event()

    def stream(self, question: str, **options: Any) -> Generator[Any, None, None]:
        if question == SLOW:
            self.answering.wait(30)
        return super().stream(question, **options)

    def article(self, article_id: str) -> Article:
        if article_id == BRIDGE.id:
            self.fetching.wait(30)
        return super().article(article_id)

    def add(
        self, source: Any, *, allow_private: bool = False, progress: Any = None
    ) -> IngestReport:
        if isinstance(source, Sequence) and isinstance(source[0], Path):
            self.adding.wait(30)
        return super().add(source, allow_private=allow_private, progress=progress)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Gated, str]]:
    store = tmp_path_factory.mktemp("waiting") / "store"
    with Gated.open(store, Settings()) as bot:
        bot.add([BRIDGE, FERRY])
        served = launch(bot, port=free_port())
        yield bot, str(served.local_url)
        served.close()


@pytest.fixture
def bot(served: tuple[Gated, str]) -> Iterator[Gated]:
    bot = served[0]
    bot.answering.clear()
    bot.adding.clear()
    bot.fetching.set()
    yield bot
    for gate in (bot.answering, bot.adding, bot.fetching):
        gate.set()


@pytest.fixture
def page(browser: Browser, served: tuple[Gated, str], bot: Gated) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.goto(served[1])
    expect(page.locator("#welcome h2")).to_be_visible()
    yield page
    context.close()


def begin(page: Page, question: str = SLOW) -> Locator:
    """Ask, and return the turn while it is being answered."""
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    turn = page.locator("#live .turn.searching")
    expect(turn).to_contain_text(question)
    return turn


def drop(page: Page, files: Iterable[Path]) -> None:
    page.get_by_role("tab", name="Articles").click()
    page.get_by_label("Choose files").set_input_files(list(files))
    expect(page.locator("#news progress")).to_be_visible()


def test_an_answer_is_stopped_and_its_question_given_back(page: Page, bot: Gated) -> None:
    ask(page, QUESTION)
    begin(page)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#live .turn.stopped")).to_be_visible()
    expect(page.locator("#question textarea")).to_have_value(SLOW)
    bot.answering.set()
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".turn.done h2")).to_have_text([QUESTION, SLOW])
    expect(page.locator(".turn.stopped")).to_have_count(0)


def test_what_was_stopped_is_not_kept(page: Page) -> None:
    ask(page, QUESTION)
    begin(page)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#live .turn.stopped")).to_be_visible()
    page.reload()
    expect(page.locator("#past .turn h2")).to_have_text([QUESTION])


def test_a_question_asked_meanwhile_waits_in_the_box(page: Page, bot: Gated) -> None:
    begin(page)
    page.locator("#question textarea").fill(QUESTION)
    page.keyboard.press("Enter")
    bot.answering.set()
    expect(page.locator("#live .turn.done h2")).to_have_text(SLOW)
    expect(page.locator("#question textarea")).to_have_value(QUESTION)
    expect(page.locator(".turn")).to_have_count(1)


def test_asking_again_answers_anew_in_the_same_place(page: Page, bot: Gated) -> None:
    bot.answering.set()
    first = ask(page, SLOW).get_attribute("data-turn")
    ask(page, QUESTION)
    page.locator("#past [data-action=again]").click()
    expect(page.locator("#live .turn.done h2")).to_have_text(SLOW)
    expect(page.locator(".turn")).to_have_count(1)
    assert page.locator(".turn").get_attribute("data-turn") != first


def test_the_chat_answers_while_articles_are_added(page: Page, bot: Gated, tmp_path: Path) -> None:
    first, second = tmp_path / "first.txt", tmp_path / "second.txt"
    first.write_text("The lighthouse keeper\n\nHanne Brodersen keeps the lighthouse of Varn.")
    second.write_text("The miller\n\nJonas Wick grinds rye at the mill of Orsund.")
    drop(page, [first])
    drop(page, [second])
    page.get_by_role("tab", name="Ask").click()
    expect(ask(page, QUESTION)).to_contain_text("Oskar Venn")
    assert len(bot.articles()) == 2
    bot.adding.set()
    expect(ask(page, QUESTION)).to_contain_text("Oskar Venn")
    page.get_by_role("tab", name="Articles").click()
    expect(page.locator("#article-list li")).to_have_count(4)


def test_of_two_articles_pressed_quickly_the_last_is_shown(page: Page, bot: Gated) -> None:
    page.get_by_role("tab", name="Articles").click()
    bot.fetching.clear()
    page.locator("#article-list .open", has_text=BRIDGE.title).click()
    page.locator("#article-list .open", has_text=FERRY.title).click()
    bot.fetching.set()
    expect(page.locator("#article h2")).to_have_text(FERRY.title)
