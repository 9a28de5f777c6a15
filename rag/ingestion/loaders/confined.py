"""Documents read in a process of their own, which may crash, hang or swell without harm.

The process is bounded in memory and, for each document, in time. It is told a path a line and
answers with a line of JSON. It is given none of our environment, where keys may be.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from threading import Timer
from time import monotonic
from typing import IO, Any

from rag.errors import SourceError
from rag.ingestion.loaders.decoding import MOST_MEMORY, MOST_SECONDS
from rag.ingestion.loaders.kinds import DOCUMENTS, suffix_of
from rag.ingestion.loaders.records import RawArticle

_START = (
    "import json, sys; sys.path[:], memory = json.loads(sys.stdin.readline()); "
    "from rag.ingestion.loaders.confined import serve; serve(memory)"
)
_PASSED_ON = ("LANG", "LD_LIBRARY_PATH", "PATH", "SYSTEMROOT", "TEMP", "TMPDIR")


class ConfinedReader:
    """Reads documents one after the other in one process, begun at the first and after a crash.

    A document may take `seconds`, and the process `memory` in bytes of address space.
    """

    def __init__(self, *, seconds: float = MOST_SECONDS, memory: int = MOST_MEMORY) -> None:
        self._seconds, self._memory = seconds, memory
        self._process: subprocess.Popen[str] | None = None

    def read(self, path: Path) -> list[RawArticle]:
        """The articles in a document.

        Raises `SourceError` if there is none, and if reading takes too long, too much memory, or
        breaks the process.
        """
        process = self._process or self._started()
        began, timer = monotonic(), Timer(self._seconds, process.kill)
        timer.start()
        answer = _asked(process, path)
        timer.cancel()
        if answer is None:
            self.close()
            raise SourceError(self._end(process, late=monotonic() - began >= self._seconds))
        if "refused" in answer:
            raise SourceError(answer["refused"])
        return [_raw(fields) for fields in answer["articles"]]

    def close(self) -> None:
        """End the process."""
        if self._process:
            self._process.kill()
            self._process.communicate()
        self._process = None

    def _started(self) -> subprocess.Popen[str]:
        self._process = subprocess.Popen(  # noqa: S603 (ourselves)
            [sys.executable, "-I", "-c", _START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            text=True,
            encoding="ascii",
        )
        _say(self._process.stdin, [sys.path, self._memory])
        return self._process

    def _end(self, process: subprocess.Popen[str], *, late: bool) -> str:
        if late:
            return f"it takes longer than {self._seconds:g} seconds to read; it may be damaged"
        return f"it breaks the program that reads it (status {process.returncode}); it is damaged"


def _asked(process: subprocess.Popen[str], path: Path) -> dict[str, Any] | None:
    """What the process says of a document; None if it ended instead."""
    try:
        _say(process.stdin, str(path.absolute()))
    except BrokenPipeError:
        return None
    line = process.stdout.readline() if process.stdout else ""
    return json.loads(line) if line.endswith("\n") else None


def _say(stream: IO[str] | None, message: object) -> None:
    if stream:
        stream.write(json.dumps(message) + "\n")
        stream.flush()


def _raw(fields: dict[str, Any]) -> RawArticle:
    return RawArticle(**{**fields, "remarks": tuple(fields["remarks"])})


def serve(memory: int) -> None:
    """Be the process: read what is asked for until there is no one to ask."""
    # What a library prints is no answer.
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    _bound(memory)
    for line in sys.stdin:
        _say(answers, _answer(Path(json.loads(line))))


def _answer(path: Path) -> dict[str, Any]:
    try:
        read = DOCUMENTS[suffix_of(path)](path)
        found = read if isinstance(read, Sequence) else [read]
        return {"articles": [asdict(article) for article in found]}
    except (SourceError, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error)
    except MemoryError:
        reason = "it takes too much memory to read"
    except RecursionError:
        reason = "it is nested too deep"
    except Exception as error:  # a library met with something it had not been written for
        reason = f"it is damaged: {type(error).__name__}: {' '.join(str(error).split())[:200]}"
    return {"refused": reason}


def _bound(memory: int) -> None:
    """Bound this process where the system has such bounds; Windows has none of this kind."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
