"""What a speed measurement says: on a terminal, as JSON, and as a plot."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from html import escape
from itertools import cycle
from math import ceil, floor, log10
from typing import NamedTuple, Self

from rich.console import Console
from rich.table import Table
from rich.text import Text

from evals.speed.measuring import Bench, Figure, Level

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
    """Every time of every size on one logarithmic scale, as SVG.

    A dot is the median on a line from the least to the most, a ring the processor time.
    """
    times = [[f for f in level.figures if f.unit == "ms"] for level in bench.levels]
    scale = _Scale.of([figure for figures in times for figure in figures])
    coloured = list(zip(bench.levels, times, cycle(_COLOURS)))
    bottom = _y(len(times[0]))
    parts = [
        *_grid(scale, bottom),
        *(_name(figure.name, row) for row, figure in enumerate(times[0])),
        *(_key(level, number, colour) for number, (level, _, colour) in enumerate(coloured)),
        *(
            _mark(figure, _y(row), colour, scale)
            for _, figures, colour in coloured
            for row, figure in enumerate(figures)
        ),
    ]
    box = f"0 0 {_LEFT + _WIDTH + 30} {bottom + 20}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" role="img">'
        f"<style>{_STYLE}</style>{''.join(parts)}</svg>\n"
    )


class _Scale(NamedTuple):
    """Powers of ten, from `low` to `high`, across the plot."""

    low: int
    high: int

    @classmethod
    def of(cls, figures: Sequence[Figure]) -> Self:
        every = [v for f in figures for v in (f.low, f.high, f.processor or f.median)]
        return cls(floor(log10(min(every))), ceil(log10(max(every))))

    def x(self, value: float) -> float:
        """Where milliseconds are."""
        return _LEFT + _WIDTH * (log10(value) - self.low) / (self.high - self.low)


def _y(row: int) -> int:
    return _TOP + _ROW * (row + 1)


def _mark(figure: Figure, y: int, colour: str, scale: _Scale) -> str:
    left, middle, right = map(scale.x, (figure.low, figure.median, figure.high))
    busy = figure.processor
    ring = f'<circle cx="{scale.x(busy):.1f}" cy="{y}" r="3.5" fill="none"/>' if busy else ""
    return (
        f'<g stroke="{colour}" fill="{colour}"><title>{_rounded(figure.median)} ms</title>'
        f'<line x1="{left:.1f}" x2="{right:.1f}" y1="{y}" y2="{y}" stroke-width="2"/>'
        f'<circle cx="{middle:.1f}" cy="{y}" r="3.5"/>{ring}</g>'
    )


def _name(name: str, row: int) -> str:
    return f'<text x="{_LEFT - 8}" y="{_y(row) + 4}" text-anchor="end">{escape(name)}</text>'


def _key(level: Level, number: int, colour: str) -> str:
    x = _LEFT + 110 * number
    dot = f'<circle cx="{x + 4}" cy="10" r="3.5" fill="{colour}"/>'
    return f'{dot}<text x="{x + 12}" y="14">{level.passages:,} passages</text>'


def _grid(scale: _Scale, bottom: int) -> Iterator[str]:
    for power in range(scale.low, scale.high + 1):
        x = scale.x(10.0**power)
        time = f"{10.0**power:g} ms" if power < 3 else f"{10 ** (power - 3)} s"
        yield f'<path class="grid" d="M{x:.1f},{_TOP} V{bottom}"/>'
        yield f'<text x="{x:.1f}" y="{bottom + 14}" text-anchor="middle">{time}</text>'
