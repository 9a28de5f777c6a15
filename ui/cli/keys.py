"""`footnote key`: who may use the endpoint."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ui.cli import options as opt

if TYPE_CHECKING:
    from ui.api.keys import KeyFile

key = typer.Typer(help="Make, list and remove the endpoint's keys.", no_args_is_help=True)


@key.command()
def add(
    name: opt.KeyName, *, keys: opt.Keys = None, write: opt.Write = False, rate: opt.Rate = 120
) -> None:
    """Make a key and print it, this once; the file keeps its hash."""
    secret = _file(keys).add(name, "write" if write else "read", rate)
    typer.echo(secret)
    typer.echo("Keep it: it is shown this once, and only its hash is stored.", err=True)


@key.command(name="list")
def list_keys(keys: opt.Keys = None) -> None:
    """List the keys: name, what they may do, requests a minute."""
    for one in _file(keys).read():
        typer.echo(f"{one.name}\t{one.access}\t{one.rate}")


@key.command()
def remove(name: opt.KeyName, keys: opt.Keys = None) -> None:
    """Remove a key; a running endpoint refuses it at once."""
    _file(keys).remove(name)
    typer.echo(f"Removed {name}.", err=True)


def place(given: Path | None) -> Path | None:
    """Where the keys are: as the option says, or the settings."""
    from rag import Settings

    named = Settings.load(os.environ).api_keys
    return given or (Path(named) if named else None)


def _file(given: Path | None) -> "KeyFile":
    from rag.errors import SettingsError
    from ui.api.keys import KeyFile

    path = place(given)
    if path is None:
        raise SettingsError("No file of keys is named. Set FOOTNOTE_API_KEYS=FILE or --keys FILE.")
    return KeyFile(path)
