"""One process at a time holds an embedded store."""

import os
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from vectorstore.errors import StoreLocked

if TYPE_CHECKING:
    from filelock import FileLock


class StoreLock:
    """A lock on a folder that the system releases when its process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._holder = folder / "holder"
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
        self._holder.write_text(str(os.getpid()))
        return self

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._lock:
            self._holder.unlink(missing_ok=True)
            self._lock.release()
            self._lock = None

    def _named_holder(self) -> str:
        try:
            return f"process {int(self._holder.read_text())}"
        except (OSError, ValueError):
            return "another process"

    def __enter__(self) -> Self:
        return self.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
