"""Adding what was dropped or pasted, with its progress and a report, while answers go on."""

import json
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from rag.errors import FootnoteError
from ui.web.feedback import beside
from ui.web.render.article_list import progress_html, report_html
from ui.web.render.html import Html, el

if TYPE_CHECKING:
    from rag import Chatbot, IngestReport

MOST_FILES = 1000
KINDS = [".txt", ".md", ".markdown", ".html", ".htm", ".jsonl"]


def add_files(bot: "Chatbot", uploaded: Sequence[str]) -> Iterator[Html]:
    """Add files; a file of a name added before replaces what it held.

    A browser tells a file's name and not its place, so the name is what an article is known by.
    They are moved to where the name alone makes the path, and leave it when they have been read.
    """
    folder = beside(bot.settings.store, "uploads")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        paths = [Path(shutil.copy(path, folder / Path(path).name)) for path in uploaded]
        yield from _added(bot, paths)
    finally:
        shutil.rmtree(folder)


def add_pasted(
    bot: "Chatbot", text: str, *, title: str, source: str, published_at: str, url: str
) -> Iterator[Html]:
    """Add a text; one of a title (or else address) pasted before replaces it."""
    known_by = url or title or text
    name = f"pasted-{sha256(known_by.encode()).hexdigest()[:10]}"
    fields = {"title": title, "source": source, "published_at": published_at, "url": url}
    given = {key: value for key, value in fields.items() if value}
    folder = beside(bot.settings.store, "uploads")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        file = folder / f"{name}.jsonl"
        file.write_text(json.dumps({"id": name, "text": text, **given}), encoding="utf-8")
        yield from _added(bot, [file])
    finally:
        shutil.rmtree(folder)


def _added(bot: "Chatbot", paths: Sequence[Path]) -> Iterator[Html]:
    """The progress of adding, then the report."""
    steps: SimpleQueue[tuple[int, int | None, str] | None] = SimpleQueue()

    def add() -> "IngestReport":
        try:
            return bot.add(paths, progress=lambda *step: steps.put(step))
        finally:
            steps.put(None)

    yield progress_html(0, len(paths), "")
    with ThreadPoolExecutor(1, thread_name_prefix="adding") as pool:
        adding = pool.submit(add)
        while step := steps.get():
            yield progress_html(*step)
        try:
            yield report_html(adding.result())
        except FootnoteError as error:
            yield el("p", str(error), class_="error", role="alert")
