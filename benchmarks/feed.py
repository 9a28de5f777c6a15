"""A feed of thousands of items taken in one run: how long it takes, and how much memory.

python -m benchmarks.feed [ITEMS]
"""

import sys
from multiprocessing import Pipe, Process
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from rag import Chatbot, Settings
from tests.web_site import Reply, Site, html, rss

ITEMS = 2000
_STEPS = 8
_PLACES = ("Brandau", "Selm", "Ostheim", "Karlau", "Wieden", "Lund")
_SENTENCE = (
    "The council of {place} has heard report {item} about the bridge over the river Sorn, which "
    "was closed for {part} weeks and cost {cost} thousand crowns to repair."
)


def main(items: int) -> None:
    """Print this process's memory along the run, and the reports; the site is another process."""
    here, there = Pipe()
    serving = Process(target=_serve, args=(items, there), daemon=True)
    serving.start()
    with (
        TemporaryDirectory() as folder,
        Chatbot.open(Path(folder) / "store", Settings()) as bot,
    ):
        bot.follow(here.recv(), allow_private=True)
        for _ in range(2):
            _update(bot, items)
            here.send("asked")
            print(f"{here.recv():,} requests so far")  # noqa: T201
    serving.terminate()


def _update(bot: Chatbot, items: int) -> None:
    started, shown = perf_counter(), 0

    def progress(done: int, total: int | None, _: str) -> None:
        nonlocal shown
        if done * _STEPS // items > shown or not shown:
            shown = max(1, done * _STEPS // items)
            print(f"{done:6,} of {total:,}: {_memory():,.0f} MB", flush=True)  # noqa: T201

    report = bot.update(allow_private=True, progress=progress)
    print(report, f"{perf_counter() - started:.1f} s", flush=True)  # noqa: T201


def _serve(items: int, there: "Connection[Any, Any]") -> None:
    with Site() as site:
        listed = {site.url(f"/{n}"): f"Report {n}" for n in range(items)}
        site.pages["/feed"] = rss("Courier", listed)
        for n in range(items):
            site.pages[f"/{n}"] = lambda _, n=n: Reply(_page(n).encode())  # type: ignore[misc]
        there.send(site.url("/feed"))
        while there.recv():
            there.send(len(site.asked))


def _page(item: int) -> str:
    place = _PLACES[item % len(_PLACES)]
    return html(
        f"Report {item} from {place}",
        [
            " ".join(
                _SENTENCE.format(place=place, item=item, part=part * 2 + step, cost=item + step)
                for step in range(2)
            )
            for part in range(2)
        ],
    )


def _memory() -> float:
    """This process's memory, in MB."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096 / 1e6


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ITEMS)
