"""The page with a language model, in a real browser, against a scripted model's server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from gradio_client import Client  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from rag import Chatbot
from tests.browser import needs_chromium
from tests.openai_server import KEY, ModelServer, Reply, pieces
from tests.test_page import BRIDGE, ask, free_port
from ui.web.app import launch

pytestmark = needs_chromium
QUESTION = "Who led the repairs of the bridge at Brandau?"
LED = "The engineer Mara Lindqvist led the work [3]. "
HOSTILE = "The work cost 9 million ![x](http://127.0.0.1:9/p) <img src=http://127.0.0.1:9/q> [2]."


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture(scope="module")
def address(server: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store = tmp_path_factory.mktemp("page") / "store"
    with Chatbot.open(store, server.settings(price="1/2")) as bot:
        bot.add([BRIDGE])
        served = launch(bot, port=free_port())
        yield str(served.local_url)
        served.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page; afterwards the key must be nowhere in it, and no foreign image."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    expect(page.locator("#welcome h2")).to_be_visible()
    yield page
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert KEY not in page.content() + kept
    assert page.locator(".turns img, .turn img").count() == 0
    context.close()


def test_statements_come_one_by_one_with_their_checks(page: Page, server: ModelServer) -> None:
    server.say(Reply(pieces(LED + HOSTILE, 5), pause=0.1))
    page.locator("#question textarea").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator("#live .draft")).to_be_visible()
    turn = page.locator("#live .turn.done")
    expect(turn.locator(".statement.supported, .statement.quoted")).to_have_count(1)
    expect(turn.locator(".statement.unsupported .doubt")).to_contain_text("Not supported")
    turn.locator("summary").click()
    expect(turn.locator(".searched")).to_contain_text("100 tokens read, 20 written, $0.0001")


def test_the_articles_answer_while_the_model_is_away(page: Page, server: ModelServer) -> None:
    server.say(Reply(status=503, headers={"Retry-After": "0.01"}))
    turn = ask(page, QUESTION)
    expect(turn.locator(".statement")).to_contain_text("Mara Lindqvist led the work.")
    expect(turn.locator(".note")).to_contain_text("Answered without the language model.")


def test_stopping_ends_the_call_to_the_model(page: Page, server: ModelServer) -> None:
    server.hung_up.clear()
    server.say(Reply((LED,) * 300, pause=0.05))
    page.locator("#question textarea").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator("#live .statement").first).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    assert server.hung_up.wait(10)


def test_the_pages_api_answers_with_the_model(
    address: str, server: ModelServer, tmp_path: Path
) -> None:
    server.say(LED)
    client = Client(address, verbose=False, download_files=str(tmp_path))
    answer = client.predict(QUESTION, "", "", api_name="/ask")
    client.close()
    assert (answer["mode"], answer["usage"]["cost"]) == ("generative", 0.00014)
