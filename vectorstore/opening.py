"""Finding a store, or saying why there is none: a folder, or a Chroma server."""

from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from platformdirs import user_cache_path

from vectorstore.chroma import ChromaPassages, StoreStamp, peek
from vectorstore.errors import ModelMismatch, StoreForeign, StoreLocked, StoreMissing
from vectorstore.index import DerivedIndex
from vectorstore.lock import StoreLock

_OURS = {"chroma", "index", "lock", "holder"}


@dataclass(slots=True)
class Opened:
    """The parts of a store. `chroma` is None until Chroma is needed; `place` says where it is."""

    place: Path | str
    stamp: StoreStamp
    lock: StoreLock
    index: DerivedIndex
    chroma: ChromaPassages | None = None

    @property
    def embedded(self) -> bool:
        """In a folder that this process alone may use, not on a server."""
        return isinstance(self.place, Path)


def open_folder(folder: Path, wanted: StoreStamp, *, create: bool) -> Opened:
    """The store in a folder; see `ArticleStore.open`."""
    found = _inspect(folder)
    if found is None and not create:
        raise StoreMissing(f"No store at '{folder}'. Fill one with: footnote add seeds/")
    _same_model(folder, found or wanted, wanted)
    folder.mkdir(parents=True, exist_ok=True)
    lock = StoreLock(folder).acquire()
    try:
        chroma = folder / "chroma"
        if found is None:
            ChromaPassages.open(chroma, wanted).close()
        stamp = peek(chroma) or wanted
        return Opened(chroma, stamp, lock, DerivedIndex(folder / "index", wanted.dimension))
    except BaseException:
        lock.release()
        raise


def open_server(url: str, wanted: StoreStamp, *, create: bool, cache: Path | None) -> Opened:
    """The store on a server; see `ArticleStore.open`."""
    chroma = ChromaPassages.open(url, wanted if create else None)
    try:
        found = chroma.stamp()
        _same_model(url, found, wanted)
        lock = _free_folder((cache or user_cache_path("footnote")) / "stores" / chroma.id)
        index = DerivedIndex(lock.folder / "index", wanted.dimension)
        return Opened(url, found, lock, index, chroma)
    except BaseException:
        chroma.close()
        raise


def _inspect(folder: Path) -> StoreStamp | None:
    """The stamp of the store in a folder, or None when there is none and could be one."""
    if not folder.exists():
        return None
    if not folder.is_dir():
        raise StoreForeign(f"'{folder}' is a file, not the folder of a store.")
    foreign = {path.name for path in folder.iterdir()} - _OURS
    found = peek(folder / "chroma")
    if found is None and foreign:
        raise StoreForeign(
            f"'{folder}' is not a Footnote store: it holds '{min(foreign)}'. "
            "Name another folder with --store."
        )
    return found


def _same_model(place: Path | str, found: StoreStamp, wanted: StoreStamp) -> None:
    if (found.model, found.dimension) != (wanted.model, wanted.dimension):
        raise ModelMismatch(
            f"The vectors in '{place}' were made by '{found.model}' ({found.dimension} numbers "
            f"each), not by '{wanted.model}' ({wanted.dimension}). Use that model again, or "
            "re-embed: add the articles to a new store with `footnote add SOURCE --store NEW`."
        )


def _free_folder(parent: Path) -> StoreLock:
    """A lock on the first folder under `parent` that no other process of this machine holds."""
    numbers = count()
    while True:
        folder = parent / str(next(numbers))
        folder.mkdir(parents=True, exist_ok=True)
        with suppress(StoreLocked):
            return StoreLock(folder).acquire()
