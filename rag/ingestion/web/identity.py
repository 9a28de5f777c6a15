"""Which article a page is: the same under every address."""

from dataclasses import replace

from rag.ingestion.loaders.naming import id_of_url
from rag.ingestion.web.remembered import Visit
from vectorstore.records import Article
from vectorstore.store import ArticleStore


class Identities:
    """The ids that pages of this run have, and those of the store.

    An address keeps the article that was read there first. Else a page is the article of its
    canonical address, unless one of another title is that already: sites do name one address on
    many pages.
    """

    def __init__(self, store: ArticleStore) -> None:
        self._store = store
        self._had: dict[str, tuple[str, str]] = {}

    def settled(self, article: Article, earlier: str | None, address: str) -> Article:
        """The article with the id and address it is known by; it was found at `address`."""
        if earlier is not None:
            return replace(article, id=earlier)
        title = self._title(article.id)
        if title in {None, article.title} or article.url == address:
            return article
        return replace(article, id=id_of_url(address), url=address)

    def is_repeated(self, article: Article, address: str) -> bool:
        """Whether this run has had the article from another address."""
        first, _ = self._had.setdefault(article.id, (address, article.title))
        return first != address

    def is_stored(self, visit: Visit | None) -> bool:
        """Whether the article that was read on a visit is still there."""
        return bool(visit and visit.article and self._stored_title(visit.article) is not None)

    def _title(self, article: str) -> str | None:
        had = self._had.get(article)
        return had[1] if had else self._stored_title(article)

    def _stored_title(self, article: str) -> str | None:
        with self._store.snapshot() as snapshot:
            found = snapshot.summary(article)
        return found.title if found else None
