"""A store on a server: what a new process pays, what another's change costs, and threads.

    python -m benchmarks.large FOLDER --passages 60000 --fill
    python -m benchmarks.server FOLDER --repeats 5

It starts `chroma run` over the store in the folder, and asks it from processes of their own,
without what an earlier one has derived and with it. Then one who asks follows another who adds, as
from two machines. Last, threads of one process ask.
"""

# ruff: noqa: T201

import argparse
import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rich.console import Console

from benchmarks.chroma import server
from benchmarks.filling import made, opened
from evals.speed.figures import Bench, Figure, Level
from evals.speed.generator import News, Question
from evals.speed.machine import Machine, run_apart
from evals.speed.measuring import Time, now
from evals.speed.report import show
from rag import Chatbot

_QUESTIONS, _THREADS = 40, 4
_FOOTNOTE = (sys.executable, "-m", "ui.cli.app")


def main() -> None:
    """Measure, and print a table and the machine."""
    options = _options()
    with server(options.folder / "chroma") as url, TemporaryDirectory() as caches:
        level = _measured(url, Path(caches), options.repeats)
    show(Bench(Machine.here(), 0, (level,)), console=Console())
    if options.json:
        print(json.dumps(asdict(level)))


def _measured(url: str, caches: Path, repeats: int) -> Level:
    questions = [item.question for item in made(0, _QUESTIONS)]
    figures = list(_first_answers(url, caches, questions[0], repeats))
    with _elsewhere(url, caches / "reader") as reader, _elsewhere(url, caches / "writer") as writer:
        articles, passages = reader.count(), reader.store.passages
        unread = made(articles, articles + 4 * repeats)
        figures += _following(reader, writer, unread)
        figures += _threads(reader, questions, repeats)
    return Level(passages, articles, tuple(figures))


def _first_answers(url: str, caches: Path, question: Question, repeats: int) -> Iterator[Figure]:
    """`footnote ask` in a new process, where nothing was derived yet, and where it was."""
    command = [*_FOOTNOTE, "ask", question.text, "--store", url]
    times: dict[str, list[Time]] = {"without a cache": [], "with one": []}
    for number in range(repeats):
        os.environ["XDG_CACHE_HOME"] = str(caches / f"new-{number}")
        for spent in times.values():
            run = run_apart(command)
            spent.append(1000 * np.array([run.seconds, run.processor]))
    for name, figures in times.items():
        yield Figure.of(f"first answer {name}", "ms", figures)


@contextmanager
def _elsewhere(url: str, cache: Path) -> Iterator[Chatbot]:
    """A chatbot as on another machine, with a cache of its own."""
    os.environ["XDG_CACHE_HOME"] = str(cache)
    with opened(url) as bot:
        bot.retrieve("anything")
        yield bot


def _following(reader: Chatbot, writer: Chatbot, unread: list[News]) -> Iterator[Figure]:
    """A question, and the next one after somebody else added an article: what is it more?"""
    before, after, found = [], [], []
    for article, asked in unread:
        reader.retrieve(asked.text)
        before.append(1000 * _spent(reader, asked))
        writer.add(article)
        after.append(1000 * _spent(reader, asked))
        found.append(100 * (article.id in {hit.article.id for hit in reader.retrieve(asked.text)}))
    yield Figure.of("retrieve", "ms", before)
    yield Figure.of("retrieve after another's add", "ms", after)
    yield Figure.of("that is more by", "ms", np.array(after) - np.array(before))
    yield Figure.of("it is found", "%", found)


def _spent(bot: Chatbot, question: Question) -> Time:
    started = now()
    bot.retrieve(question.text)
    return now() - started


def _threads(bot: Chatbot, questions: list[Question], repeats: int) -> Iterator[Figure]:
    """Questions a second, of one thread and of several, in turns."""
    rates: dict[int, list[float]] = {1: [], _THREADS: []}
    for _ in range(repeats):
        for threads, rate in rates.items():
            with ThreadPoolExecutor(threads) as pool:
                started = now()
                list(pool.map(lambda question: bot.ask(question.text), questions))
                rate.append(len(questions) / float((now() - started)[0]))
    for threads, rate in rates.items():
        yield Figure.of(f"asking, threads: {threads}", "1/s", rate)
    more = np.array(rates[_THREADS]) / np.array(rates[1])
    yield Figure.of(f"{_THREADS} threads are as many as", "1", more)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON too")
    return parser.parse_args()


if __name__ == "__main__":
    main()
