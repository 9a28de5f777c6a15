"""A large store in a folder: filled, opened, asked beside bare Chroma, added to; memory and disk.

    python -m benchmarks.large FOLDER --passages 100000 --repeats 5

The articles are those of `footnote bench`, cut and stored as always. Their vectors are made up,
which saves the embedding, unless `--real` is given. The folder stays: filled once, it can be
measured again, or filled further; `--fill` only fills it. Filling is mostly Chroma's work, some
3 ms a passage and 10 KB of disk.

Beside `retrieve` stands what it cannot do without: embedding the question and one
`collection.query` for its hundred nearest. The recall is that of the hundred nearest passages of a
search among the hundred that a comparison with every vector finds.
"""

# ruff: noqa: T201

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from benchmarks.chroma import collection
from benchmarks.filling import fill, made, opened
from evals.speed.figures import Bench, Figure, Level
from evals.speed.generator import News, Question
from evals.speed.machine import Machine, run_apart
from evals.speed.measuring import apart, asking, fresh, now
from evals.speed.report import show
from rag import Chatbot

_QUESTIONS = 60
_NEAREST = 100
_PAGE = 2000
_MIB = 2.0**-20
_FOOTNOTE = (sys.executable, "-m", "ui.cli.app")


def main() -> None:
    """Fill, measure, and print a table and the machine."""
    options = _options()
    figures = fill(options.folder, options.passages, real=options.real)
    if options.fill:
        return
    level = _measured(options.folder, options.repeats, figures)
    show(Bench(Machine.here(), 0, (level,)), console=Console())
    if options.json:
        print(json.dumps(asdict(level)))


def _measured(store: Path, repeats: int, figures: list[Figure]) -> Level:
    with opened(store) as bot:
        articles, passages = bot.count(), bot.store.passages
    asked = made(0, articles)[:: max(1, articles // _QUESTIONS)][:_QUESTIONS]
    questions = [item.question for item in asked]
    unread = made(articles, articles + 2 * repeats)
    figures += _opening(store, questions[0], repeats)
    with opened(store) as bot, collection(store) as chroma:
        bare = {"embedding and a bare query": lambda q: _bare(bot, chroma, q)}
        figures += asking(bot, questions, repeats, bare)
        figures.append(_recall(bot, chroma, questions))
        figures += fresh(bot, unread[:repeats])
    figures += _added_apart(store, unread[repeats:])
    figures += apart(store, _FOOTNOTE, questions[-1], repeats)
    return Level(passages, articles, (*figures, *_disk(store)))


def _opening(store: Path, question: Question, repeats: int) -> Iterator[Figure]:
    """Opening in a process that has all modules, and its first question."""
    opening, first = [], []
    for _ in range(repeats):
        started = now()
        with opened(store) as bot:
            bot.count()
            open_after = now()
            bot.retrieve(question.text)
            opening.append(1000 * (open_after - started))
            first.append(1000 * (now() - open_after))
    yield Figure.of("open", "ms", opening)
    yield Figure.of("the first retrieve", "ms", first)


def _bare(bot: Chatbot, chroma: Any, question: Question) -> object:
    vectors = bot.embedder.embed([question.text])
    return chroma.query(vectors, n_results=_NEAREST, include=["distances"])


def _recall(bot: Chatbot, chroma: Any, questions: Sequence[Question]) -> Figure:
    vectors = bot.embedder.embed([question.text for question in questions])
    wanted = _nearest(chroma, vectors)
    found = []
    for question, vector, nearest in zip(questions, vectors, wanted, strict=True):
        candidates = bot.store.search(vector, question.text, limit=_NEAREST)
        best = sorted(candidates, key=lambda candidate: -candidate.dense)[:_NEAREST]
        found.append(len(nearest & {one.passage.id for one in best}) / len(nearest))
    return Figure.of("recall of the hundred nearest", "", [float(np.mean(found))])


def _nearest(chroma: Any, vectors: Any) -> list[set[str]]:
    """The ids of the passages nearest to each vector, by comparison with all."""
    ids: list[str] = []
    parts = []
    for start in range(0, chroma.count(), _PAGE):
        page = chroma.get(limit=_PAGE, offset=start, include=["embeddings"])
        ids += page["ids"]
        parts.append(vectors @ np.asarray(page["embeddings"], np.float32).T)
    order = np.argpartition(-np.concatenate(parts, axis=1), _NEAREST, axis=1)[:, :_NEAREST]
    return [{ids[place] for place in row} for row in order]


def _added_apart(store: Path, unread: Sequence[News]) -> Iterator[Figure]:
    """`footnote add` of one article, each in a new process."""
    times, peaks = [], []
    for article, _ in unread:
        source = store.parent / f"{article.id}.jsonl"
        source.write_text(json.dumps(asdict(article)), encoding="utf-8")
        run = run_apart([*_FOOTNOTE, "add", str(source), "--store", str(store)])
        source.unlink()
        times.append((1000 * run.seconds, 1000 * run.processor))
        peaks.append(run.peak * _MIB)
    yield Figure.of("footnote add, a new process", "ms", times)
    yield Figure.of("its memory at most", "MiB", peaks)


def _disk(store: Path) -> Iterator[Figure]:
    """What the parts of the store take."""
    parts: dict[str, Callable[[Path], bool]] = {
        "disk": lambda _: True,
        "of it Chroma's tables": lambda path: path.name.startswith("chroma.sqlite3"),
        "Chroma's vectors": lambda path: path.suffix == ".bin",
        "the catalog": lambda path: path.name.startswith("catalog.sqlite"),
        "the words": lambda path: path.parent.name == "words",
    }
    files = [path for path in store.rglob("*") if path.is_file()]
    for name, is_of in parts.items():
        size = sum(path.stat().st_size for path in files if is_of(path))
        yield Figure.of(name, "MiB", [size * _MIB])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--real", action="store_true", help="embed the passages")
    parser.add_argument("--fill", action="store_true", help="fill the store, and measure nothing")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON too")
    return parser.parse_args()


if __name__ == "__main__":
    main()
