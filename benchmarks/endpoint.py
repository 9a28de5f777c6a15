"""Many clients at once, streaming from a served Footnote: errors, waits, and memory over time.

python -m benchmarks.endpoint [--clients 50] [--seconds 120]
"""

import argparse
import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter

import openai

from rag import Chatbot, Settings

QUESTIONS = (
    "Who is Russia's finance minister?",
    "Where do Trump and Putin meet?",
    "Who is the king of Spain?",
)


async def client(
    asking: openai.AsyncOpenAI, until: float, waits: list[float], errors: list[str]
) -> None:
    """Ask one question after the other until it is time to stop."""
    turn = 0
    while perf_counter() < until:
        question, started = QUESTIONS[turn % len(QUESTIONS)], perf_counter()
        turn += 1
        try:
            chunks = await asking.chat.completions.create(
                model="footnote", messages=[{"role": "user", "content": question}], stream=True
            )
            async for _ in chunks:
                pass
            waits.append(perf_counter() - started)
        except openai.OpenAIError as error:
            errors.append(repr(error))


async def memory(process: int, until: float, every: float) -> list[float]:
    """The megabytes that the server's process holds, from time to time."""
    seen = []
    while perf_counter() < until:
        pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]
        seen.append(int(pages) * 4096 / 1e6)
        await asyncio.sleep(every)
    return seen


async def measure(url: str, process: int, clients: int, seconds: float) -> str:
    """One run, in a sentence for each figure."""
    until, waits, errors = perf_counter() + seconds, list[float](), list[str]()
    watching = asyncio.create_task(memory(process, until, seconds / 20))
    async with openai.AsyncOpenAI(
        base_url=url, api_key="any", max_retries=0, timeout=600
    ) as asking:
        await asyncio.gather(*(client(asking, until, waits, errors) for _ in range(clients)))
    held = await watching
    p50, p95 = (quantiles(waits, n=20)[n] for n in (9, 18))
    return (
        f"{clients} clients, {seconds:.0f} s: {len(waits)} answers, {len(errors)} errors; "
        f"p50 {p50:.2f} s, p95 {p95:.2f} s\nMB held: {' '.join(f'{mb:.0f}' for mb in held)}\n"
        f"{dict(Counter(errors))}"
    )


@contextmanager
def served(store: Path) -> Iterator[tuple[str, int]]:
    """`footnote serve` in a process of its own, and where it answers: the clients' memory is not
    its own.
    """
    command = [sys.executable, "-m", "ui.cli.app", "serve", "--store", str(store), "--port", "0"]
    with (
        (store.parent / "log").open("w+", encoding="utf-8") as log,
        subprocess.Popen([*command], stderr=log) as process,  # noqa: S603
    ):
        try:
            yield _address(process, store.parent / "log"), process.pid
        finally:
            process.terminate()


def _address(process: "subprocess.Popen[bytes]", log: Path) -> str:
    while process.poll() is None:
        words = log.read_text(encoding="utf-8").split()
        if found := [word for word in words if word.startswith("http")]:
            return found[0]
    raise RuntimeError(log.read_text(encoding="utf-8"))


def main() -> None:
    """Serve the seeds and measure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--clients", type=int, default=50)
    options.add_argument("--seconds", type=float, default=120)
    given = options.parse_args()
    with TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        with Chatbot.open(store, Settings()) as bot:
            bot.add("seeds")
        with served(store) as (url, process):
            print(asyncio.run(measure(url, process, given.clients, given.seconds)))  # noqa: T201


if __name__ == "__main__":
    main()
