"""A store made for an evaluation, kept so that the next one need not make it again."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from shutil import rmtree

from platformdirs import user_cache_path

from rag import Chatbot, Settings
from rag.errors import SourceError
from rag.ingestion.chunking import VERSION
from rag.ingestion.pipeline import Progress


@contextmanager
def open_corpus(
    sources: Sequence[str | Path],
    settings: Settings,
    *,
    cache: Path | None = None,
    progress: Progress | None = None,
) -> Iterator[Chatbot]:
    """A chatbot that has read exactly these files and folders.

    Its store is kept in the folder `cache`, or the user's cache folder, and made anew when a file
    has changed. Raises `SourceError` for a source that cannot be read.
    """
    mark = _mark(sources)
    folder = (cache or user_cache_path("footnote") / "evals") / _digest(sorted(map(str, sources)))
    note = folder / "sources"
    if not note.is_file() or note.read_text(encoding="utf-8") != mark:
        rmtree(folder, ignore_errors=True)
    with Chatbot.open(folder / "store", replace(settings, store=str(folder / "store"))) as bot:
        if not note.is_file():
            _fill(bot, sources, progress)
            note.write_text(mark, encoding="utf-8")
        yield bot


def _fill(bot: Chatbot, sources: Sequence[str | Path], progress: Progress | None) -> None:
    report = bot.add(sources, progress=progress)
    if report.failed:
        failure = report.failed[0]
        raise SourceError(f"{failure.source}: {failure.reason}. Mend it, or leave it out.")


def _mark(sources: Sequence[str | Path]) -> str:
    """What changes when a file of the sources does, or the version of passages."""
    files = sorted({file for source in sources for file in _files(Path(source))})
    return _digest(f"{f}:{f.stat().st_size}:{f.stat().st_mtime_ns}{VERSION}" for f in files)


def _files(source: Path) -> list[Path]:
    if source.is_dir():
        return [path.resolve() for path in source.rglob("*") if path.is_file()]
    if not source.is_file():
        raise SourceError(f"There is no file or folder {str(source)!r}. Check --articles.")
    return [source.resolve()]


def _digest(parts: Iterable[str]) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()[:16]
