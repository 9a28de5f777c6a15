"""`footnote bench`: measure how fast this machine adds, finds and answers."""

import sys
from collections.abc import Sequence
from pathlib import Path

from evals.speed.measuring import bench
from evals.speed.report import plot, show, to_json
from ui.cli import terminal

FOOTNOTE = (sys.executable, "-m", "ui.cli.app")


def run(sizes: Sequence[int], repeats: int, save: Path | None, picture: Path | None) -> None:
    """Measure stores of these sizes, print the tables and write the files asked for."""
    with terminal.progress("Measuring") as progress:
        done = bench(sizes, repeats=repeats, footnote=FOOTNOTE, progress=progress)
    show(done, console=terminal.console())
    if save:
        save.write_text(to_json(done), encoding="utf-8")
    if picture:
        picture.write_text(plot(done), encoding="utf-8")
