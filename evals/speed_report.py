"""What a speed measurement says: on a terminal, as JSON, and as a plot."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from html import escape
from math import log10

from rich.console import Console
from rich.table import Table
from rich.text import Text

from evals.speed import Bench, Figure, Level

_LEFT, _WIDTH, _ROW, _TOP = 190, 400, 15, 26
_COLOURS = ("#2166ac", "#d95f02", "#1b7837", "#762a83", "#b2182b")
_STYLE = "text{font:11px system-ui,sans-serif;fill:#767676}.grid{stroke:#8884}"


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
    """Every time of every size on one logarithmic scale, as SVG: the median on its spread."""
    times = [[f for f in level.figures if f.unit == "ms"] for level in bench.levels]
    every = [figure for row in times for figure in row]
    low, high = _decades(every)
    marks = "".join(
        _mark(figure, _TOP + _ROW * (row + 1), colour, low, high)
        for figures, colour in zip(times, _cycled(len(times)), strict=True)
        for row, figure in enumerate(figures)
    )
    names = "".join(
        f'<text x="{_LEFT - 8}" y="{_TOP + _ROW * (row + 1) + 4}" text-anchor="end">'
        f"{escape(figure.name)}</text>"
        for row, figure in enumerate(times[0])
    )
    bottom = _TOP + _ROW * (len(times[0]) + 1)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDTH + 20} {bottom + 20}"'
        f' role="img"><style>{_STYLE}</style>{_legend(bench.levels)}{_grid(low, high, bottom)}'
        f"{names}{marks}</svg>\n"
    )


def _decades(figures: Sequence[Figure]) -> tuple[int, int]:
    """The powers of ten around all values."""
    return int(log10(min(f.low for f in figures)) // 1), int(
        -(-log10(max(f.high for f in figures)) // 1)
    )


def _cycled(count: int) -> list[str]:
    return [_COLOURS[number % len(_COLOURS)] for number in range(count)]


def _x(value: float, low: int, high: int) -> float:
    return _LEFT + _WIDTH * (log10(value) - low) / (high - low)


def _mark(figure: Figure, y: int, colour: str, low: int, high: int) -> str:
    left, middle, right = (_x(v, low, high) for v in (figure.low, figure.median, figure.high))
    return (
        f'<g stroke="{colour}" fill="{colour}"><title>{_rounded(figure.median)} ms</title>'
        f'<line x1="{left:.1f}" x2="{right:.1f}" y1="{y}" y2="{y}" stroke-width="2"/>'
        f'<circle cx="{middle:.1f}" cy="{y}" r="3.5"/></g>'
    )


def _legend(levels: Sequence[Level]) -> str:
    return "".join(
        f'<circle cx="{_LEFT + 110 * number + 4}" cy="10" r="3.5" fill="{colour}"/>'
        f'<text x="{_LEFT + 110 * number + 12}" y="14">{level.passages:,} passages</text>'
        for number, (level, colour) in enumerate(zip(levels, _cycled(len(levels)), strict=True))
    )


def _grid(low: int, high: int, bottom: int) -> str:
    places = [(power, _x(10.0**power, low, high)) for power in range(low, high + 1)]
    return "".join(
        f'<path class="grid" d="M{x:.1f},{_TOP} V{bottom}"/>'
        f'<text x="{x:.1f}" y="{bottom + 14}" text-anchor="middle">{10.0**power:g} ms</text>'
        for power, x in places
    )
