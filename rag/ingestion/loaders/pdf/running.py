"""Running headers, footers and page numbers: what stands at one place of many pages."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from rag.ingestion.loaders.pdf.lines import Line

_MARGIN = 0.15
_OUTERMOST = 3
_FEWEST_PAGES = 3
_NUMBER = re.compile(r"\d+")
_ROMAN = re.compile(r"[ivxlc]+", re.IGNORECASE)
_GRID = 4

_Key = tuple[str, int]


def without_running(pages: Sequence[Sequence[Line]], heights: Sequence[float]) -> list[list[Line]]:
    """The pages without the lines that recur, numbers apart, at the head or foot of several.

    `heights` are the pages' in points. A line must recur on three pages, or on all where there
    are but two; what stands beside a page number goes with it. Pages of nothing else are kept.
    """
    outer = [_outer(lines, height) for lines, height in zip(pages, heights, strict=True)]
    seen = Counter(key for lines in outer for key in {k for _, k in lines})
    fewest = min(_FEWEST_PAGES, max(2, len(pages)))
    kept = []
    for lines, edge in zip(pages, outer, strict=True):
        dropped = [(line, key) for line, key in edge if _times(seen, key) >= fewest]
        numbers = [line for line, (shape, _) in dropped if shape == "#"]
        gone = {id(line) for line, _ in dropped} | set(_beside(numbers, edge))
        kept.append([line for line in lines if id(line) not in gone])
    return kept if any(kept) else [list(lines) for lines in pages]


def _beside(numbers: Sequence[Line], edge: Sequence[tuple[Line, _Key]]) -> Iterator[int]:
    for number in numbers:
        yield from (id(o) for o, _ in edge if abs(o.middle - number.middle) < number.size / 2)


def _outer(lines: Sequence[Line], height: float) -> list[tuple[Line, _Key]]:
    """The lines in the margins of a page, with what they have in common with other pages'."""
    by_height = sorted(lines, key=lambda line: line.middle)
    ends = {id(line) for line in [*by_height[:_OUTERMOST], *by_height[-_OUTERMOST:]]}
    margin = height * _MARGIN
    return [
        (line, (_shape(line.text), round(line.middle / _GRID)))
        for line in lines
        if id(line) in ends and not margin < line.middle < height - margin
    ]


def _shape(text: str) -> str:
    return "#" if _ROMAN.fullmatch(text) else _NUMBER.sub("#", text)


def _times(seen: Counter[_Key], key: _Key) -> int:
    return sum(seen[near] for near in _near(key))


def _near(key: _Key) -> Iterator[_Key]:
    shape, place = key
    yield from ((shape, place + step) for step in (-1, 0, 1))
