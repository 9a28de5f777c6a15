"""Adding what was dropped or pasted, with its progress and a report, while answers go on.

What one reader adds is never taken for what another adds: an article made of a file is known by its
place, and each reader's files have a folder of their own. A file of a name that the same reader
added before replaces what it held; two of one name that come together are two.
"""

import json
import re
import shutil
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from filelock import FileLock
from markupsafe import Markup

from ui.web.background import Background
from ui.web.feedback import beside
from ui.web.render.adding import File, progress_html, report_html
from ui.web.render.html import el

if TYPE_CHECKING:
    from rag import Chatbot, IngestReport
    from rag.ingestion.pipeline import Progress

MOST_FILES = 1000
_UNSAFE = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|]')
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that has arrived at `path`; its reader calls it `name`, which may name folders."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class News:
    """What to show of an adding; at its end, whether everything was added."""

    html: Markup
    worked: bool = False


def add_files(
    bot: "Chatbot", reader: str, uploads: Sequence[Upload]
) -> Generator[News, None, None]:
    """Add a reader's files."""
    if len(uploads) > MOST_FILES:
        said = f"{len(uploads):,} files; add at most {MOST_FILES:,} at a time."
        yield News(el("p", said, class_="error", role="alert"))
        return

    def add(progress: "Progress") -> tuple["IngestReport", Sequence[File]]:
        with _folder(bot, reader) as folder:
            files = [File(one.name, _copied(one, folder)) for one in dict.fromkeys(uploads)]
            return bot.add([file.path for file in files], progress=progress), files

    yield from _news(add, len(uploads))


def add_pasted(
    bot: "Chatbot", reader: str, text: str, *, title: str, source: str, published_at: str, url: str
) -> Iterator[News]:
    """Add a text; one of a title (or else address) that its reader pasted before replaces it."""
    known_by = f"{reader} {url or title or text}"
    name = f"pasted-{sha256(known_by.encode()).hexdigest()[:10]}"
    fields = {"title": title, "source": source, "published_at": published_at, "url": url}
    given = {key: value for key, value in fields.items() if value}

    def add(progress: "Progress") -> tuple["IngestReport", Sequence[File]]:
        with _folder(bot, reader) as folder:
            path = folder / f"{name}.jsonl"
            path.write_text(json.dumps({"id": name, "text": text, **given}), encoding="utf-8")
            return bot.add(path, progress=progress), [File("The text", path)]

    yield from _news(add, 1)


@contextmanager
def _folder(bot: "Chatbot", reader: str) -> Iterator[Path]:
    """Where a reader's files wait to be read, gone afterwards.

    Other processes may serve the same store from the same folder: they wait for one another.
    """
    place = beside(bot.settings.store, "uploads")
    place.mkdir(parents=True, exist_ok=True)
    with FileLock(place / "lock"):
        folder = place / reader
        shutil.rmtree(folder, ignore_errors=True)  # a process may have been killed
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _copied(upload: Upload, folder: Path) -> Path:
    """The file in its reader's folder, beside one of its name that came with it."""
    name = safe_name(upload.name)
    path, number = folder / name, 1
    while path.exists():
        number += 1
        path = folder / f"({number})" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(upload.path, path))


def safe_name(name: str) -> str:
    """A relative path made of a name from outside: nothing leads up, nothing is too long."""
    parts = [_UNSAFE.sub("_", part) for part in name.split("/") if part.strip(". ")]
    *folders, last = [_short(part) for part in parts[-_DEEPEST:]] or ["file"]
    return "/".join([*folders, last])


def _short(part: str) -> str:
    ending = PurePosixPath(part).suffix[:20]
    stem = part.removesuffix(ending).encode(errors="replace")[: 200 - len(ending.encode())]
    return stem.decode(errors="ignore") + ending


def _news(
    add: Callable[["Progress"], tuple["IngestReport", Sequence[File]]], total: int
) -> Iterator[News]:
    """How far an adding has come, then its report."""
    yield News(progress_html(0, total, ""))
    adding = Background(add)
    for step in adding.steps():
        yield News(progress_html(*step))
    if adding.result is None:
        yield News(el("p", adding.error, class_="error", role="alert"))
    else:
        report, files = adding.result
        worked = bool(report.added or report.updated or report.unchanged) and not report.failed
        yield News(report_html(report, files), worked)
