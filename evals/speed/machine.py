"""The machine that figures come from, and commands measured in processes of their own."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Self

from rag import FootnoteError

_PACKAGES = ("footnote", "chromadb", "numpy", "onnxruntime", "tantivy")
_BUILTIN = {"FOOTNOTE_LLM": "extractive", "FOOTNOTE_EMBEDDING": "minilm"}
# Starts a command from a small process: the most memory that a process held counts from what its
# parent held when it was started.
_STARTER = """
import json, os, sys, time
silent = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
started = time.perf_counter()
process = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=silent)
_, status, usage = os.wait4(process, 0)
seconds = time.perf_counter() - started
print(json.dumps([seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss]))
sys.exit(os.waitstatus_to_exitcode(status))
"""


class BenchError(FootnoteError):
    """A command that was to be measured failed."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What figures must be read with. `load` is how many processes wanted to run, on average."""

    processor: str
    cores: int
    memory_gib: float
    system: str
    versions: dict[str, str]
    load: float
    at: str

    @classmethod
    def here(cls) -> Self:
        """This machine, now."""
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        return cls(
            processor=_processor(),
            cores=os.cpu_count() or 1,
            memory_gib=round(memory / 2**30, 1),
            system=f"{platform.system()} {platform.release()}",
            versions={"python": platform.python_version()} | {n: version(n) for n in _PACKAGES},
            load=round(os.getloadavg()[1], 1),
            at=datetime.now(UTC).isoformat(timespec="seconds"),
        )

    def __str__(self) -> str:
        return (
            f"{self.cores} cores of {self.processor}, {self.memory_gib:g} GiB, {self.system}, "
            f"Python {self.versions['python']}, load {self.load:g}"
        )


def _processor() -> str:
    """What Linux calls it; elsewhere what Python does."""
    facts = Path("/proc/cpuinfo")
    for line in facts.read_text(encoding="utf-8").splitlines() if facts.is_file() else ():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


@dataclass(frozen=True, slots=True)
class Apart:
    """A command's seconds by the clock and of the processor, and the most bytes it held at once."""

    seconds: float
    processor: float
    peak: int


def run_apart(command: Sequence[str]) -> Apart:
    """Run a command with the built-in models, and measure it. Raises `BenchError` if it fails."""
    ran = subprocess.run(  # noqa: S603
        [sys.executable, "-I", "-c", _STARTER, *command],
        env={**os.environ, **_BUILTIN},
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise BenchError(f"{' '.join(command)} failed: {ran.stderr.strip()[-500:]}")
    seconds, processor, peak = json.loads(ran.stdout)
    unit = 1 if platform.system() == "Darwin" else 1024
    return Apart(seconds, processor, peak * unit)
