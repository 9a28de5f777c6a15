"""Makes the README's two pictures of the page: `python docs/screenshots.py`.

It opens a chatbot over seeds/ in a folder of its own and drives Debian's chromium.
"""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from rag import Chatbot, Settings
from ui.web.app import launch

HERE = Path(__file__).parent
QUESTIONS = ("Who is Russia's finance minister?", "Who decides about Ukraine's territory?")
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 840}, "color_scheme": "light"}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}


def main() -> None:
    """Write desktop.png and phone.png beside this file."""
    expect.set_options(timeout=60_000)
    with TemporaryDirectory() as folder, Chatbot.open(f"{folder}/store", Settings()) as bot:
        bot.add(HERE.parent / "seeds")
        served = launch(bot)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
            picture(browser, str(served.local_url), DESKTOP, "desktop.png")
            picture(browser, str(served.local_url), PHONE, "phone.png")
            browser.close()
        served.close()


def picture(browser: Browser, address: str, kind: dict[str, Any], name: str) -> None:
    """Ask the questions in a browser of this kind, open the first source, and take a picture."""
    page = browser.new_context(device_scale_factor=2, **kind).new_page()
    page.goto(address)
    expect(page.locator("#welcome h2")).to_be_visible()
    for number, question in enumerate(QUESTIONS, 1):
        ask(page, question, number)
    page.locator("#past .marker").first.click()
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    page.mouse.move(0, 0)
    page.wait_for_timeout(1000)
    page.screenshot(path=HERE / name)


def ask(page: Page, question: str, number: int) -> None:
    """Ask, and wait for the whole answer."""
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".turn.done")).to_have_count(number)


if __name__ == "__main__":
    main()
