"""The process that holds an embedded store works for the others, which ask it on loopback.

Where it listens, and the secret that whoever asks must know, are in the store's folder, in a file
for its owner alone. One connection is one snapshot.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import AuthenticationError
from multiprocessing.connection import (
    Client,
    Connection,
    Listener,
    answer_challenge,
    deliver_challenge,
)
from pathlib import Path
from secrets import token_hex
from threading import Lock, Thread
from typing import Any, cast

from vectorstore.errors import FootnoteError, StoreError
from vectorstore.notes import Note
from vectorstore.snapshot import Snapshot
from vectorstore.store import ArticleStore, Batch

_READING = {
    "count",
    "articles",
    "summary",
    "get_many",
    "leads",
    "overview",
    "groups",
    "search",
    "changed",
    "history",
}
_VALUES = {"passages", "generation"}
_OWN = {"put", "remove", "notes", "write_notes", "remove_notes"}
_GONE = (OSError, EOFError)


class Lender:
    """Lets other processes use a store for as long as this one holds it."""

    def __init__(self, store: ArticleStore, holder: Path) -> None:
        """Listen, and say where in the file `holder`."""
        self._store = store
        self._secret = token_hex(32)
        self._listener = Listener(("127.0.0.1", 0))
        port = self._listener.address[1]
        told = {"process": os.getpid(), "port": port, "secret": self._secret}
        file = os.open(holder, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(file, "w", encoding="utf-8") as stream:
            json.dump(told, stream)
        Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        """Take no more requests."""
        self._listener.close()

    def _listen(self) -> None:
        with suppress(OSError):  # closed
            while True:
                connection = self._listener.accept()
                Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: "Connection[Any, Any]") -> None:
        key = self._secret.encode()
        with connection, suppress(*_GONE, AuthenticationError):
            deliver_challenge(connection, key)
            answer_challenge(connection, key)
            with self._store.snapshot() as snapshot:
                while True:
                    connection.send(self._answer(snapshot, *connection.recv()))

    def _answer(
        self, snapshot: Snapshot, name: str, values: tuple[Any, ...], named: dict[str, Any]
    ) -> tuple[Any, Exception | None]:
        """What was asked for, or why there is none."""
        try:
            if name in _VALUES:
                return getattr(snapshot, name), None
            owner = {**dict.fromkeys(_READING, snapshot), **dict.fromkeys(_OWN, self._store)}
            return getattr(owner[name], name)(*values, **named), None
        except (FootnoteError, ValueError) as error:
            return None, error
        except Exception as error:
            return None, StoreError(f"The process that holds the store failed: {error!r}")


class LentStore(ArticleStore):
    """A store that another process holds. Once that one has ended, this one opens it itself."""

    def __init__(self, folder: Path, told: Mapping[str, Any], anew: Callable[[], ArticleStore]):
        """`told` is what the holder says of itself; `anew` opens the store without it.

        Raises `OSError` when the holder takes no requests.
        """
        self._folder = folder
        self._process: int = told["process"]
        self._address = "127.0.0.1", int(told["port"])
        self._secret = str(told["secret"]).encode()
        self._anew = anew
        self._own: ArticleStore | None = None
        self._opening = Lock()
        self._connect().close()

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """See `ArticleStore.snapshot`."""
        holder = self._holder()
        with holder.snapshot() if isinstance(holder, ArticleStore) else self._asking(holder) as it:
            yield cast("Snapshot", it)

    def put(self, batch: Batch, *, version: str = "") -> None:
        """See `ArticleStore.put`."""
        with self._working() as holder:
            holder.put(list(batch), version=version)

    def remove(self, ids: Iterable[str]) -> int:
        """See `ArticleStore.remove`."""
        with self._working() as holder:
            return int(holder.remove(list(ids)))

    def notes(self, kind: str, names: Sequence[str] | None = None) -> dict[str, Note]:
        """See `ArticleStore.notes`."""
        with self._working() as holder:
            return cast("dict[str, Note]", holder.notes(kind, names))

    def write_notes(self, kind: str, notes: Mapping[str, Note]) -> None:
        """See `ArticleStore.write_notes`."""
        with self._working() as holder:
            holder.write_notes(kind, dict(notes))

    def remove_notes(self, kind: str, names: Iterable[str]) -> None:
        """See `ArticleStore.remove_notes`."""
        with self._working() as holder:
            holder.remove_notes(kind, list(names))

    def close(self) -> None:
        """Nothing is held, unless the holder has ended."""
        if self._own is not None:
            self._own.close()

    def _holder(self) -> "Connection[Any, Any] | ArticleStore":
        """A connection to the process that holds the store, or the store where this one does."""
        with self._opening:
            if self._own is None:
                with suppress(*_GONE, AuthenticationError):
                    return self._connect()
                self._own = self._anew()
            return self._own

    @contextmanager
    def _working(self) -> Iterator[Any]:
        """Whoever holds the store now, this process or the other one."""
        holder = self._holder()
        if isinstance(holder, ArticleStore):
            yield holder
        else:
            with self._asking(holder) as asked:
                yield asked

    @contextmanager
    def _asking(self, connection: "Connection[Any, Any]") -> "Iterator[_Asked]":
        try:
            with connection:
                yield _Asked(connection)
        except _GONE as error:
            raise StoreError(
                f"Process {self._process}, which held the store '{self._folder}', ended meanwhile. "
                "Do it again."
            ) from error

    def _connect(self) -> "Connection[Any, Any]":
        return Client(self._address, authkey=self._secret)


class _Asked:
    """Passes every call on."""

    def __init__(self, connection: "Connection[Any, Any]") -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return self._ask(name) if name in _VALUES else lambda *v, **n: self._ask(name, *v, **n)

    def _ask(self, name: str, *values: Any, **named: Any) -> Any:
        self._connection.send((name, values, named))
        value, error = self._connection.recv()
        if error is not None:
            raise error
        return value


def borrowed(folder: Path, holder: Path, anew: Callable[[], ArticleStore]) -> LentStore:
    """The store in a folder that another process holds, opened `anew` when that one has ended.

    Raises `OSError` where it does not lend.
    """
    try:
        return LentStore(folder, json.loads(holder.read_text(encoding="utf-8")), anew)
    except (ValueError, KeyError, TypeError, EOFError) as error:
        raise OSError("the holder does not say where it listens") from error
