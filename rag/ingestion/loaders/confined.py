"""Files read in a process of their own, which may crash, hang or swell without harm.

The process is bounded in memory and, for each article, in time; on Windows, which has no such
bounds, it may only crash. It is told a path a line and answers with lines of JSON. It is given
none of our environment, where keys may be.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from rag.errors import SourceError
from rag.ingestion.loaders.decoding import MOST_MEMORY, MOST_SECONDS
from rag.ingestion.loaders.kinds import parts
from rag.ingestion.loaders.records import Part, RawArticle

_START = (
    "import json, sys; sys.path[:], limits = json.loads(sys.stdin.readline()); "
    "from rag.ingestion.loaders.confined import serve; serve(*limits)"
)
_PASSED_ON = ("LANG", "LD_LIBRARY_PATH", "PATH", "SYSTEMROOT", "TEMP", "TMPDIR")
_END: Mapping[str, Any] = {"end": True}


class ConfinedReader:
    """Reads files one after the other in one process, begun at the first and after a crash.

    An article may take `seconds`, and the process `memory` in bytes of address space.
    """

    def __init__(self, *, seconds: float = MOST_SECONDS, memory: int = MOST_MEMORY) -> None:
        self._limits = seconds, memory
        self._process: subprocess.Popen[str] | None = None

    def parts(self, path: Path) -> Iterator[Part]:
        """What a file holds.

        Raises `SourceError` if it is nothing, and where reading takes too long, too much memory,
        or breaks the process.
        """
        process = self._process or self._started()
        answer: Mapping[str, Any] | None = None
        try:
            _say(process.stdin, str(path.absolute()))
            while (answer := _heard(process.stdout)) != _END:
                yield _part(answer)
        except (BrokenPipeError, EOFError) as error:
            raise SourceError(self._reason(process.wait())) from error
        finally:
            if answer != _END and "failed" not in (answer or {}):
                self.close()  # it is dead, or has more to say of a file that no one asks for

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
        _say(self._process.stdin, [sys.path, self._limits])
        return self._process

    def _reason(self, status: int) -> str:
        if status == -signal.SIGALRM:
            return f"it takes longer than {self._limits[0]:g} seconds to read; it may be damaged"
        return f"it breaks the program that reads it (status {status}); it is damaged"


def _say(stream: IO[str] | None, message: object) -> None:
    if stream:
        stream.write(json.dumps(message) + "\n")
        stream.flush()


def _heard(stream: IO[str] | None) -> Mapping[str, Any]:
    """The next answer. Raises `EOFError` when none comes any more."""
    line = stream.readline() if stream else ""
    if not line.endswith("\n"):
        raise EOFError
    answer: Mapping[str, Any] = json.loads(line)
    return answer


def _part(answer: Mapping[str, Any]) -> Part:
    if "failed" in answer:
        raise SourceError(answer["failed"])
    fields, refused = answer["article"], answer["refused"]
    raw = RawArticle(**{**fields, "remarks": tuple(fields["remarks"])}) if fields else None
    return Part(raw or SourceError(refused), answer["number"], answer["at"])


def serve(seconds: float, memory: int) -> None:
    """Be the process: read what is asked for until there is no one to ask."""
    # What a library prints is no answer.
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    _bound_memory(memory)
    for line in sys.stdin:
        _bound_time(seconds)
        for answer in _answers(Path(json.loads(line))):
            _say(answers, answer)
            _bound_time(seconds)
        _bound_time(0)


def _answers(path: Path) -> Iterator[Mapping[str, Any]]:
    """What the process says of a file: its parts and the end, or a failure."""
    try:
        for raw, number, end in parts(path):
            refused = str(raw) if isinstance(raw, SourceError) else None
            article = asdict(raw) if isinstance(raw, RawArticle) else None
            yield {"article": article, "refused": refused, "number": number, "at": end}
        yield _END
    except (SourceError, OSError) as error:
        yield {"failed": getattr(error, "strerror", None) or str(error)}
    except MemoryError:
        yield {"failed": "it takes too much memory to read"}
    except RecursionError:
        yield {"failed": "it is nested too deep"}
    except Exception as error:  # a library met with something it had not been written for
        told = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        yield {"failed": f"it is damaged: {told}"}


def _bound_time(seconds: float) -> None:
    """Have this process end after so many seconds; never for 0."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _bound_memory(memory: int) -> None:
    """Bound the address space of this process, and have it leave no picture of itself."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
