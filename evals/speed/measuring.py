"""How fast a chatbot adds, finds and answers, over made-up news of any size.

Every time is taken twice: by the clock, and in processor time of all cores together, which says
more on a machine that is busy with something else. So a time is an array [2] of seconds.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from evals.speed.figures import Bench, Figure, Level
from evals.speed.generator import News, Question, news, one
from evals.speed.machine import Machine, run_apart
from rag import Article, Chatbot, Settings
from rag.ingestion.pipeline import Progress

Ask = Callable[[Question], object]
Time = NDArray[np.float64]

_QUESTIONS, _ASKED, _WARM_UP = 40, 15, 3
"""Questions a round for `retrieve` and for `ask`, and how many go before and are not timed."""
_MS, _PERCENT, _MIB = 1000.0, 100.0, 2.0**-20
_NONE: Mapping[str, Ask] = {}


def bench(
    sizes: Sequence[int],
    *,
    repeats: int,
    footnote: Sequence[str],
    seed: int = 0,
    progress: Progress | None = None,
) -> Bench:
    """Measure stores of about so many passages each, made in a temporary folder.

    `footnote` is how the command line is begun, as in `["footnote"]`; it is timed in processes of
    its own. Settings are as they come, whatever the environment says. Raises `BenchError`.
    """
    levels = []
    for number, size in enumerate(sizes):
        if progress:
            progress(number, len(sizes), f"{size} passages")
        with TemporaryDirectory(prefix="footnote-bench-") as folder:
            levels.append(_level(size, seed, repeats, footnote, Path(folder) / "store"))
    return Bench(Machine.here(), seed, tuple(levels))


def _level(size: int, seed: int, repeats: int, footnote: Sequence[str], store: Path) -> Level:
    made = news(size, seed=seed)
    unread = [one(len(made) + number, seed=seed) for number in range(repeats)]
    questions = [item.question for item in made[:: max(1, len(made) // _QUESTIONS)]][:_QUESTIONS]
    with Chatbot.open(store, Settings()) as bot:
        figures = list(_adding(bot, [item.article for item in made], repeats))
        figures += asking(bot, questions, repeats)
        passages = bot.store.passages
        figures += fresh(bot, unread)
    figures += apart(store, footnote, questions[0], repeats)
    sizes = [file.stat().st_size for file in store.rglob("*") if file.is_file()]
    figures.append(Figure.of("disk", "MiB", [sum(sizes) * _MIB]))
    return Level(passages, len(made), tuple(figures))


# Adding


class _Timed:
    """An embedder that remembers how long it took, and over which texts."""

    def __init__(self, embedder: Any) -> None:
        self._embedder = embedder
        self.spent: Time = np.zeros(2)
        self.texts: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._embedder, name)

    def embed(self, texts: Sequence[str]) -> Any:
        started = now()
        vectors = self._embedder.embed(texts)
        self.spent += now() - started
        self.texts += texts
        return vectors


class _Part(NamedTuple):
    """One part of the articles added: what it was, and how long it took."""

    articles: int
    passages: int
    whole: Time
    embedding: Time
    alone: Time


def _adding(bot: Chatbot, articles: Sequence[Article], repeats: int) -> Iterator[Figure]:
    """The store is filled in as many parts as there are repeats.

    After each, the encoder alone embeds the same texts, so that both meet the same machine.
    """
    bot.add(articles[0])
    cuts = np.linspace(1, len(articles), min(repeats, len(articles) - 1) + 1).round().astype(int)
    parts = [_added(bot, articles[first:last]) for first, last in pairwise(cuts)]
    measures: Mapping[tuple[str, str], Callable[[_Part], Time]] = {
        ("adding", "articles/s"): lambda part: part.articles / part.whole,
        ("adding", "passages/s"): lambda part: part.passages / part.whole,
        ("the encoder alone", "passages/s"): lambda part: part.passages / part.alone,
        ("adding, of the encoder's pace", "%"): lambda part: _PERCENT * part.alone / part.whole,
        ("embedding, of adding's time", "%"): lambda part: _PERCENT * part.embedding / part.whole,
    }
    for (name, unit), measure in measures.items():
        yield Figure.of(name, unit, [measure(part) for part in parts])


def _added(bot: Chatbot, articles: Sequence[Article]) -> _Part:
    embedder = bot.embedder
    bot.embedder = timed = _Timed(embedder)
    try:
        whole = _spent(bot.add, articles)
    finally:
        bot.embedder = embedder
    alone = _spent(embedder.embed, timed.texts)
    return _Part(len(articles), len(timed.texts), whole, timed.spent, alone)


# Asking


def asking(
    bot: Chatbot, questions: Sequence[Question], repeats: int, others: Mapping[str, Ask] = _NONE
) -> Iterator[Figure]:
    """Every way of asking, and `others` beside it, in rounds.

    Within a round they take turns, to meet the same machine.
    """
    ways: dict[str, Ask] = {
        **others,
        "retrieve": lambda q: bot.retrieve(q.text),
        "retrieve as of a day": lambda q: bot.retrieve(q.text, as_of=q.day),
        "retrieve from a source": lambda q: bot.retrieve(q.text, filters={"source": q.source}),
        "retrieve from two months": lambda q: bot.retrieve(q.text, filters=_around(q)),
        "ask": lambda q: bot.ask(q.text),
    }
    for question in questions[:_WARM_UP]:
        for ask in ways.values():
            ask(question)
    rounds = [_round(ways, questions) for _ in range(repeats)]
    for way in ways:
        for share in (50, 95):
            values = [_MS * np.percentile(times[way], share, axis=0) for times in rounds]
            yield Figure.of(f"{way}, p{share}", "ms", values)


def _round(ways: Mapping[str, Ask], questions: Sequence[Question]) -> dict[str, list[Time]]:
    """The time of each question, asked in each way; `ask` takes longer, and fewer."""
    times: dict[str, list[Time]] = {way: [] for way in ways}
    for number, question in enumerate(questions):
        for way, ask in ways.items():
            if way != "ask" or number < _ASKED:
                times[way].append(_spent(ask, question))
    return times


def _around(question: Question) -> dict[str, str]:
    month = timedelta(days=30)
    return {"since": f"{question.day - month}", "until": f"{question.day + month}"}


def fresh(bot: Chatbot, unread: Sequence[News]) -> Iterator[Figure]:
    """One more article, and the question that only it answers right after: is it found?"""
    adds, asks, found = [], [], []
    for article, question in unread:
        adds.append(_MS * _spent(bot.add, article))
        asks.append(_MS * _spent(bot.ask, question.text))
        hits = {hit.article.id for hit in bot.retrieve(question.text)}
        found.append(_PERCENT * (article.id in hits))
    yield Figure.of("add one article", "ms", adds)
    yield Figure.of("ask right after", "ms", asks)
    yield Figure.of("it is found", "%", found)


def apart(
    store: Path, footnote: Sequence[str], question: Question, repeats: int
) -> tuple[Figure, Figure]:
    """`footnote ask` in processes of its own: how long, and the most memory that it held."""
    command = [*footnote, "ask", question.text, "--store", str(store)]
    runs = [run_apart(command) for _ in range(repeats)]
    times = [(_MS * run.seconds, _MS * run.processor) for run in runs]
    return (
        Figure.of("footnote ask, a new process", "ms", times),
        Figure.of("its memory at most", "MiB", [run.peak * _MIB for run in runs]),
    )


def _spent(work: Callable[..., object], *given: object) -> Time:
    started = now()
    work(*given)
    return now() - started


def now() -> Time:
    """The clock and the processor, in seconds."""
    return np.array([perf_counter(), process_time()])
