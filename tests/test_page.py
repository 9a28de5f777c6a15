"""The page in a real browser, over the real chatbot."""

import json
import socket
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Literal
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from gradio_client import Client  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from rag import Article, Chatbot, Settings
from tests.browser import needs_chromium
from ui.web.app import launch

pytestmark = needs_chromium
expect.set_options(timeout=30_000)

GRAVE = {"serious", "critical"}
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
DAMS = [
    Article("old", "Dam in figures", "The dam at Ost holds 40 million litres."),
    Article("new", "Dam enlarged", "The dam at Ost holds 55 million litres."),
]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chatbot]:
    store = tmp_path_factory.mktemp("page") / "store"
    with Chatbot.open(store, Settings()) as bot:
        bot.add([BRIDGE, FERRY, EVIL])
        yield bot


@pytest.fixture(scope="module")
def address(bot: Chatbot) -> Iterator[str]:
    served = launch(bot, port=free_port())
    yield str(served.local_url)
    served.close()


@pytest.fixture(scope="module")
def context(browser: Browser) -> BrowserContext:
    """One person's browser, which need not fetch Gradio's own files for every test."""
    return browser.new_context(viewport={"width": 1280, "height": 800})


Opener = Callable[..., Page]


@pytest.fixture
def opened(context: BrowserContext, address: str) -> Iterator[Opener]:
    """Opens the page; afterwards it must have asked nobody else and run nothing hostile."""
    pages: list[Page] = []
    requests: list[str] = []
    errors: list[str] = []

    def open_page(context: BrowserContext = context) -> Page:
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
        page.evaluate("localStorage.clear()")
        page.close()


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
    expect(page.locator("#source .about a")).to_have_attribute("href", str(BRIDGE.url))


def test_the_head_of_a_source_stays_above_its_text(opened: Opener) -> None:
    page = opened()
    ask(page, "Who steered the ferry to Brandau?").locator(".marker").first.click()
    expect(page.locator("#source mark.current")).to_be_in_viewport()
    above = page.evaluate(
        """() => {
            const head = document.querySelector("#source header").getBoundingClientRect();
            const text = document.querySelector("#source .text p");
            text.style.marginTop = `-${head.height / 2 + 40}px`;  // as when it is scrolled there
            const { left, top } = text.getBoundingClientRect();
            return document.elementFromPoint(left + 40, top + 8).closest("header") !== null;
        }"""
    )
    assert above


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
    page.locator("#article-list .open", has_text="Zorblax").click()
    expect(page.locator("#article h2")).to_have_text(EVIL.title)
    expect(page.locator("#article .about a")).to_have_count(0)
    page.wait_for_timeout(300)


def test_keys_step_through_the_footnotes(opened: Opener) -> None:
    page = opened()
    turn = ask(page, "When did the bridge at Brandau reopen, and when did the ferry stop?")
    numbers = turn.locator(".marker").count()
    page.locator("#live h2").click()
    page.keyboard.press("n")
    current = page.locator("#source .step[aria-current]")
    expect(current).to_have_text("1")
    page.keyboard.press("n")
    expect(current).to_have_text(str(min(2, numbers)))
    page.keyboard.press("p")
    expect(current).to_have_text("1")
    page.keyboard.press("/")
    expect(page.locator("#question textarea")).to_be_focused()


def test_a_follow_up_is_understood(opened: Opener) -> None:
    page = opened()
    ask(page, "Who steered the ferry to Brandau?")
    turn = ask(page, "And when did it make its last crossing?")
    expect(turn).to_contain_text("5 May 2024")


def test_conversations_are_kept_renamed_exported_and_deleted(opened: Opener) -> None:
    page = opened()
    ask(page, "Who led the work on the bridge at Brandau?")
    expect(page.locator(".menu .title")).to_have_text("Who led the work on the bridge at Brandau?")
    page.reload()
    expect(page.locator("#past .turn.done")).to_have_count(1)
    page.locator(".menu > details > summary").click()
    page.locator(".menu li summary").click()
    page.get_by_label("Title", exact=True).fill("<b>Bridges</b>")
    page.get_by_role("button", name="Rename").click()
    expect(page.locator(".menu .title")).to_have_text("<b>Bridges</b>")
    page.locator(".menu > details > summary").click()
    page.locator(".menu li summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as HTML").click()
    assert "&lt;b&gt;Bridges&lt;/b&gt;" in download.value.path().read_text(encoding="utf-8")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Really delete?").click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator("#welcome h2")).to_be_visible()


