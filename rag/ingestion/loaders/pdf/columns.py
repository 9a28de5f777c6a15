"""The lines of a page in the order in which they are read: column by column, row by row."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from rag.ingestion.loaders.pdf.lines import Line

MARKER = re.compile(r"(?:[•▪●◦‣⁃–—*·o-]|\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})[.)]|\d+(?:\.\d+)*)")
"""What stands before an item of a list or a numbered heading."""

CELLS = " | "
"""What parts the cells of a table's row."""

_LEADERS = re.compile(r"\s?(?:\.\s?){4,}(?:\|\s)?")
_FEWEST = 4
_NARROWEST = 0.2
_FULL = 0.6
_CROSSING = 0.5


@dataclass(frozen=True, slots=True)
class Column:
    """Where the lines of a column begin and end, in points."""

    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Row:
    """A line of text in its column."""

    line: Line
    column: Column

    @property
    def text(self) -> str:
        """What it says."""
        return self.line.text


def rows(lines: Sequence[Line]) -> list[Row]:
    """The lines in reading order; those of one row of a table are one, `first | second`.

    A page has columns where a gutter parts lines of running text; what stands across it, as a
    title does, is read between what is above and below it.
    """
    if not lines:
        return []
    gutter = _gutter(lines)
    if gutter is None:
        column = Column(min(one.left for one in lines), max(one.right for one in lines))
        return [Row(line, column) for line in _joined(lines)]
    return [row for part in _parts(lines, gutter) for row in rows(part)]


def _parts(lines: Sequence[Line], gutter: float) -> Iterator[list[Line]]:
    """Left and right of the gutter, band by band; between bands what stands across it."""
    across = sorted((one for one in lines if _crosses(one, gutter)), key=lambda one: one.top)
    edges = [float("-inf"), *(one.middle for one in across), float("inf")]
    title: list[Line] = []
    for number, (above, below) in enumerate(pairwise(edges)):
        band = [one for one in lines if above < one.middle < below and one not in across]
        if band and title:
            yield title
            title = []
        sides = [one for one in band if one.right <= gutter], [o for o in band if o.left >= gutter]
        yield from filter(None, sides)
        title += across[number : number + 1]
    if title:
        yield title


def _gutter(lines: Sequence[Line]) -> float | None:
    """The place between two columns of running text, if there is one."""
    left, right = min(one.left for one in lines), max(one.right for one in lines)
    least = (right - left) * _NARROWEST
    edges = sorted({one.left for one in lines} | {one.right for one in lines})
    places = [(a + b) / 2 for a, b in pairwise(edges) if b - a > 0.5]
    inside = [place for place in places if left + least <= place <= right - least]
    parting = [place for place in inside if _parts_text(lines, place)]
    return min(parting, key=lambda place: _crossings(lines, place), default=None)


def _parts_text(lines: Sequence[Line], place: float) -> bool:
    """Whether running text, and not the cells of a table, stands on both sides of a place."""
    sides = (
        [one for one in lines if one.right <= place],
        [one for one in lines if one.left >= place],
    )
    if min(map(len, sides)) < _FEWEST:
        return False
    if _crossings(lines, place) > _CROSSING * min(map(len, sides)):
        return False
    return all(map(_is_running, sides))


def _is_running(side: Sequence[Line]) -> bool:
    width = max(one.right for one in side) - min(one.left for one in side)
    return median(one.width for one in side) >= _FULL * width


def _crossings(lines: Sequence[Line], place: float) -> int:
    return sum(_crosses(one, place) for one in lines)


def _crosses(line: Line, place: float) -> bool:
    return line.left < place < line.right


def _joined(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines from top to bottom, those of one height made one."""
    row: list[Line] = []
    for line in sorted(lines, key=lambda one: one.middle):
        if row and abs(line.middle - row[0].middle) > 0.5 * min(line.size, row[0].size):
            yield _row(row)
            row = []
        row.append(line)
    yield _row(row)


def _row(row: Sequence[Line]) -> Line:
    whole, *others = sorted(row, key=lambda one: one.left)
    for line in others:
        larger = max(whole, line, key=lambda one: len(one.text))
        between = CELLS if _are_cells(whole, line) else " "
        text = f"{whole.text}{between}{line.text}"
        whole = replace(larger, text=text, left=whole.left, right=max(whole.right, line.right))
    return replace(whole, text=_LEADERS.sub(CELLS, whole.text))


def _are_cells(first: Line, second: Line) -> bool:
    """Whether two parts of a row are cells of a table, and not an item's mark and the item."""
    return second.left - first.right > first.size and not MARKER.fullmatch(first.text)
