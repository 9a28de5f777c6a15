"""Documents on the page: uploaded, asked about, and opened at the page that a footnote cites."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from rag import Chatbot, Settings
from tests.browser import needs_chromium
from tests.document_files import write_pdf, write_scan, write_warc
from ui.web.app import launch

pytestmark = needs_chromium

PAGE = (
    b"<html><head><title>Ferry</title></head><body><article><h1>The ferry ends</h1>"
    b"<p>The ferry to Brandau made its last crossing on 5 May 2024, its captain said.</p>"
    b"<p>Nobody in the town could say why it had to end so soon after so many years.</p>"
    b"</article></body></html>"
)


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The page of a chatbot that knows nothing yet."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = int(listening.getsockname()[1])
    with Chatbot.open(tmp_path / "store", Settings()) as bot:
        served = launch(bot, port=port)
        page = browser.new_page()
        page.goto(str(served.local_url))
        yield page
        page.close()
        served.close()


def test_a_footnote_opens_a_document_at_its_page(page: Page, tmp_path: Path) -> None:
    lines = [
        "Nothing is said here of any of the towers by the sea.",
        "The lighthouse of Varn was built in 1887 by the engineer Hanne Brodersen.",
    ]
    files = [
        write_pdf(tmp_path / "report.pdf", [[(50, 100, line)] for line in lines]),
        write_scan(tmp_path / "scan.pdf"),
        write_warc(tmp_path / "a.warc.gz", ("https://x.org/", "200 OK", "text/html", PAGE)),
    ]
    expect.set_options(timeout=60_000)
    page.get_by_role("tab", name="Articles").click()
    page.locator("#files input[accept]").set_input_files(files)
    expect(page.locator("#news")).to_contain_text("2 added")
    expect(page.locator("#news")).to_contain_text("there is no text on its pages")
    page.get_by_role("tab", name="Ask").click()
    page.get_by_role("textbox", name="Question").fill("When was the lighthouse of Varn built?")
    page.keyboard.press("Enter")
    marker = page.locator(".marker").first
    expect(marker.locator("cite")).to_contain_text("p. 2")
    marker.click()
    expect(page.locator("#source mark.current")).to_contain_text("1887")
    numbers = page.locator("#source .text > *").all_inner_texts()
    assert [text.strip() for text in numbers] == ["p. 1", lines[0], "p. 2", lines[1]]
