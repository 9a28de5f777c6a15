"""The page under load: many questions at once, idle tabs, huge inputs, and a long time of asking.

    python -m benchmarks.page_load [--articles 2000] [--seconds 120]

It serves made-up news in a process of its own and speaks to it as browsers do, without drawing
anything. Prints one row of a Markdown table for each load: what it was, how long its answers took,
what did not go well, and what the server held of memory and threads at its end.
"""

# ruff: noqa: T201

import argparse
import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from uuid import uuid4

import httpx

from benchmarks.filling import MadeUp, opened
from benchmarks.page_tab import TIMEOUT, Outcome, Server, Tab
from evals.speed.generator import news
from rag import Article

LONG = Article("long", "A long article", "The tide came in and went out again.\n\n" * 135_000)


COLUMNS = (
    "load",
    "answers: how many, p50, p95",
    "the page loaded meanwhile",
    "not answered",
    "told a place",
    "MB",
    "threads",
)


async def at_once(server: Server, count: int, questions: Sequence[str]) -> Outcome:
    """So many readers ask at the same moment; meanwhile another loads the page."""
    outcome = Outcome(f"{count} question{'s' if count > 1 else ''} at once")
    tabs = await _tabs(server, count)
    asked = [tab.ask(questions[n % len(questions)], outcome) for n, tab in enumerate(tabs)]
    await asyncio.gather(*asked, _loading(server, outcome, 3))
    return outcome


async def idle(server: Server, count: int, questions: Sequence[str]) -> Outcome:
    """So many tabs stand open and do nothing; one reader asks."""
    outcome = Outcome(f"{count} idle connections, 10 questions")
    async with httpx.AsyncClient(base_url=server.url, timeout=TIMEOUT, limits=_many(count)) as http:
        opened = [http.stream("GET", f"/gradio_api/heartbeat/{uuid4().hex}") for _ in range(count)]
        beats = [await stream.__aenter__() for stream in opened]
        tab = (await _tabs(server, 1))[0]
        for question in questions[:10]:
            await tab.ask(question, outcome)
        await _loading(server, outcome, 3)
        for beat in beats:
            await beat.aclose()
    return outcome


async def huge_question(server: Server) -> Outcome:
    """A question of a megabyte."""
    outcome = Outcome("a question of 1 MB")
    tab = (await _tabs(server, 1))[0]
    await tab.ask("Who has said what? " * 55_000, outcome)
    await _loading(server, outcome, 1)
    return outcome


async def long_article(server: Server) -> Outcome:
    """An article of 5 MB is opened, five times."""
    outcome = Outcome("an article of 5 MB opened")
    tab = (await _tabs(server, 1))[0]
    for _ in range(5):
        started = perf_counter()
        await tab.call(tab.event("footnote.pressed.article"), [LONG.id])
        outcome.waits.append(perf_counter() - started)
    return outcome


async def asking(server: Server, seconds: float, questions: Sequence[str]) -> Outcome:
    """A question a second, each of a new tab, for so long."""
    before = server.megabytes
    outcome = Outcome("")
    started, asked = perf_counter(), list[asyncio.Task[None]]()
    while perf_counter() < started + seconds:
        tab = (await _tabs(server, 1))[0]
        question = questions[len(asked) % len(questions)]
        asked.append(asyncio.create_task(tab.ask(question, outcome)))
        await asyncio.sleep(max(0.0, started + len(asked) - perf_counter()))
    await asyncio.gather(*asked, _loading(server, outcome, 1))
    outcome.load = f"one a second for {seconds:.0f} s, each in a new tab (from {before:.0f} MB)"
    return outcome


async def _tabs(server: Server, count: int) -> list[Tab]:
    tabs = [Tab(server) for _ in range(count)]
    for tab in tabs:
        await tab.load()
    return tabs


async def _loading(server: Server, outcome: Outcome, times: int) -> None:
    for _ in range(times):
        outcome.page.append(await Tab(server).load())


def _many(count: int) -> httpx.Limits:
    return httpx.Limits(max_connections=count + 10, max_keepalive_connections=count + 10)


@asynccontextmanager
async def serving(store: Path) -> AsyncIterator[Server]:
    """The page over a store, at a free port."""
    command = (sys.executable, "-m", "ui.cli.app", "chat", "--store", str(store), "--port", "7997")
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:  # noqa: S603
        server = Server("http://127.0.0.1:7997", process)
        try:
            await _until_it_answers(server.url)
            yield server
        finally:
            process.terminate()


async def _until_it_answers(url: str) -> None:
    async with httpx.AsyncClient() as http:
        for _ in range(600):
            try:
                await http.get(url)
            except httpx.HTTPError:
                await asyncio.sleep(0.2)
            else:
                return
    raise TimeoutError(f"{url} did not answer in two minutes.")


async def measure(store: Path, seconds: float, questions: Sequence[str]) -> None:
    """Every load, one after the other, each printed as it ends."""
    loads: list[Callable[[Server], Awaitable[Outcome]]] = [
        lambda server: at_once(server, 1, questions),
        lambda server: at_once(server, 20, questions),
        lambda server: at_once(server, 200, questions),
        lambda server: idle(server, 300, questions),
        huge_question,
        long_article,
        lambda server: asking(server, seconds, questions),
    ]
    print(f"| {' | '.join(COLUMNS)} |", "|".join(["", *[" --- "] * len(COLUMNS), ""]), sep="\n")
    async with serving(store) as server:
        for load in loads:
            print((await load(server)).row(server), flush=True)


def main() -> None:
    """Fill a store, serve it and measure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--articles", type=int, default=2000)
    options.add_argument("--seconds", type=float, default=120)
    given = options.parse_args()
    made = news(3 * given.articles)[: given.articles]
    with TemporaryDirectory(prefix="footnote-page-") as folder:
        store = Path(folder) / "store"
        with opened(store) as bot:
            bot.embedder = MadeUp(bot.embedder)
            bot.add([item.article for item in made] + [LONG])
        asyncio.run(measure(store, given.seconds, [item.question.text for item in made]))


if __name__ == "__main__":
    main()
