"""The five who work on one store in processes of their own, and can be killed at any moment."""

# ruff: noqa: S311

import multiprocessing
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from math import inf
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from vectorstore import sync
from vectorstore.errors import StoreError
from vectorstore.records import Article, Passage
from vectorstore.store import ArticleStore

WRITERS = tuple(f"writer {number}" for number in range(2))
READERS = tuple(f"reader {number}" for number in range(3))
ARTICLES = tuple(f"article{number}" for number in range(5))
COLLECTION = "crashes"
_LONGEST, _SIZE, _DIMENSION = 60, 20, 8
_PROCESSES: Any = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["benchmarks.workers", "chromadb", "tantivy"])


@dataclass(frozen=True, slots=True)
class Trial:
    """A store, the five's caches of what is derived from it, and after how long one is given up."""

    place: Path | str
    caches: Path
    lease: float = 8.0

    @property
    def served(self) -> bool:
        """Whether it is on a server."""
        return isinstance(self.place, str)

    def open(self, name: str, *, create: bool = False) -> ArticleStore:
        """The store as the one of that name has it."""
        sync.LEASE = self.lease
        return ArticleStore.open(
            self.place,
            model="crashes",
            dimension=_DIMENSION,
            create=create,
            cache=self.caches / name,
            collection=COLLECTION,
        )


@dataclass(slots=True)
class Change:
    """A version of an article, 0 where it was removed, and when it began and ended to be put."""

    article: str
    version: int
    begun: float
    ended: float = inf
    done: bool = False


@dataclass(slots=True)
class Worker:
    """One of the five, as it is now."""

    name: str
    process: Any
    pipe: "Connection[Any, Any]"
    changes: list[Change] = field(default_factory=list)
    looked: int = 0

    def hear(self) -> None:
        """Take what it has said. Raises `AssertionError` where it saw or met what it should not."""
        with suppress(EOFError, OSError):
            while self.pipe.poll():
                self._take(self.pipe.recv())
        if (self.process.exitcode or 0) > 0:
            raise AssertionError(f"{self.name} failed; see what it wrote")

    def kill(self) -> list[Change]:
        """End it; what it had begun ends now, whether it was done or not."""
        self.process.kill()
        self.process.join()
        now = time.monotonic()
        self.hear()
        for change in self.changes:
            change.ended = min(change.ended, now)
        return self.changes

    def _take(self, said: tuple[str, Any]) -> None:
        kind, value = said
        if kind == "wrong":
            raise AssertionError(f"{self.name} saw {value}")
        if kind == "begun":
            self.changes.append(value)
        elif kind == "done":
            self.changes[-1] = value
        self.looked += kind == "looked"


def started(trial: Trial, name: str, random: Random) -> Worker:
    """A writer or a reader that has begun."""
    ours, theirs = multiprocessing.Pipe()
    work = _write if name.startswith("writer") else _read
    process = _PROCESSES.Process(
        target=work, args=(trial, name, random.randrange(2**32), theirs), daemon=True
    )
    process.start()
    theirs.close()
    return Worker(name, process, ours)


def _write(trial: Trial, name: str, seed: int, pipe: "Connection[Any, Any]") -> None:
    """Change articles, and tell of each change before and after it."""
    random = Random(seed)

    def step(store: ArticleStore) -> None:
        article = random.choice(ARTICLES)
        version = random.choice((0, *[random.randrange(1, 10**6)] * 4))
        change = Change(article, version, time.monotonic())
        pipe.send(("begun", change))
        if version:
            store.put([_entry(article, version)])
        else:
            store.remove([article])
        pipe.send(("done", replace(change, ended=time.monotonic(), done=True)))

    _again_and_again(trial, name, step)


def _read(trial: Trial, name: str, seed: int, pipe: "Connection[Any, Any]") -> None:
    """Look at articles, and tell what is not as it should be."""
    random = Random(seed)

    def step(store: ArticleStore) -> None:
        article = random.choice(ARTICLES)
        with store.snapshot() as stored:
            hits = stored.search(vector_of(article), article, limit=50)
            articles = stored.get_many({hit.passage.article_id for hit in hits})
        for passage in (hit.passage for hit in hits):
            text = articles[passage.article_id].text
            if text[passage.start : passage.end] != passage.text:
                pipe.send(("wrong", passage))
        pipe.send(("looked", None))
        time.sleep(0.05)

    _again_and_again(trial, name, step)


def _again_and_again(trial: Trial, name: str, step: Callable[[ArticleStore], None]) -> None:
    """Do it until the end, with the store opened anew where the one who held it was killed."""
    while True:
        with suppress(StoreError), trial.open(name) as store:
            while True:
                step(store)


def _entry(name: str, version: int) -> tuple[Article, list[Passage], Any]:
    length = 1 + version % _LONGEST
    article = Article(name, name, f"{name} version{version} is it. " * length)
    passages = passages_of(article)
    return article, passages, np.stack([vector_of(name)] * len(passages))


def passages_of(article: Article) -> list[Passage]:
    """Its passages, cut as every version is."""
    return [
        Passage(article.id, number, start, start + len(text), text)
        for number, start in enumerate(range(0, len(article.text), _SIZE))
        for text in [article.text[start : start + _SIZE]]
    ]


def version_of(article: Article | None) -> int:
    """The version that an article is of, 0 where there is none."""
    return int(article.text.split()[1].removeprefix("version")) if article else 0


def vector_of(name: str) -> Any:
    """The unit vector of an article's passages."""
    vector = np.random.default_rng(list(name.encode())).normal(size=_DIMENSION)
    return (vector / np.linalg.norm(vector)).astype(np.float32)
