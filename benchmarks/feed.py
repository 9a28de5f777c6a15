"""A feed of thousands of items taken in one run: how long it takes, and how much memory.

python -m benchmarks.feed [ITEMS]
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

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
    """Print the process's memory along the run, and the report."""
    with Site() as site, TemporaryDirectory() as folder:
        site.pages["/feed"] = rss(
            "Courier", {site.url(f"/{n}"): f"Report {n}" for n in range(items)}
        )
        for n in range(items):
            site.pages[f"/{n}"] = lambda _, n=n: Reply(_page(n).encode())  # type: ignore[misc]
        with Chatbot.open(Path(folder) / "store", Settings()) as bot:
            bot.follow(site.url("/feed"), allow_private=True)
            started, shown = perf_counter(), 0

            def progress(done: int, total: int | None, _: str) -> None:
                nonlocal shown
                if done * _STEPS // items > shown or shown == 0:
                    shown = max(1, done * _STEPS // items)
                    print(f"{done:6,} of {total:,}: {_memory():,.0f} MB", flush=True)  # noqa: T201

            report = bot.update(allow_private=True, progress=progress)
            print(report, f"{perf_counter() - started:.0f} s")  # noqa: T201
            started, asked = perf_counter(), len(site.asked)
            report = bot.update(allow_private=True)
            seconds, more = perf_counter() - started, len(site.asked) - asked
            print(report, f"{seconds:.1f} s, {more} requests")  # noqa: T201


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
