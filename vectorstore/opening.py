"""Finding a store, or saying why there is none: a folder, or a Chroma server."""

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any, NamedTuple

from vectorstore.chroma import ChromaPassages
from vectorstore.errors import ModelMismatch, StoreForeign, StoreLocked, StoreMissing
from vectorstore.held import HeldStore
from vectorstore.history import ChromaHistory
from vectorstore.index import DerivedIndex
from vectorstore.lending import Lender, borrowed
from vectorstore.lock import StoreLock
from vectorstore.log import ChangeLog
from vectorstore.notes import Notes
from vectorstore.server import StoreStamp, asking, connect, disconnect, peek
from vectorstore.store import ArticleStore
from vectorstore.sync import Sync

WAITED = 3.0
"""Seconds that a process which opens or closes a store has until it lends it or gives it up."""
_OURS = {"chroma", "index", "lock", "holder"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a store is, and what it should be; see `ArticleStore.open`."""

    location: str | Path
    wanted: StoreStamp
    collection: str
    token: str | None
    cache: Path | None


def opened(place: Place, *, create: bool) -> ArticleStore:
    """The store there; see `ArticleStore.open`."""
    if str(place.location).startswith(("http://", "https://")):
        return _on_server(place, str(place.location), create=create)
    return _in_folder(place, Path(place.location), create=create)


def _in_folder(place: Place, folder: Path, *, create: bool) -> ArticleStore:
    found = _inspect(folder, place.collection)
    if found is None and not create:
        raise _missing(folder)
    _same_model(folder, found or place.wanted, place.wanted)
    folder.mkdir(parents=True, exist_ok=True)
    lock = StoreLock(folder)
    until = monotonic() + WAITED
    while True:
        try:
            lock.acquire()
            break
        except StoreLocked:
            with suppress(OSError):
                return borrowed(
                    folder, lock.holder, lambda: _in_folder(place, folder, create=create)
                )
            if monotonic() > until:
                raise
            sleep(0.1)
    try:
        return _held(place, folder, lock, create=create)
    except BaseException:
        lock.release()
        raise


def _held(place: Place, folder: Path, lock: StoreLock, *, create: bool) -> HeldStore:
    chroma = folder / "chroma"
    client = connect(chroma, None)
    try:
        parts = _collections(client, chroma, place, create=create)
        index = DerivedIndex(folder / "index" / place.collection, shared=False)
        lenders: list[Lender] = []

        def closing() -> None:
            lenders[0].close()
            disconnect(client)
            lock.release()

        sync = Sync(index, parts.passages, parts.log, alone=True)
        store = HeldStore(sync, parts.notes, parts.history, place.wanted.dimension, closing)
        lenders.append(Lender(store, lock.holder))
    except BaseException:
        disconnect(client)
        raise
    return store


def _on_server(place: Place, url: str, *, create: bool) -> HeldStore:
    from platformdirs import user_cache_path

    client = connect(url, place.token)
    try:
        parts = _collections(client, url, place, create=create)
        cache = place.cache or user_cache_path("footnote")
        index = DerivedIndex(cache / "stores" / parts.passages.id, shared=True)
        sync = Sync(index, parts.passages, parts.log, alone=False)
        closing = partial(disconnect, client)
        return HeldStore(sync, parts.notes, parts.history, place.wanted.dimension, closing)
    except BaseException:
        disconnect(client)
        raise


class _Collections(NamedTuple):
    passages: ChromaPassages
    log: ChangeLog
    notes: Notes
    history: ChromaHistory


def _collections(client: Any, where: Path | str, place: Place, *, create: bool) -> _Collections:
    """The collections of passages, of changes, of notes and of earlier versions."""
    from chromadb.errors import NotFoundError

    with asking(where):
        try:
            passages = client.get_collection(place.collection, embedding_function=None)
        except NotFoundError as error:
            if not create:
                raise _missing(where) from error
            passages = client.get_or_create_collection(
                place.collection,
                metadata={"model": place.wanted.model, "dimension": place.wanted.dimension},
                configuration={"hnsw": {"space": "cosine"}},
                embedding_function=None,
            )
        found = StoreStamp.of(passages.metadata)
        if found is None:
            raise StoreForeign(f"The collection '{place.collection}' at {where} is not Footnote's.")
        _same_model(where, found, place.wanted)
        changes, notes, history = (
            client.get_or_create_collection(f"{place.collection}-{name}", embedding_function=None)
            for name in ("changes", "notes", "history")
        )
    return _Collections(
        ChromaPassages(passages, where),
        ChangeLog(changes, where),
        Notes(notes, where),
        ChromaHistory(history, where),
    )


def _inspect(folder: Path, collection: str) -> StoreStamp | None:
    """The stamp of the store in a folder, or None when there is none and could be one."""
    if not folder.exists():
        return None
    if not folder.is_dir():
        raise StoreForeign(f"'{folder}' is a file, not the folder of a store.")
    foreign = {path.name for path in folder.iterdir()} - _OURS
    found = peek(folder / "chroma", collection)
    if found is None and foreign:
        raise StoreForeign(
            f"'{folder}' is not a Footnote store: it holds '{min(foreign)}'. "
            "Name another folder with --store."
        )
    return found


def _missing(place: Path | str) -> StoreMissing:
    return StoreMissing(f"No store at '{place}'. Fill one with: footnote add seeds/")


def _same_model(place: Path | str, found: StoreStamp, wanted: StoreStamp) -> None:
    if found != wanted:
        raise ModelMismatch(
            f"The vectors in '{place}' were made by '{found.model}' ({found.dimension} numbers "
            f"each), not by '{wanted.model}' ({wanted.dimension}). Use that model again, or "
            "re-embed: add the articles to a new store with `footnote add SOURCE --store NEW`."
        )