def test_a_question_edited_takes_the_place_of_the_old_one(opened: Opener) -> None:
    page = opened()
    ask(page, "Who steered the ferry to Brandau?")
    ask(page, "Who led the work on the bridge at Brandau?")
    page.locator("#past [data-action=edit]").click()
    expect(page.locator("#question textarea")).to_have_value("Who steered the ferry to Brandau?")
    page.locator("#question textarea").fill("Who is Oskar Venn?")
    page.keyboard.press("Enter")
    expect(page.locator("#live .turn.done h2")).to_have_text("Who is Oskar Venn?")
    expect(page.locator(".turn")).to_have_count(1)
    page.reload()
    expect(page.locator("#past .turn h2")).to_have_text("Who is Oskar Venn?")


def test_what_readers_say_is_kept_beside_the_store(opened: Opener, bot: Chatbot) -> None:
    page = opened()
    turn = ask(page, "Who led the work on the bridge at Brandau?")
    turn.get_by_role("button", name="Not helpful").click()
    turn.get_by_label("Why?").fill("too short")
    turn.get_by_role("button", name="Send").click()
    expect(turn.locator(".why")).to_be_hidden()
    file = Path(bot.settings.store).with_name("store-feedback.jsonl")
    expect_soon(page, lambda: file.exists() and len(file.read_text().splitlines()) == 2)
    last = json.loads(file.read_text(encoding="utf-8").splitlines()[-1])
    assert (last["question"], last["verdict"], last["why"]) == (
        "Who led the work on the bridge at Brandau?",
        "bad",
        "too short",
    )


def expect_soon(page: Page, holds: Callable[[], bool]) -> None:
    for _ in range(300):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not come to hold in 30 s")


def test_articles_are_added_found_opened_and_removed(opened: Opener, tmp_path: Path) -> None:
    name = "<img src=x onerror=window.ran=8>.txt"
    good, empty = tmp_path / name, tmp_path / "empty.txt"
    good.write_text("The lighthouse keeper\n\nHanne Brodersen keeps the lighthouse of Varn.")
    empty.write_text("")
    page = opened()
    page.get_by_role("tab", name="Articles").click()
    page.get_by_label("Choose files").set_input_files([good, empty])
    expect(page.locator("#news")).to_contain_text("1 added")
    expect(page.locator("#news")).to_contain_text("1 failed")
    expect(page.locator("#news")).to_contain_text("empty.txt")
    page.get_by_label("Search").fill("lighthouse")
    expect(page.locator("#article-list li")).to_have_count(1)
    page.locator("#article-list .open").click()
    expect(page.locator("#article .text")).to_contain_text("Hanne Brodersen")
    page.get_by_role("tab", name="Ask").click()
    turn = ask(page, "Who keeps the lighthouse of Varn?")
    expect(turn).to_contain_text("Hanne Brodersen")
    page.get_by_role("tab", name="Articles").click()
    page.get_by_role("button", name="Remove").click()
    page.locator("#article-list .remove", has_text="Really remove?").click()
    expect(page.locator("#article-list")).to_contain_text("No article matches.")
    expect(page.locator(".uploads li")).to_have_count(0)


def test_a_pasted_text_is_added(opened: Opener, bot: Chatbot) -> None:
    page = opened()
    page.get_by_role("tab", name="Articles").click()
    page.get_by_role("button", name="Or paste a text").click()
    page.get_by_label("Text").fill("The mill of Orsund grinds rye on Thursdays.")
    page.get_by_label("Title").fill("The mill")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#news")).to_contain_text("1 added")
    (added,) = [article for article in bot.articles() if article.title == "The mill"]
    bot.remove(added.id)


def test_two_browsers_hold_two_conversations(opened: Opener, browser: Browser) -> None:
    one, other = opened(), opened(browser.new_context())
    ask(one, "Who steered the ferry to Brandau?")
    other.reload()
    expect(other.locator("#welcome h2")).to_be_visible()
    expect(other.locator(".turn")).to_have_count(0)


