"""Many clients at once, streaming from a served Footnote: errors, waits, and memory over time.

python -m benchmarks.endpoint [--clients 50] [--seconds 120]
"""

import argparse
import asyncio
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter

import openai

from rag import Chatbot, Settings
from ui.api.app import Access
from ui.api.server import Served

QUESTIONS = (
    "Who is Russia's finance minister?",
    "Where do Trump and Putin meet?",
    "Who is the king of Spain?",
)


async def client(url: str, until: float, waits: list[float], errors: list[str]) -> None:
    """Ask one question after the other until it is time to stop."""
    async with openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="any", max_retries=0) as asking:
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


async def memory(until: float, every: float = 5.0) -> list[float]:
    """The megabytes this process holds, from time to time."""
    seen = []
    while perf_counter() < until:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        seen.append(pages * 4096 / 1e6)
        await asyncio.sleep(every)
    return seen


async def measure(url: str, clients: int, seconds: float) -> str:
    """One run, in a sentence for each figure."""
    until, waits, errors = perf_counter() + seconds, list[float](), list[str]()
    asking = (client(url, until, waits, errors) for _ in range(clients))
    watching = asyncio.create_task(memory(until))
    await asyncio.gather(*asking)
    held = await watching
    p50, p95 = (quantiles(waits, n=20)[n] for n in (9, 18))
    return (
        f"{clients} clients, {seconds:.0f} s: {len(waits)} answers, {len(errors)} errors; "
        f"p50 {p50:.2f} s, p95 {p95:.2f} s\nMB held: {' '.join(f'{mb:.0f}' for mb in held)}"
    )


def main() -> None:
    """Serve the seeds and measure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--clients", type=int, default=50)
    options.add_argument("--seconds", type=float, default=120)
    given = options.parse_args()
    with TemporaryDirectory() as folder, Chatbot.open(f"{folder}/store", Settings()) as bot:
        bot.add("seeds")
        with Served(bot, Access()) as served:
            print(asyncio.run(measure(served.url, given.clients, given.seconds)))  # noqa: T201


if __name__ == "__main__":
    main()
