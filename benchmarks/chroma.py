"""Chroma by itself: a server over a folder, and a store's collection without the store."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The address of a `chroma run` over a folder of Chroma's."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = str(Path(sys.executable).with_name("chroma"))
    process = subprocess.Popen(  # noqa: S603
        [command, "run", "--path", str(folder), "--port", str(port)], stdout=subprocess.DEVNULL
    )
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the server did not start")


@contextmanager
def collection(place: Path | str, name: str = "footnote") -> Iterator[Any]:
    """A store's collection; in a folder, by a client that shares its engine with the store."""
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    client: Any
    if isinstance(place, Path):
        client = chromadb.PersistentClient(str(place / "chroma"), settings)
    else:
        host, _, port = place.removeprefix("http://").partition(":")
        client = chromadb.HttpClient(host, int(port), settings=settings)
    try:
        yield client.get_collection(name, embedding_function=None)
    finally:
        client.close()
