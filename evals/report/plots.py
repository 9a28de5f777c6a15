"""Plots as inline SVG: no library, no fetch, readable in light and dark."""

from collections.abc import Sequence
from html import escape

from evals.statistics import Bin

Point = tuple[float, float]

_WIDTH, _HEIGHT = 340, 220
_LEFT, _BOTTOM, _TOP, _RIGHT = 44, 34, 10, 12


def curve(points: Sequence[Point], x: str, y: str) -> str:
    """A line through points in the unit square."""
    path = " ".join(f"{_x(a):.1f},{_y(b):.1f}" for a, b in points)
    return _plot(f'<polyline class="line" points="{path}"/>', x, y, _unit_ticks())


def reliability(bins: Sequence[Bin]) -> str:
    """Confidence against the share that holds, a dot for each bin, its area after its cases."""
    most = max((b.n for b in bins), default=1)
    dots = "".join(
        f'<circle class="dot" cx="{_x(b.confidence):.1f}" cy="{_y(b.share):.1f}"'
        f' r="{3 + 9 * (b.n / most) ** 0.5:.1f}"><title>{b.n} cases</title></circle>'
        for b in bins
    )
    ideal = f'<line class="ideal" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>'
    return _plot(ideal + dots, "confidence", "answerable", _unit_ticks())


def histogram(values: Sequence[float], x: str, bars: int = 24) -> str:
    """How often values fall into each of a row of equal intervals, from 0 to the largest."""
    top = max(values) or 1.0
    counts = [0] * bars
    for value in values:
        counts[min(int(value / top * bars), bars - 1)] += 1
    most = max(counts)
    rects = "".join(
        f'<rect class="bar" x="{_x(i / bars):.1f}" y="{_y(n / most):.1f}"'
        f' width="{(_x(1) - _x(0)) / bars - 1:.1f}" height="{_y(0) - _y(n / most):.1f}">'
        f"<title>{n} cases</title></rect>"
        for i, n in enumerate(counts)
    )
    ticks = [(share, f"{share * top:.0f}", f"{share * most:.0f}") for share in (0.0, 0.5, 1.0)]
    return _plot(rects, x, "cases", ticks)


def moves(rows: Sequence[tuple[str, int, int]]) -> str:
    """For each type of case, how many got worse (left) and better (right)."""
    height = 26 * len(rows) + 8
    most = max((max(worse, better) for _, worse, better in rows), default=0) or 1
    middle, reach = 300, 130
    parts = []
    for number, (name, worse, better) in enumerate(rows):
        y = 26 * number + 4
        left, right = reach * worse / most, reach * better / most
        parts.append(
            f'<text x="150" y="{y + 14}" text-anchor="end">{escape(name)}</text>'
            f'<rect class="worse" x="{middle - left:.1f}" y="{y}" width="{left:.1f}" height="18"/>'
            f'<rect class="better" x="{middle}" y="{y}" width="{right:.1f}" height="18"/>'
            f'<text x="{middle - left - 4:.1f}" y="{y + 14}" text-anchor="end">{worse}</text>'
            f'<text x="{middle + right + 4:.1f}" y="{y + 14}">{better}</text>'
        )
    return f'<svg viewBox="0 0 460 {height}" role="img">{"".join(parts)}</svg>'


def _plot(body: str, x: str, y: str, ticks: Sequence[tuple[float, str, str]]) -> str:
    marks = "".join(
        f'<text x="{_x(share):.0f}" y="{_HEIGHT - 18}" text-anchor="middle">{below}</text>'
        f'<text x="{_LEFT - 5}" y="{_y(share) + 4:.0f}" text-anchor="end">{beside}</text>'
        for share, below, beside in ticks
    )
    frame = f'<path class="axis" d="M{_LEFT},{_TOP} V{_y(0)} H{_WIDTH - _RIGHT}"/>'
    turned = f'transform="translate(11,{_y(0.5):.0f}) rotate(-90)"'
    names = (
        f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 3}" text-anchor="middle">{escape(x)}</text>'
        f'<text {turned} text-anchor="middle">{escape(y)}</text>'
    )
    box = f"0 0 {_WIDTH} {_HEIGHT}"
    return f'<svg viewBox="{box}" role="img">{frame}{marks}{names}{body}</svg>'


def _unit_ticks() -> list[tuple[float, str, str]]:
    return [(share, f"{share:g}", f"{share:g}") for share in (0.0, 0.5, 1.0)]


def _x(share: float) -> float:
    return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)


def _y(share: float) -> float:
    return _HEIGHT - _BOTTOM - share * (_HEIGHT - _BOTTOM - _TOP)
