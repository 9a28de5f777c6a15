"""Plots as SVG: no library, no fetch, readable in light and dark. All text is escaped."""

from collections.abc import Callable, Iterable, Sequence
from itertools import cycle
from math import ceil, floor, log10
from typing import NamedTuple

from markupsafe import Markup

from evals.statistics import Bin

Point = tuple[float, float]

_WIDTH, _HEIGHT = 340, 220
_LEFT, _BOTTOM, _TOP, _RIGHT = 44, 34, 10, 12
_COLOURS = ("#2166ac", "#d95f02", "#1b7837", "#762a83", "#b2182b")
_STYLE = "text{font:11px system-ui,sans-serif;fill:#767676}.grid{stroke:#8884}"


def curve(points: Sequence[Point], x: str, y: str) -> Markup:
    """A line through points in the unit square."""
    path = " ".join(f"{_x(a):.1f},{_y(b):.1f}" for a, b in points)
    return _plot([_tag("polyline", class_="line", points=path)], x, y, _unit_ticks())


def reliability(bins: Sequence[Bin]) -> Markup:
    """Confidence against the share that holds, a dot for each bin, its area after its cases."""
    most = max((b.n for b in bins), default=1)
    ideal = _tag("line", class_="ideal", x1=_x(0), y1=_y(0), x2=_x(1), y2=_y(1))
    dots = (
        _tag(
            "circle",
            _tag("title", f"{b.n} cases"),
            class_="dot",
            cx=_x(b.confidence),
            cy=_y(b.share),
            r=3 + 9 * (b.n / most) ** 0.5,
        )
        for b in bins
    )
    return _plot([ideal, *dots], "confidence", "answerable", _unit_ticks())


def histogram(values: Sequence[float], x: str, bars: int = 24) -> Markup:
    """How often values fall into each of a row of equal intervals, from 0 to the largest."""
    top = max(values) or 1.0
    counts = [0] * bars
    for value in values:
        counts[min(int(value / top * bars), bars - 1)] += 1
    most = max(counts)
    width = (_x(1) - _x(0)) / bars - 1
    rects = [
        _bar("bar", (_x(i / bars), _y(n / most), width, _y(0) - _y(n / most)), f"{n} cases")
        for i, n in enumerate(counts)
    ]
    ticks = [(share, f"{share * top:.0f}", f"{share * most:.0f}") for share in (0.0, 0.5, 1.0)]
    return _plot(rects, x, "cases", ticks)


def moves(rows: Sequence[tuple[str, int, int]]) -> Markup:
    """For each type of case, how many got worse (left) and better (right)."""
    most = max((max(worse, better) for _, worse, better in rows), default=0) or 1
    middle, reach = 300, 130
    parts: list[Markup] = []
    for number, (name, worse, better) in enumerate(rows):
        y = 26 * number + 4
        left, right = reach * worse / most, reach * better / most
        parts += (
            _text(150, y + 14, name, "end"),
            _bar("worse", (middle - left, y, left, 18)),
            _bar("better", (middle, y, right, 18)),
            _text(middle - left - 4, y + 14, str(worse), "end"),
            _text(middle + right + 4, y + 14, str(better)),
        )
    return _svg(460, 26 * len(rows) + 8, parts)


class Range(NamedTuple):
    """A time taken again and again, in milliseconds; `busy` is its median in processor time."""

    name: str
    low: float
    median: float
    high: float
    busy: float | None
    title: str


