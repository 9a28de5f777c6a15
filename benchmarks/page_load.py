"""The page under load: many questions at once, idle tabs, huge inputs, and a long time of asking.

    python -m benchmarks.page_load [--articles 2000] [--seconds 120]

It serves made-up news in a process of its own and speaks to it as browsers do, without drawing
anything. Prints one row of a Markdown table for each load: what it was, how long its answers took,
what did not go well, and what the server held of memory and threads at its end.
"""

# ruff: noqa: T201

import argparse
import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any
from uuid import uuid4

import httpx

from benchmarks.filling import MadeUp, opened
from evals.speed.generator import news
from rag import Article

LONG = Article("long", "A long article", "The tide came in and went out again.\n\n" * 135_000)
_TIMEOUT = httpx.Timeout(600)


@dataclass
class Outcome:
    """What a load came to: seconds of each answer, and what was said in place of others."""

    load: str
    waits: list[float] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    places: int = 0
    page: list[float] = field(default_factory=list)

    def row(self, server: "Server") -> str:
        """A row of the table."""
        said = "; ".join(sorted(set(self.others))) or "nothing"
        cells = [
            self.load,
            _times(self.waits),
            _times(self.page),
            f"{len(self.others)}: {said[:90]}" if self.others else "0",
            f"{self.places}",
            f"{server.megabytes:.0f}",
            f"{server.threads}",
        ]
        return f"| {' | '.join(cells)} |"


COLUMNS = (
    "load",
    "answers: how many, p50, p95",
    "the page loaded meanwhile",
    "not answered",
    "told a place",
    "MB",
    "threads",
)


@dataclass(frozen=True)
class Server:
    """The page in a process of its own."""

    url: str
    process: subprocess.Popen[bytes]

    @property
    def megabytes(self) -> float:
        """What it holds of memory."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * 4096 / 1e6

    @property
    def threads(self) -> int:
        """How many threads it has."""
        return sum(1 for _ in Path(f"/proc/{self.process.pid}/task").iterdir())


class Tab:
    """A tab of a browser, which has loaded the page."""

    def __init__(self, server: Server) -> None:
        self.session = uuid4().hex
        self.http = httpx.AsyncClient(base_url=server.url, timeout=_TIMEOUT)
        self._events: list[dict[str, Any]] = []

    async def load(self) -> float:
        """Ask for the page and all that it asks for by itself; returns the seconds."""
        started = perf_counter()
        (await self.http.get("/")).raise_for_status()
        config = (await self.http.get("/config")).json()
        self._events = config["dependencies"]
        for event in self._events:
            if any(name == "load" for _, name in event["targets"]) and event["backend_fn"]:
                await self.call(event, _kept(str(event["js"]))[: len(event["inputs"])])
        return perf_counter() - started

    def event(self, script: str) -> dict[str, Any]:
        """The event that runs a script of the page's first."""
        return next(e for e in self._events if e["backend_fn"] and script in str(e["js"]))

    async def call(self, event: dict[str, Any], data: Sequence[Any]) -> Any:
        """An event that waits for no other."""
        body = {"data": data, "fn_index": event["id"], "session_hash": self.session}
        reply = await self.http.post("/gradio_api/run/predict", json=body)
        reply.raise_for_status()
        return reply.json()

    async def ask(self, question: str, outcome: Outcome) -> None:
        """Ask, wait for the whole answer, and note what came of it."""
        started = perf_counter()
        event = self.event("footnote.ask")
        data = [question, [], "", "", "", [], "extractive"]
        body = {"data": data, "fn_index": event["id"], "session_hash": self.session}
        try:
            joined = await self.http.post("/gradio_api/queue/join", json=body)
            if joined.status_code != 200:
                outcome.others.append(f"{joined.status_code} {joined.text[:80]}")
                return
            said = await self._answer(outcome)
        except httpx.HTTPError as error:
            said = repr(error)
        if said:
            outcome.others.append(said)
        else:
            outcome.waits.append(perf_counter() - started)

    async def _answer(self, outcome: Outcome) -> str:
        """Nothing when the answer came whole, else what came instead."""
        told = False
        path = f"/gradio_api/queue/data?session_hash={self.session}"
        async with self.http.stream("GET", path) as stream:
            async for line in stream.aiter_lines():
                message = json.loads(line[5:]) if line.startswith("data:") else {}
                if message.get("msg") == "estimation" and not told:
                    told = True
                    outcome.places += 1
                if message.get("msg") == "process_completed":
                    return "" if message["success"] else str(message["output"].get("error"))
        return "the connection ended"


def _kept(script: str) -> list[Any]:
    """What the script of an event that loads the page gives it in a browser that is new."""
    return [[]] if "footnote.turns" in script else [{"current": None, "conversations": []}]


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
    async with httpx.AsyncClient(
        base_url=server.url, timeout=_TIMEOUT, limits=_many(count)
    ) as http:
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


def _times(seconds: Sequence[float]) -> str:
    if not seconds:
        return ""
    if len(seconds) < 3:
        return f"{len(seconds)}: {max(seconds):.2f} s"
    p50, p95 = (quantiles(seconds, n=20, method="inclusive")[place] for place in (9, 18))
    return f"{len(seconds)}: {p50:.2f} s, {p95:.2f} s"


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
