"""A client of Chroma, in a folder or on a server, whose failures are `StoreError`s."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from vectorstore.errors import FootnoteError, StoreError

TIME_LIMIT = 30.0
"""Seconds that one call of a server may take."""
_DATABASE = "chroma.sqlite3"


@dataclass(frozen=True, slots=True)
class StoreStamp:
    """What a collection says of itself: whose vectors it holds."""

    model: str
    dimension: int

    @classmethod
    def of(cls, metadata: Mapping[str, Any] | None) -> "StoreStamp | None":
        """The stamp in a collection's metadata, or None when the collection is not ours."""
        try:
            return cls(*((metadata or {})[name] for name in cls.__slots__))
        except KeyError:
            return None


def peek(folder: Path, collection: str) -> StoreStamp | None:
    """The stamp of the collection in `folder`, read without loading Chroma; None if there is none.

    Raises `StoreError` when Chroma's database is there and cannot be read.
    """
    path = folder / _DATABASE
    if not path.exists():
        return None
    query = (
        "SELECT key, coalesce(str_value, int_value) FROM collection_metadata "
        "JOIN collections ON id = collection_id WHERE name = ?"
    )
    try:
        # Not read-only: what a killed process left half-written is rolled back by the first reader.
        with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True)) as db:
            if not db.execute("SELECT * FROM sqlite_master WHERE name = 'collections'").fetchall():
                return None
            return StoreStamp.of(dict(db.execute(query, (collection,)).fetchall()))
    except sqlite3.Error as error:
        raise StoreError(
            f"The store's database '{path}' cannot be read: {error}. Put back a copy of it, "
            "or move the folder away and add the articles again."
        ) from error


def connect(place: Path | str, token: str | None) -> Any:
    """A client of the Chroma in a folder or at a URL, `http://HOST:PORT/PATH?tenant=T&database=D`.

    A server is told `token` in Chroma's header. Raises `StoreError` when there is no answer.
    """
    try:
        return _local(place) if isinstance(place, Path) else _remote(place, token)
    except Exception as error:
        raise StoreError(
            f"Cannot open the store '{place}': {error} Start a server with "
            "`chroma run --path FOLDER`; a folder must be yours to write to."
        ) from error


def disconnect(client: Any) -> None:
    """Close a client."""
    client.close()
    for owner in (client, client._admin_client):
        if session := getattr(owner._server, "_session", None):
            session.close()  # Chroma 1.5.9 leaves a server's connections open


@contextmanager
def asking(place: Path | str) -> Iterator[None]:
    """Within it Chroma is called; whatever it raises becomes a `StoreError`."""
    try:
        yield
    except FootnoteError:
        raise
    except Exception as error:
        raise StoreError(
            f"The store '{place}' does not answer as it should: {error or type(error).__name__} "
            "See that its server runs and has room; what was not finished is mended when it does."
        ) from error


def _local(folder: Path) -> Any:
    import chromadb

    return chromadb.PersistentClient(str(folder), _settings())


def _remote(address: str, token: str | None) -> Any:
    import chromadb
    import httpx

    url = urlsplit(address)
    port = url.port or (443 if url.scheme == "https" else 8000)
    base = f"{url.scheme}://{url.hostname}:{port}{url.path.rstrip('/')}"
    headers = {"x-chroma-token": token, "Authorization": f"Bearer {token}"} if token else {}
    # Chroma's client waits for ever when it is made: so first somebody asks who does not.
    httpx.get(f"{base}/api/v2/heartbeat", headers=headers, timeout=TIME_LIMIT).raise_for_status()
    where: dict[str, Any] = {name: values[0] for name, values in parse_qs(url.query).items()}
    client: Any = chromadb.HttpClient(base, port, headers=headers, settings=_settings(), **where)
    client._server._session.timeout = TIME_LIMIT
    return client


def _settings() -> Any:
    from chromadb.config import Settings

    return Settings(anonymized_telemetry=False)