def ranges(levels: Sequence[tuple[str, Sequence[Range]]]) -> Markup:
    """The same times at several levels, a colour each, on one logarithmic scale.

    A dot is the median on a line from the least to the most, a ring the processor time.
    """
    every = [time for _, rows in levels for row in rows for time in _times(row)]
    low, high = floor(log10(min(every))), ceil(log10(max(every)))
    left, width, names = 190, 400, [row.name for row in levels[0][1]]
    bottom = 41 + 15 * len(names)

    def x(time: float) -> float:
        return left + width * (log10(time) - low) / (high - low)

    parts = [_tag("style", _STYLE)]
    for power in range(low, high + 1):
        parts += (
            _tag("path", class_="grid", d=f"M{x(10.0**power):.1f},26 V{bottom}"),
            _text(x(10.0**power), bottom + 14, _duration(power), "middle"),
        )
    parts += (_text(left - 8, 45 + 15 * row, name, "end") for row, name in enumerate(names))
    for number, ((level, rows), colour) in enumerate(zip(levels, cycle(_COLOURS), strict=False)):
        key = left + 110 * number
        parts += (
            _tag("circle", cx=key + 4, cy=10, r=3.5, fill=colour),
            _text(key + 12, 14, level),
            *(_range(one, x, 41 + 15 * row, colour) for row, one in enumerate(rows)),
        )
    return _svg(left + width + 30, bottom + 20, parts)


def _times(row: Range) -> tuple[float, ...]:
    return row.low, row.high, row.busy or row.median


def _range(row: Range, x: Callable[[float], float], y: int, colour: str) -> Markup:
    ring = _tag("circle", cx=x(row.busy), cy=y, r=3.5, fill="none") if row.busy else ""
    return _tag(
        "g",
        _tag("title", row.title),
        _tag("line", x1=x(row.low), x2=x(row.high), y1=y, y2=y, stroke_width=2),
        _tag("circle", cx=x(row.median), cy=y, r=3.5),
        ring,
        stroke=colour,
        fill=colour,
    )


def _duration(power: int) -> str:
    return f"{10.0**power:g} ms" if power < 3 else f"{10 ** (power - 3)} s"


def _plot(
    body: Iterable[Markup], x: str, y: str, ticks: Sequence[tuple[float, str, str]]
) -> Markup:
    turn = f"translate(11,{_y(0.5):.0f}) rotate(-90)"
    parts = [_tag("path", class_="axis", d=f"M{_LEFT},{_TOP} V{_y(0)} H{_WIDTH - _RIGHT}")]
    for share, below, beside in ticks:
        parts.append(_text(_x(share), _HEIGHT - 18, below, "middle"))
        parts.append(_text(_LEFT - 5, _y(share) + 4, beside, "end"))
    parts.append(_text(_WIDTH / 2, _HEIGHT - 3, x, "middle"))
    parts.append(_tag("text", y, transform=turn, text_anchor="middle"))
    return _svg(_WIDTH, _HEIGHT, [*parts, *body])


def _unit_ticks() -> list[tuple[float, str, str]]:
    return [(share, f"{share:g}", f"{share:g}") for share in (0.0, 0.5, 1.0)]


def _x(share: float) -> float:
    return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)


def _y(share: float) -> float:
    return _HEIGHT - _BOTTOM - share * (_HEIGHT - _BOTTOM - _TOP)


def _svg(width: int, height: int, parts: Iterable[Markup]) -> Markup:
    return _tag("svg", *parts, viewBox=f"0 0 {width} {height}", role="img")


def _text(x: float, y: float, words: str, anchor: str = "start") -> Markup:
    return _tag("text", words, x=x, y=y, text_anchor=anchor)


def _bar(kind: str, box: tuple[float, float, float, float], title: str = "") -> Markup:
    named = _tag("title", title) if title else ""
    return _tag("rect", named, class_=kind, x=box[0], y=box[1], width=box[2], height=box[3])


def _tag(name: str, *inside: str, **attributes: str | float) -> Markup:
    """An element; `text_anchor` is the attribute `text-anchor`, and a number has one decimal."""
    given = Markup("").join(
        Markup(' {}="{}"').format(
            key.strip("_").replace("_", "-"), value if isinstance(value, str) else f"{value:.1f}"
        )
        for key, value in attributes.items()
    )
    return Markup("<{0}{1}>{2}</{0}>").format(name, given, Markup("").join(inside))
