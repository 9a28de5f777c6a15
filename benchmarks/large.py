"""A store of 100,000 passages, without the half hour that embedding them twice takes.

    python -m benchmarks.large --passages 100000 --repeats 5

The articles are those of `footnote bench`, cut and stored as always, but their vectors are made up:
random ones, which no index finds easier than those of sentences. Then it asks and adds as
`footnote bench` does, with the real encoder, and last runs `footnote add` and `footnote ask` in
processes of their own. Mostly Chroma's work: some five minutes on two idle cores, and 2 GB of disk.
"""

# ruff: noqa: T201

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from rich.console import Console

from evals.speed.generator import news, one
from evals.speed.machine import Machine, run_apart
from evals.speed.measuring import Bench, Figure, Level, apart, asking, fresh
from evals.speed.report import show
from rag import Article, Chatbot, Settings

_QUESTIONS = 60
_FOOTNOTE = (sys.executable, "-m", "ui.cli.app")


class MadeUp:
    """An embedder that has the encoder's name and tokenizer, and random unit vectors."""

    def __init__(self, encoder: Any) -> None:
        self._encoder = encoder
        self._random = np.random.default_rng(0)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._encoder, name)

    def embed(self, texts: Sequence[str]) -> Any:
        """A vector a text, whatever it says."""
        vectors = self._random.normal(size=(len(texts), self.dimension)).astype(np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def main() -> None:
    """Measure, and print a table and the machine."""
    options = _options()
    with TemporaryDirectory(prefix="footnote-large-") as folder:
        level = _measured(Path(folder), options.passages, options.repeats)
    show(Bench(Machine.here(), 0, (level,)), console=Console())
    if options.json:
        print(json.dumps(asdict(level)))


def _measured(folder: Path, size: int, repeats: int) -> Level:
    store, made = folder / "store", news(size)
    step = max(1, len(made) // _QUESTIONS)
    questions = [item.question for item in made[::step]][:_QUESTIONS]
    unread = [one(len(made) + number) for number in range(2 * repeats)]
    with Chatbot.open(store, Settings(store=str(store))) as bot:
        fill(bot, [item.article for item in made])
        passages = sum(article.passages for article in bot.articles())
    with Chatbot.open(store, Settings(store=str(store))) as bot:
        figures = [*asking(bot, questions, repeats), *fresh(bot, unread[:repeats])]
    figures += _added_apart(folder, [item.article for item in unread[repeats:]])
    figures += apart(store, _FOOTNOTE, unread[-1].question, repeats)
    return Level(passages, len(made), tuple(figures))


def fill(bot: Chatbot, articles: Sequence[Article]) -> None:
    """Add articles with made-up vectors."""
    encoder = bot.embedder
    bot.embedder = MadeUp(encoder)
    bot.add(articles)
    bot.embedder = encoder


def _added_apart(folder: Path, articles: Sequence[Article]) -> Iterator[Figure]:
    """`footnote add` of one article, each in a new process."""
    times, peaks = [], []
    for article in articles:
        source = folder / f"{article.id}.jsonl"
        source.write_text(json.dumps(asdict(article)), encoding="utf-8")
        run = run_apart([*_FOOTNOTE, "add", str(source), "--store", str(folder / "store")])
        times.append((1000 * run.seconds, 1000 * run.processor))
        peaks.append(run.peak / 2**20)
    yield Figure.of("footnote add, a new process", "ms", times)
    yield Figure.of("its memory at most", "MiB", peaks)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON too")
    return parser.parse_args()


if __name__ == "__main__":
    main()
