"""Addresses into articles: pages are read, lists are followed to the pages they name."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from rag.errors import SourceError, SourceGone, SourceUnavailable
from rag.ingestion.loaders.loading import Loaded, finished
from rag.ingestion.loaders.records import Failure, Notice, Unchanged
from rag.ingestion.web.addresses import host_of, normalized
from rag.ingestion.web.ahead import ahead
from rag.ingestion.web.fetched import Fetched
from rag.ingestion.web.identity import Identities
from rag.ingestion.web.listings import Entry, Listing, listing_in
from rag.ingestion.web.pages import read_page
from rag.ingestion.web.remembered import Remembered, Visit, now
from vectorstore.records import Article
from vectorstore.store import ArticleStore

if TYPE_CHECKING:
    from rag.ingestion.web.client import WebClient

PATIENCE = {"feed": timedelta(days=1), "sitemap": timedelta(days=30)}
_NOTHING_SAID = Entry("")


@dataclass(frozen=True, slots=True)
class Target:
    """An address to be read: one that somebody gave, or one that a list names.

    `entry` is what its list says of it, `lists` those that led to it, `is_list` whether it must be
    one itself. With `followed`, what was removed from the store is left alone. After `patience` an
    address is asked about again that its list says nothing new of.
    """

    url: str
    followed: bool = False
    entry: Entry = _NOTHING_SAID
    lists: tuple[str, ...] = ()
    is_list: bool = False
    patience: timedelta = PATIENCE["feed"]

    @classmethod
    def named(cls, address: str, *, followed: bool = False) -> "Target":
        """What somebody names; what is wrong with it is told when it is read."""
        try:
            return cls(normalized(address), followed)
        except SourceError:
            return cls(address, followed)


class WebLoader:
    """Every article at the addresses, in order of the sites' turns, with what went wrong.

    After what came so far is stored, `commit` remembers that it was read, so that a run that is
    broken off goes on where it was. `titles` and `errors` are those of the addresses themselves.
    """

    def __init__(self, client: "WebClient", store: ArticleStore, targets: Sequence[Target]) -> None:
        self._client = client
        self._store = store
        self._targets = interleaved(targets)
        self._remembered = Remembered(store)
        self._identities = Identities(store)
        self._lists: dict[str, Visit] = {}
        self._unsettled: set[str] = set()
        self._hidden = 0
        self.total = len(self._targets)
        self.titles: dict[str, str] = {}
        self.errors: dict[str, str] = {}

    def commit(self) -> None:
        """Remember what was read so far: it is stored."""
        self._remembered.commit()

    def __iter__(self) -> Iterator[Loaded]:
        targets: Sequence[Target] = self._targets
        while targets:
            found: list[Target] = []
            for (target, visit), page in ahead(self._fetch, self._remembered.paired(targets)):
                for one in self._read(target, visit, page):
                    if isinstance(one, Target):
                        found.append(one)
                    else:
                        yield one
            targets = interleaved(found)
            self.total += len(targets)
        for url, visit in self._lists.items():
            if url not in self._unsettled:
                self._remembered.note(url, visit)
        if self._hidden:
            yield Notice("web pages", f"removed hidden text from {self._hidden:,} of them")

    def _fetch(self, pair: tuple[Target, Visit | None]) -> Fetched | SourceError | None:
        """In a thread: the page, None where it is as it was, or why there is none."""
        target, visit = pair
        known = self._remembered.validators(visit)
        if visit and not visit.article and target.followed and visit.age < PATIENCE["feed"]:
            known = visit.validators  # a list whose every article was settled
        try:
            return self._client.get(target.url, known)
        except SourceError as error:
            return error

    def _read(
        self, target: Target, visit: Visit | None, page: Fetched | SourceError | None
    ) -> Iterator[Loaded | Target]:
        """What comes of a page: an article or a failure, or more addresses."""
        if isinstance(page, SourceError):
            yield self._failed(target, visit, page)
            return
        if page is None:
            yield from self._as_it_was(target, visit)
            return
        try:
            listing = listing_in(page)
            if listing:
                yield from self._listed(target, page, listing)
            elif target.is_list:
                raise SourceError("it is not a sitemap")  # noqa: TRY301
            else:
                yield from self._article(target, visit, page)
        except SourceError as error:
            yield self._failed(target, visit, error)

    def _as_it_was(self, target: Target, visit: Visit | None) -> Iterator[Loaded]:
        if visit and visit.article:
            self._remembered.note(target.url, replace(visit, at=now(), mark=target.entry.mark))
            yield Unchanged(target.url)

    def _article(self, target: Target, visit: Visit | None, page: Fetched) -> Iterator[Loaded]:
        raw = read_page(page)
        self._hidden += bool(raw.remarks)
        hints = target.entry if target.lists or not visit else visit
        raw = replace(
            raw,
            title=raw.title or hints.title,
            published_at=raw.published_at or hints.published_at,
            remarks=(),
        )
        for one in finished(raw, target.url):
            if isinstance(one, Article):
                yield self._identified(one, target, visit, page)
            elif isinstance(one, Failure):
                raise SourceError(one.reason)
            else:
                yield one

    def _identified(
        self, article: Article, target: Target, visit: Visit | None, page: Fetched
    ) -> Loaded:
        """The article by its one id, or word that this run has had it from another address."""
        earlier = visit.article if visit else None
        article = self._identities.settled(article, earlier, normalized(page.url))
        entry = target.entry
        self.titles[target.url] = article.title
        self._remembered.note(
            target.url,
            Visit(
                now(),
                article.id,
                entry.mark,
                entry.title,
                entry.published_at,
                page.validators.etag,
                page.validators.modified,
            ),
        )
        if self._identities.is_repeated(article, target.url):
            return Unchanged(target.url)
        return article

    def _failed(self, target: Target, visit: Visit | None, error: SourceError) -> Loaded:
        """A failure; of a page whose article is stored, word that it is kept."""
        lasting = not isinstance(error, SourceUnavailable)
        if not lasting:
            self._unsettled.update(target.lists)
        if not target.lists:
            self.errors[target.url] = str(error)
        earlier = visit or Visit(now())
        self._remembered.note(
            target.url,
            replace(earlier, at=now(), mark=target.entry.mark, failure=str(error), lasting=lasting),
        )
        if not self._identities.is_stored(visit):
            return Failure(target.url, str(error))
        kept = f"{error}; the article that was read there before is kept"
        if isinstance(error, SourceGone):
            return Notice(target.url, kept)
        return Failure(target.url, kept)

    def _listed(self, target: Target, page: Fetched, listing: Listing) -> Iterator[Loaded | Target]:
        """The pages that a list names, as far as there may be news of them."""
        if target.lists and not target.is_list:
            raise SourceError("it is a list of articles, and was named as one")
        if listing.title:
            self.titles[target.url] = listing.title
        lists = (*target.lists, target.url)
        if listing.kind == "sitemap index":
            for entry in listing.entries:
                yield replace(target, url=entry.url, lists=lists, is_list=True)
            return
        validators = page.validators
        self._lists[target.url] = Visit(now(), etag=validators.etag, modified=validators.modified)
        for entry, visit in self._remembered.paired(listing.entries):
            found = Target(
                entry.url, target.followed, entry, lists, patience=PATIENCE[listing.kind]
            )
            yield from self._due(found, visit)

    def _due(self, target: Target, visit: Visit | None) -> Iterator[Loaded | Target]:
        """A page to be read, if there may be news of it; else what is known of it."""
        if visit is None:
            yield target
            return
        removed = visit.article is not None and not self._identities.is_stored(visit)
        if removed and target.followed:
            return
        if removed or visit.is_due(target.entry.mark, target.patience):
            yield target
        elif visit.failure is None:
            yield Unchanged(target.url)
        elif not target.followed:
            yield Failure(target.url, visit.failure)


def interleaved(targets: Sequence[Target]) -> list[Target]:
    """The same targets, each once, those of different hosts in turn: none is waited for alone."""
    once: dict[str, Target] = {}
    for target in targets:
        lists = once[target.url].lists if target.url in once else ()
        once[target.url] = replace(target, lists=(*lists, *target.lists))
    hosts: dict[str, deque[Target]] = {}
    for target in once.values():
        hosts.setdefault(host_of(target.url), deque()).append(target)
    turns: list[Target] = []
    while hosts:
        for host, rest in list(hosts.items()):
            turns.append(rest.popleft())
            if not rest:
                del hosts[host]
    return turns
