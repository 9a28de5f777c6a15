"""Try the gate on itself: three breakages it must catch, two harmless changes it must let pass,
and a thousand comparisons of equal systems.

    python -m benchmarks.selftrial GOLD ARTICLES [CASES]
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from rich.console import Console

from evals.cases import Case, load_cases
from evals.corpus import open_corpus
from evals.gate import ALPHA, Comparison, compare
from evals.results import Run
from evals.runner import run
from rag import Chatbot, Settings

Alteration = Callable[[list[Any]], list[Any]]

COMPARISONS = 1000


@dataclass(frozen=True, slots=True)
class Trial:
    """A change made on purpose, whether the gate should fail, and what came of it."""

    name: str
    harmful: bool
    run: Run
    comparison: Comparison

    @property
    def as_it_should(self) -> bool:
        """Whether the gate failed exactly if it had to."""
        return self.comparison.ok is not self.harmful


class AlteredChatbot(Chatbot):
    """A chatbot whose store's search results are altered on their way."""

    alteration: Alteration = list

    @property
    def store(self) -> Any:
        """The open store, but for its search."""
        return _AlteredStore(super().store, self.alteration)


class _AlteredStore:
    """A store, or a snapshot of one."""

    def __init__(self, store: Any, alteration: Alteration) -> None:
        self._store = store
        self._alteration = alteration

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @contextmanager
    def snapshot(self) -> Iterator[Any]:
        with self._store.snapshot() as snapshot:
            yield _AlteredStore(snapshot, self._alteration)

    def search(self, *question: Any, limit: int, **scope: Any) -> list[Any]:
        return self._alteration(self._store.search(*question, limit=limit, **scope))


def without_words(candidates: list[Any]) -> list[Any]:
    """BM25 off: nothing is found or scored by its words."""
    nearest = sorted(candidates, key=lambda c: c.dense, reverse=True)[: len(candidates) // 2]
    return [replace(candidate, lexical=0.0) for candidate in nearest]


def with_passages_dropped(candidates: list[Any]) -> list[Any]:
    """Three passages in ten, always the same ones, cannot be found."""
    return [c for c in candidates if sha256(c.passage.id.encode()).digest()[0] % 10 >= 3]


def with_offsets_shifted(candidates: list[Any]) -> list[Any]:
    """Every passage says it lies one character further than it does."""
    return [
        replace(c, passage=replace(c.passage, start=c.passage.start + 1, end=c.passage.end + 1))
        for c in candidates
    ]


BREAKAGES: dict[str, Alteration] = {
    "BM25 off": without_words,
    "three passages in ten dropped": with_passages_dropped,
    "offsets shifted by one": with_offsets_shifted,
}


def trials(articles: Sequence[str | Path], cases: Sequence[Case]) -> Iterator[Trial]:
    """Each change, made and compared with a run in which nothing was changed."""
    with open_corpus(articles, Settings()) as bot:
        settings = bot.settings
        before = run(bot, cases)
        yield _trial("cases in another order", before, run(bot, cases[::-1]))
        texts = [bot.article(article.id) for article in bot.articles()]
    for name, alteration in BREAKAGES.items():
        with AlteredChatbot.open(settings=settings) as altered:
            altered.alteration = alteration
            yield _trial(name, before, run(altered, cases))
    with TemporaryDirectory() as folder, Chatbot.open(Path(folder) / "store", Settings()) as bot:
        bot.add([texts[number] for number in np.random.default_rng(1).permutation(len(texts))])
        yield _trial("articles indexed in another order (seed 1)", before, run(bot, cases))


def _trial(name: str, before: Run, after: Run) -> Trial:
    return Trial(name, name in BREAKAGES, after, compare(before, after))


def false_alarms(before: Run, after: Run, comparisons: int, seed: int) -> float:
    """How often the gate calls one of two equal systems worse.

    Each case's two outcomes are swapped or not by a coin: neither side is better, and the scores
    differ as much, and go together as much, as those of two real systems do.
    """
    coin, alarms = np.random.default_rng(seed), 0
    for _ in range(comparisons):
        pairs = list(zip(before.outcomes, after.outcomes, strict=True))
        swapped = [pair[::-1] if coin.random() < 0.5 else pair for pair in pairs]
        one = replace(before, outcomes=tuple(pair[0] for pair in swapped))
        other = replace(before, outcomes=tuple(pair[1] for pair in swapped))
        alarms += any(t.verdict == "worse" for t in compare(one, other).tests)
    return alarms / comparisons


def main(gold: str, articles: str, most: str = "240") -> int:
    """Print the table; the exit status is 1 when the gate failed in any of it."""
    cases = load_cases(gold)
    cases = cases[:: max(1, len(cases) // int(most))][: int(most)]
    console = Console(soft_wrap=True)
    console.print(f"{len(cases)} cases. Change | gate | as it should | what was told")
    done = []
    for trial in trials([articles], cases):
        said = " ".join(trial.comparison.failures) or "nothing"
        verdict = "passed" if trial.comparison.ok else "failed"
        right = "yes" if trial.as_it_should else "NO"
        console.print(f"{trial.name} | {verdict} | {right} | {said}")
        done.append(trial)
    unbroken, dropped = done[0].run, done[2].run
    ordered = replace(unbroken, outcomes=unbroken.outcomes[::-1])
    rate = false_alarms(ordered, dropped, COMPARISONS, seed=0)
    console.print(f"False alarms in {COMPARISONS} comparisons of equal systems: {rate:.1%}.")
    return 0 if all(trial.as_it_should for trial in done) and rate <= ALPHA else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
