"""`footnote follow`, `unfollow` and `update`: what is kept current."""

import re
from dataclasses import asdict
from time import sleep
from typing import TYPE_CHECKING

import typer
from rich.table import Table
from rich.text import Text

from ui.cli import options as opt
from ui.cli.opening import chatbot

if TYPE_CHECKING:
    from rag import Chatbot, Follow

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SHORTEST = 60


def follow(
    sources: opt.Followed = None,
    store: opt.Store = None,
    allow_private: opt.AllowPrivate = False,
    as_json: opt.AsJson = False,
) -> None:
    """Follow feeds, sitemaps, pages and folders; without any, list what is followed."""
    with chatbot(store) as bot:
        for source in sources or ():
            found = bot.follow(source, allow_private=allow_private)
            name = found.title or found.url
            typer.echo(f"Following the {found.kind} '{name}' ({found.url}).", err=True)
        if sources:
            typer.echo("Bring in its articles with: footnote update", err=True)
        else:
            _show(_followed(bot), as_json=as_json)


def unfollow(sources: opt.Unfollowed, store: opt.Store = None) -> None:
    """Follow something no more; its articles stay."""
    with chatbot(store) as bot:
        for source in sources:
            typer.echo(f"{bot.unfollow(source).source} is not followed any more.", err=True)


def update(
    store: opt.Store = None,
    every: opt.Every = None,
    allow_private: opt.AllowPrivate = False,
    as_json: opt.AsJson = False,
) -> None:
    """Bring in what is new or changed in all that is followed."""
    pause = _seconds(every) if every else None
    while True:
        with chatbot(store) as bot:
            done = _update(bot, allow_private=allow_private, as_json=as_json)
        if pause is None:
            raise typer.Exit(0 if done else 1)
        typer.echo(f"Again in {pause // 60} minutes; Ctrl+C ends.", err=True)
        sleep(pause)


def _update(bot: "Chatbot", *, allow_private: bool, as_json: bool) -> bool:
    """Bring everything up to date, and report; whether anything could be had."""
    from rag.errors import InputError
    from ui.cli import terminal

    if not _followed(bot):
        raise InputError("Nothing is followed. Begin with: footnote follow ADDRESS")
    with terminal.progress("Updating") as progress:
        report = bot.update(allow_private=allow_private, progress=progress)
    terminal.show_report(report, as_json=as_json)
    return not report.failed or bool(report.added or report.updated or report.unchanged)


def _followed(bot: "Chatbot") -> "list[Follow]":
    from rag.errors import StoreMissing

    try:
        return bot.follows()
    except StoreMissing:
        return []


def _show(followed: "list[Follow]", *, as_json: bool) -> None:
    from ui.cli import terminal

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


def _seconds(written: str) -> int:
    """A time such as `90s`, `15m`, `2h` or `1d`, in seconds. Raises `InputError`."""
    from rag.errors import InputError

    found = re.fullmatch(r"(\d{1,6})\s*([smhd])", written.strip().lower())
    time = int(found[1]) * _UNITS[found[2]] if found else 0
    if time < _SHORTEST:
        raise InputError(f"--every is {written!r}; write a time of a minute or more, such as 15m.")
    return time
