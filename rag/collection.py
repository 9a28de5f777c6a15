"""Collection: the articles of one store, as a user adds, lists and removes them."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from rag.components import Components
from rag.errors import ArticleMissing
from rag.ingestion.pipeline import IngestReport, Progress, ingest
from rag.ingestion.web.addresses import is_address
from rag.ingestion.web.following import Follow, follow, follows, unfollow, update
from rag.ingestion.web.reading import Target, WebLoader
from rag.text.revisions import Revision
from vectorstore.catalog import ArticleSummary
from vectorstore.listing import Overview
from vectorstore.records import Article, Order

Source = str | Path | Article
_Found = TypeVar("_Found")


class Collection(Components):
    """What can be done with articles without asking them anything."""

    def add(
        self,
        source: Source | Iterable[Source],
        *,
        allow_private: bool = False,
        progress: Progress | None = None,
    ) -> IngestReport:
        """Read, chunk, embed and store articles.

        They come from files, folders, globs, addresses of pages, feeds and sitemaps on the web, or
        are `Article` objects. Adding again what has not changed does nothing. What cannot be read
        is named in the report, and the rest goes on. Addresses that are not public are not
        connected to, unless `allow_private`: never set it where somebody else names them.
        """
        sources = [source] if isinstance(source, str | Path | Article) else list(source)
        addresses = [str(one) for one in sources if is_address(one)]
        store = self.opened(create=True)
        if not addresses:
            return ingest(store, self.embedder, sources, progress=progress)
        from rag.ingestion.web.client import WebClient

        others = [one for one in sources if not is_address(one)]
        with WebClient(allow_private=allow_private) as client:
            web = WebLoader(client, store, [Target.named(address) for address in addresses])
            return ingest(store, self.embedder, others, web=web, progress=progress)

    def follow(self, source: str | Path, *, allow_private: bool = False) -> Follow:
        """Follow a feed, a sitemap, a page or a folder: `update` brings in its articles.

        A page is followed by the feed that it names, if it names one. Raises `SourceError` where
        there is nothing to follow, and `InputError`. `allow_private` is as in `add`.
        """
        from rag.ingestion.web.client import WebClient

        with WebClient(allow_private=allow_private) as client:
            return follow(self.opened(create=True), source, client)

    def unfollow(self, source: str | Path) -> Follow:
        """Follow it no more; the articles stay. Raises `InputError` where it was not followed."""
        return unfollow(self.store, source)

    def follows(self) -> list[Follow]:
        """What is followed, and how the last `update` of each went."""
        return follows(self.store)

    def update(
        self, *, allow_private: bool = False, progress: Progress | None = None
    ) -> IngestReport:
        """Bring in what is new or changed in all that is followed.

        What has vanished from there stays. `allow_private` is as in `add`.
        """
        from rag.ingestion.web.client import WebClient

        with WebClient(allow_private=allow_private) as client:
            return update(self.store, self.embedder, client, progress=progress)

    def articles(
        self, offset: int = 0, limit: int | None = None, *, order: Order = "added", query: str = ""
    ) -> list[ArticleSummary]:
        """What the store holds, without the texts: all, or `limit` of them from the `offset`th on.

        `query` keeps those that have its words, or words that begin so, in title, source, author or
        id; `order` is `added`, `newest`, `oldest`, `title` or `longest`.
        """
        return self.store.articles(offset, limit, order, query)

    def count(self, query: str = "") -> int:
        """How many articles there are, or how many `articles` finds."""
        return self.store.count(query)

    def overview(self) -> Overview:
        """The collection in figures: articles and passages, and articles of each source and day."""
        return self.store.overview()

    def article(self, article_id: str) -> Article:
        """One article, whole. Raises `ArticleMissing`."""
        return _there(self.store.get_many([article_id]), article_id)

    def copies(self, article_id: str) -> list[ArticleSummary]:
        """The other articles that are the same report, earliest first. Raises `ArticleMissing`."""
        with self.store.snapshot() as stored:
            group = _there({article_id: stored.summary(article_id)}, article_id).group
            members = stored.groups([group])[group] if group else []
        return [one for one in members if one.id != article_id]

    def changed(self) -> list[ArticleSummary]:
        """The articles whose texts have changed since they were added, the latest change first."""
        return self.store.changed()

    def history(self, article_id: str) -> list[Revision]:
        """The changes of an article's text, the latest first. Raises `ArticleMissing`.

        The latest ten earlier versions are kept. They answer no questions.
        """
        with self.store.snapshot() as stored:
            _there({article_id: stored.summary(article_id)}, article_id)
            versions = stored.history(article_id)
            known = stored.get_many([article_id] if versions else [])
        texts = [*known.values(), *(version.article for version in versions)]
        return [
            Revision(version.until, version.article, after)
            for version, after in zip(versions, texts, strict=False)
        ]

    def remove(self, article_id: str) -> None:
        """Forget an article, in every index. Raises `ArticleMissing`."""
        _there({article_id: self.store.remove([article_id]) or None}, article_id)


def _there(found: Mapping[str, _Found | None], article_id: str) -> _Found:
    """What was found of an article. Raises `ArticleMissing`."""
    there = found.get(article_id)
    if there is None:
        raise ArticleMissing(f"No article {article_id!r}. See them all with: footnote articles")
    return there
