"""A tab of the page as its server sees one: what it sends and waits for; nothing is drawn."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any
from uuid import uuid4

import httpx

TIMEOUT = httpx.Timeout(600)


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
        self.http = httpx.AsyncClient(base_url=server.url, timeout=TIMEOUT)
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


def _times(seconds: Sequence[float]) -> str:
    if not seconds:
        return ""
    if len(seconds) < 3:
        return f"{len(seconds)}: {max(seconds):.2f} s"
    p50, p95 = (quantiles(seconds, n=20, method="inclusive")[place] for place in (9, 18))
    return f"{len(seconds)}: {p50:.2f} s, {p95:.2f} s"
