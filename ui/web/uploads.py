"""Adding what was dropped or pasted, with its progress and a report, while answers go on."""

import json
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from markupsafe import Markup

from rag.errors import FootnoteError
from ui.web.feedback import beside
from ui.web.render.article_list import progress_html, report_html
from ui.web.render.html import el

if TYPE_CHECKING:
    from rag import Chatbot, IngestReport

MOST_FILES = 1000


def add_files(bot: "Chatbot", uploaded: Sequence[str]) -> Iterator[Markup]:
    """Add files; a file of a name added before replaces what it held.

    A browser tells a file's name and not its place, so the name is what an article is known by.
    They are moved to where the name alone makes the path, and leave it when they have been read.
    """
    if len(uploaded) > MOST_FILES:
        yield el("p", f"{len(uploaded):,} files; add at most {MOST_FILES:,} at a time.")
        return
    with _folder(bot) as folder:
        paths = [Path(shutil.copy(path, folder / Path(path).name)) for path in uploaded]
        yield from _added(bot, paths)


def add_pasted(
    bot: "Chatbot", text: str, *, title: str, source: str, published_at: str, url: str
) -> Iterator[Markup]:
    """Add a text; one of a title (or else address) pasted before replaces it."""
    known_by = url or title or text
    name = f"pasted-{sha256(known_by.encode()).hexdigest()[:10]}"
    fields = {"title": title, "source": source, "published_at": published_at, "url": url}
    given = {key: value for key, value in fields.items() if value}
    with _folder(bot) as folder:
        file = folder / f"{name}.jsonl"
        file.write_text(json.dumps({"id": name, "text": text, **given}), encoding="utf-8")
        yield from _added(bot, [file])


@contextmanager
def _folder(bot: "Chatbot") -> Iterator[Path]:
    """Where files wait to be read, gone afterwards."""
    folder = beside(bot.settings.store, "uploads")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _added(bot: "Chatbot", paths: Sequence[Path]) -> Iterator[Markup]:
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
