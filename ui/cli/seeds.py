"""The articles that a first chat is about."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag import Chatbot


def fill_if_empty(bot: "Chatbot") -> None:
    """Add the seeds to an empty store. Raises `StoreMissing` when there are none."""
    from rag.errors import StoreMissing
    from ui.cli import terminal

    try:
        if bot.store.passages:
            return
    except StoreMissing:
        pass
    seeds = Path("seeds")
    if not seeds.is_dir():
        raise StoreMissing(f"No articles in {bot.settings.store!r}. Add some: footnote add FOLDER")
    with terminal.progress("Indexing seeds/") as progress:
        terminal.show_report(bot.add(seeds, progress=progress), as_json=False)
