"""`footnote follow` and `footnote update`."""

import re
import sys
from collections.abc import Iterable
from dataclasses import asdict
from time import sleep
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from rag.errors import InputError, StoreMissing
from ui.cli import terminal

if TYPE_CHECKING:
    from rag import Chatbot

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SHORTEST = 60


def follow(bot: "Chatbot", sources: Iterable[str], *, allow_private: bool) -> None:
    """Begin to follow, and say what."""
    for source in sources:
        found = bot.follow(source, allow_private=allow_private)
        sys.stderr.write(
            f"Following the {found.kind} '{found.title or found.url}' ({found.url}).\n"
        )
    sys.stderr.write("Bring in its articles with: footnote update\n")


def show(bot: "Chatbot", *, as_json: bool) -> None:
    """The list of what is followed."""
    try:
        followed = bot.follows()
    except StoreMissing:
        followed = []
    if as_json:
        terminal.print_json([asdict(one) for one in followed])
        return
    table = Table(box=None, pad_edge=False)
    for column in ("source", "kind", "title", "last asked", "failed"):
        table.add_column(column, overflow="fold")
    for one in followed:
        row = (one.source, one.kind, one.title or "", one.checked_at or "never", one.error or "")
        table.add_row(*(Text(cell) for cell in row))
    terminal.console().print(table)


def update(bot: "Chatbot", *, allow_private: bool, as_json: bool) -> bool:
    """Bring everything up to date, and report; whether anything could be had."""
    if not bot.follows():
        raise InputError("Nothing is followed. Begin with: footnote follow ADDRESS")
    with terminal.progress("Updating") as progress:
        report = bot.update(allow_private=allow_private, progress=progress)
    terminal.show_report(report, as_json=as_json)
    return not report.failed or bool(report.added or report.updated or report.unchanged)


def seconds(written: str) -> int:
    """A time such as `90s`, `15m`, `2h` or `1d`, in seconds. Raises `InputError`."""
    found = re.fullmatch(r"(\d{1,6})\s*([smhd])", written.strip().lower())
    time = int(found[1]) * _UNITS[found[2]] if found else 0
    if time < _SHORTEST:
        raise InputError(f"--every is {written!r}; write a time of a minute or more, such as 15m.")
    return time


def wait(pause: int) -> None:
    """Until the next round. Ctrl+C ends it."""
    sys.stderr.write(f"Again in {pause // 60} minutes; Ctrl+C ends.\n")
    sleep(pause)
