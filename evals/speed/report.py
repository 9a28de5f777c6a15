"""What a speed measurement says: on a terminal, as JSON, and as a plot."""

import json
from dataclasses import asdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from evals.plots import Range, ranges
from evals.speed.figures import Bench, Figure, Level


def show(bench: Bench, *, console: Console) -> None:
    """Print a table for each size, and the machine."""
    for level in bench.levels:
        console.print(_table(level))
        console.print()
    console.print(Text(str(bench.machine)))


def to_json(bench: Bench) -> str:
    """The whole measurement as one JSON document."""
    return json.dumps(asdict(bench), ensure_ascii=False, indent=2) + "\n"


def _table(level: Level) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(f"{level.passages:,} passages in {level.articles:,} articles")
    table.add_column("")
    for name in ("median", "least to most", "repeats", "processor time"):
        table.add_column(name, justify="right")
    for figure in level.figures:
        table.add_row(*map(Text, _cells(figure)))
    return table


def _cells(figure: Figure) -> tuple[str, ...]:
    between = f"{_rounded(figure.low)} to {_rounded(figure.high)}" if figure.n > 1 else ""
    busy = "" if figure.processor is None else _rounded(figure.processor)
    return figure.name, figure.unit, _rounded(figure.median), between, str(figure.n), busy


def _rounded(value: float) -> str:
    """Three digits, or all before the point."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def plot(bench: Bench) -> str:
    """Every time of every size on one logarithmic scale, as an SVG picture by itself."""
    levels = [
        (f"{one.passages:,} passages", list(map(_range, _times(one)))) for one in bench.levels
    ]
    return f"{ranges(levels)}\n".replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)


def _times(level: Level) -> list[Figure]:
    return [figure for figure in level.figures if figure.unit == "ms"]


def _range(figure: Figure) -> Range:
    title = f"{_rounded(figure.median)} ms"
    return Range(figure.name, figure.low, figure.median, figure.high, figure.processor, title)
