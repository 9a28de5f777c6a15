"""What is followed: feeds, sitemaps, pages and folders that `update` brings up to date."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from rag.errors import InputError, SourceError
from rag.ingestion.pipeline import IngestReport, Progress, ingest
from rag.ingestion.web.addresses import is_address, normalized
from rag.ingestion.web.fetched import Fetched
from rag.ingestion.web.listings import listing_in
from rag.ingestion.web.pages import feed_in, read_page
from rag.ingestion.web.reading import Target, WebLoader
from rag.ingestion.web.remembered import now
from rag.models.encoder import Embedder
from vectorstore.store import ArticleStore

if TYPE_CHECKING:
    from rag.ingestion.web.client import WebClient

FollowKind = Literal["feed", "sitemap", "page", "folder"]

_KIND = "follow"


@dataclass(frozen=True, slots=True)
class Follow:
    """Something that is followed.

    `source` is what was named, `url` what is asked: the feed of a page, the path of a folder.
    Times are ISO 8601; `checked_at` is when it was last asked, `error` why that failed if it did.
    """

    source: str
    kind: FollowKind
    url: str
    title: str | None = None
    followed_at: str = ""
    checked_at: str | None = None
    error: str | None = None


def follows(store: ArticleStore) -> list[Follow]:
    """All that is followed, in the order it was begun."""
    found = [_follow(note) for note in store.notes(_KIND).values()]
    return sorted(found, key=lambda one: (one.followed_at, one.source))


def follow(store: ArticleStore, source: str | Path, client: "WebClient") -> Follow:
    """Follow a feed, a sitemap, a page (by the feed it names, if it does) or a folder.

    What is followed already stays so. Raises `InputError` for what is no file, and `SourceError`
    for an address at which there is nothing to follow.
    """
    named = normalized(str(source)) if is_address(source) else str(_folder(source))
    if named in (known := store.notes(_KIND, [named])):
        return _follow(known[named])
    if is_address(source):
        found = _found(named, client)
    else:
        found = Follow(named, "folder", named, Path(named).name)
    found = replace(found, followed_at=now())
    _write(store, [found])
    return found


def unfollow(store: ArticleStore, source: str | Path) -> Follow:
    """Follow it no more; its articles stay. Raises `InputError` where it was not followed."""
    names = {str(source), str(Path(source).resolve())}
    if is_address(source):
        names.add(normalized(str(source)))
    for one in follows(store):
        if names & {one.source, one.url}:
            store.remove_notes(_KIND, [one.source])
            return one
    raise InputError(f"{str(source)!r} is not followed. See what is with: footnote follow")


def update(
    store: ArticleStore,
    embedder: Embedder,
    client: "WebClient",
    *,
    progress: Progress | None = None,
) -> IngestReport:
    """Bring in what is new or changed in all that is followed, and note how that went."""
    all_of_it = follows(store)
    folders = [one.url for one in all_of_it if one.kind == "folder"]
    targets = [Target(one.url, followed=True) for one in all_of_it if one.kind != "folder"]
    web = WebLoader(client, store, targets)
    report = ingest(store, embedder, folders, web=web, progress=progress)
    errors = web.errors | {one.source: one.reason for one in report.failed if one.source in folders}
    still = store.notes(_KIND)
    _write(
        store,
        (
            replace(
                one,
                title=web.titles.get(one.url, one.title),
                checked_at=now(),
                error=errors.get(one.url),
            )
            for one in all_of_it
            if one.source in still
        ),
    )
    return report


def _found(url: str, client: "WebClient") -> Follow:
    """What there is to follow at an address. Raises `SourceError`."""
    page = _page(url, client)
    if listing := listing_in(page):
        kind: FollowKind = "feed" if listing.kind == "feed" else "sitemap"
        return Follow(url, kind, url, listing.title)
    if feed := feed_in(page):
        listing = listing_in(_page(feed, client))
        if listing and listing.kind == "feed":
            return Follow(url, "feed", normalized(feed), listing.title)
    try:
        return Follow(url, "page", url, str(read_page(page).title or url))
    except SourceError as error:
        raise SourceError(f"{url}: the page names no feed, and {error}") from error


def _page(url: str, client: "WebClient") -> Fetched:
    try:
        page = client.get(url)
    except SourceError as error:
        raise type(error)(f"{url}: {error}") from error
    assert page is not None  # nothing was known of it
    return page


def _folder(source: str | Path) -> Path:
    path = Path(source)
    if not path.exists():
        raise InputError(f"{str(source)!r} is no web address, and no folder that is there.")
    return path.resolve()


def _write(store: ArticleStore, several: Iterable[Follow]) -> None:
    store.write_notes(_KIND, {one.source: asdict(one) for one in several})


def _follow(note: "dict[str, str | bool | None]") -> Follow:
    assert note["kind"] in get_args(FollowKind)
    return Follow(**note)  # type: ignore[arg-type]
