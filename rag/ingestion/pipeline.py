"""Sources into the store: read, compare, chunk, embed, put."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np

from rag.ingestion.chunking import VERSION, TokenCounts, chunk, embedded_text
from rag.ingestion.loaders import Failure, Loaded, Loader, Notice, Unchanged
from rag.ingestion.token_counter import TokenCounter, estimated_token_counts
from rag.models.encoder import Embedder
from vectorstore.catalog import article_digest
from vectorstore.records import Article, Passage
from vectorstore.store import ArticleStore

if TYPE_CHECKING:
    from rag.ingestion.web.reading import WebLoader

Source = str | Path | Article
Progress = Callable[[int, int | None, str], None]
"""Called with how many articles are done, of how many (or None), and the last one's title."""

_BATCH = 128
"""How many passages are embedded and stored at a time, or one article's if it has more."""
_SECONDS = 5.0
"""What has come is stored after so long, though it be less: the web is slow."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What became of the sources: how many articles, and what to know of the others.

    `passages` are those embedded in this run. `warnings` are about articles that were read.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: tuple[Failure, ...] = ()
    passages: int = 0
    warnings: tuple[str, ...] = ()


def ingest(
    store: ArticleStore,
    embedder: Embedder,
    sources: Iterable[Source],
    *,
    web: "WebLoader | None" = None,
    progress: Progress | None = None,
) -> IngestReport:
    """Bring every article of `sources`, and then of the `web`, into `store`, and report.

    An article whose fields and text are as stored is left alone, unless its passages are of
    another `VERSION`; another one of its id is replaced. When two articles of one run share an id,
    the first is kept and the other reported as failed. What is stored stays stored when the run
    is interrupted, and the next one goes on from there. Raises nothing for sources that cannot be
    read: they are in the report.
    """
    named = list(sources)
    given = [one for one in named if isinstance(one, Article)]
    loader = Loader(one for one in named if not isinstance(one, Article))
    run = _Run(store.digest, _token_counts_of(embedder))
    done = 0
    for steps in _batches(run.steps(chain(given, loader, web or ()))):
        _put(store, embedder, [step.entry for step in steps if step.entry])
        done += len(steps)
        if web:
            web.commit()
        if progress:
            total = len(given) + loader.total + (web.total if web else 0)
            progress(done, max(done, total), steps[-1].name)
    if web:
        web.commit()
    return run.report()


@dataclass(frozen=True, slots=True)
class _Entry:
    """An article to be stored."""

    article: Article
    passages: list[Passage]


@dataclass(frozen=True, slots=True)
class _Step:
    """One article, or failure to get one, dealt with; `entry` is what is left to store."""

    name: str
    entry: _Entry | None = None


@dataclass(slots=True)
class _Run:
    """Decides what is to be done with each article of a run, and keeps count."""

    stored: Callable[[str], str | None]
    token_counts: TokenCounts
    counts: Counter[str] = field(default_factory=Counter)
    failed: list[Failure] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)

    def steps(self, loaded: Iterable[Loaded]) -> Iterator[_Step]:
        """A step for every article and failure."""
        for one in loaded:
            if isinstance(one, Notice):
                self.warnings.append(str(one))
            elif isinstance(one, Failure):
                self.failed.append(one)
                yield _Step(one.source)
            elif isinstance(one, Unchanged):
                self.counts["unchanged"] += 1
                yield _Step(one.source)
            else:
                yield _Step(one.title, self._entry(one))

    def _entry(self, article: Article) -> _Entry | None:
        digest = article_digest(article, VERSION)
        if refusal := self._refusal(article, digest):
            self.failed.append(Failure(article.id, refusal))
            return None
        if article.id in self.seen:
            return None
        self.seen[article.id] = digest
        stored = self.stored(article.id)
        if stored == digest:
            self.counts["unchanged"] += 1
            return None
        passages = chunk(article, self.token_counts)
        self.counts["updated" if stored else "added"] += 1
        self.counts["passages"] += len(passages)
        return _Entry(article, passages)

    def _refusal(self, article: Article, digest: str) -> str | None:
        if not article.text:
            return "it is empty"
        if self.seen.get(article.id, digest) != digest:
            return "an article of this id came before it in this run, and was kept"
        return None

    def report(self) -> IngestReport:
        """What has been done so far."""
        return IngestReport(
            added=self.counts["added"],
            updated=self.counts["updated"],
            unchanged=self.counts["unchanged"],
            failed=tuple(self.failed),
            passages=self.counts["passages"],
            warnings=tuple(self.warnings),
        )


def _batches(steps: Iterable[_Step]) -> Iterator[list[_Step]]:
    """Runs of steps with about `_BATCH` passages, or twice as many steps, or of `_SECONDS`."""
    batch: list[_Step] = []
    passages, started = 0, monotonic()
    for step in steps:
        batch.append(step)
        passages += len(step.entry.passages) if step.entry else 0
        if passages >= _BATCH or len(batch) >= 2 * _BATCH or monotonic() - started > _SECONDS:
            yield batch
            batch, passages, started = [], 0, monotonic()
    if batch:
        yield batch


def _put(store: ArticleStore, embedder: Embedder, entries: Sequence[_Entry]) -> None:
    """Embed the passages of all entries at once, and store them."""
    if not entries:
        return
    texts = [embedded_text(e.article, p.text) for e in entries for p in e.passages]
    ends = np.cumsum([len(entry.passages) for entry in entries])
    vectors = np.split(embedder.embed(texts), ends[:-1])
    batch = [(e.article, e.passages, v) for e, v in zip(entries, vectors, strict=True)]
    store.put(batch, version=VERSION)


def _token_counts_of(embedder: Embedder) -> TokenCounts:
    counting = getattr(embedder, "token_counts", None)
    return TokenCounter(counting) if counting else estimated_token_counts
