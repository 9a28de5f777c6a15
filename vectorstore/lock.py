"""One process at a time holds an embedded store, and says who it is."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Self

from vectorstore.errors import StoreLocked

if TYPE_CHECKING:
    from filelock import FileLock


class StoreLock:
    """A lock on a folder that the system releases when its process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.holder = folder / "holder"
        self._lock: FileLock | None = None

    def acquire(self) -> Self:
        """Take the lock, or raise `StoreLocked` at once, naming the process that has it."""
        from filelock import FileLock, Timeout

        lock = FileLock(self.folder / "lock")
        try:
            lock.acquire(blocking=False)
        except Timeout:
            raise StoreLocked(
                f"The store '{self.folder}' is in use by {self._named_holder()}. Close that one, "
                "or share the store: run `chroma run --path FOLDER` and set "
                "FOOTNOTE_STORE=http://localhost:8000 for both."
            ) from None
        self._lock = lock
        return self

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._lock:
            self.holder.unlink(missing_ok=True)
            self._lock.release()
            self._lock = None

    def _named_holder(self) -> str:
        try:
            return f"process {json.loads(self.holder.read_text())['process']}"
        except (OSError, ValueError, TypeError, KeyError):
            return "another process"