def test_on_a_phone_the_source_is_a_drawer(opened: Opener) -> None:
    page = opened()
    page.set_viewport_size({"width": 390, "height": 844})
    turn = ask(page, "Who steered the ferry to Brandau?")
    expect(page.locator("#source")).to_be_hidden()
    turn.locator(".marker, .passage").first.click()
    expect(page.locator("#source")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#source")).to_be_hidden()
    expect(turn.locator(".marker, .passage").first).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_differs_stands_side_by_side_and_on_a_phone_stacked(
    opened: Opener, bot: Chatbot
) -> None:
    bot.add(DAMS)
    page = opened()
    sides = ask(page, "How many litres does the dam at Ost hold?").locator(".side")
    expect(sides.locator("strong")).to_have_count(2)
    assert tops(sides)[0] == tops(sides)[1]
    page.set_viewport_size({"width": 390, "height": 844})
    assert tops(sides)[0] < tops(sides)[1]
    for article in DAMS:
        bot.remove(article.id)


def tops(parts: Locator) -> list[float]:
    return [box["y"] for part in parts.all() if (box := part.bounding_box())]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("dark", 390)])
def test_axe_finds_nothing_serious(
    opened: Opener, scheme: Literal["light", "dark"], width: int
) -> None:
    package = find_spec("axe_playwright_python")
    if package is None or package.origin is None:
        pytest.skip("no axe-core: pip install axe-playwright-python")
    page = opened()
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.reload()
    expect(page.locator("#welcome h2")).to_be_visible()
    page.evaluate((Path(package.origin).parent / "axe.min.js").read_text(encoding="utf-8"))
    assert serious(page) == []
    turn = ask(page, "Who led the work on the bridge at Brandau?")
    turn.locator(".searched summary").click()
    turn.get_by_role("button", name="Helpful", exact=True).click()
    turn.locator(".marker, .passage").first.click()
    assert serious(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Dates, sources, model").click()
    page.locator(".menu > details > summary").click()
    assert serious(page) == []
    page.get_by_role("tab", name="Articles").click()
    page.get_by_role("button", name="Or paste a text").click()
    page.locator("#article-list .open").first.click()
    assert serious(page) == []


def serious(page: Page) -> list[str]:
    """What axe-core finds of serious or critical impact, once all has settled."""
    page.wait_for_timeout(500)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html']}" for v in found if v["impact"] in GRAVE]


def test_the_page_asks_for_a_password(browser: Browser, bot: Chatbot) -> None:
    served = launch(bot, port=free_port(), auth="reader:s3cret:word")
    page = browser.new_page()
    page.goto(str(served.local_url))
    page.get_by_label("Username").fill("reader")
    page.get_by_label("Password").fill("s3cret:word")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("#welcome h2")).to_be_visible()
    page.close()
    served.close()


def test_the_api_has_two_documented_endpoints(address: str) -> None:
    client = Client(address, verbose=False)
    described = client.view_api(return_format="dict", print_info=False)
    assert isinstance(described, dict)
    assert set(described["named_endpoints"]) == {"/ask", "/articles"}
    assert [a["id"] for a in client.predict(api_name="/articles")] == ["bridge", "ferry", "evil"]
    answer = client.predict("Who steered the ferry to Brandau?", api_name="/ask")
    cited = answer["citations"][0]
    assert FERRY.text[cited["start"] : cited["end"]] == cited["quote"]
    client.close()


def test_style_and_script_come_with_the_page_itself(address: str) -> None:
    with urlopen(address) as page:
        head = page.read().decode().partition("</head>")[0]
    assert head.endswith("</script>")
    assert "#conversation" in head.rpartition("<style>")[2]


def test_the_server_gives_away_no_file_of_its_own(address: str, bot: Chatbot) -> None:
    secret = Path(bot.settings.store).with_name("secret.txt")
    secret.write_text("not for the web")
    for path in (secret, Path("/etc/passwd")):
        with pytest.raises(HTTPError, match=r"403|404"):
            urlopen(f"{address}gradio_api/file={path}")
