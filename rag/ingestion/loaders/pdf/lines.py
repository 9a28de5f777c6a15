"""The text of a PDF's page as lines with their places, by PDFium."""

import ctypes
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pypdfium2 import PdfTextPage

HYPHEN = "\u00ad"
"""Ends a line whose last word goes on in the next; PDFium tells such a hyphen from others."""

_BOLD = 600
_APART = 1.5
_SMALLEST = 2
# PDFium gives the hyphen that broke a word at a line's end as one of these.
_BREAKING = {"\x02", "\ufffe", HYPHEN}
_LIGATURES = {
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
    0xFB05: "st",
    0xFB06: "st",
}
_SPACES = re.compile(r"[^\S\n]+")
Box = tuple[float, float, float, float]
"""The edges of something, in points."""


@dataclass(frozen=True, slots=True)
class Line:
    """Text that stands side by side: `[left, right]` and `[top, bottom]` in points, from the top.

    `size` is the height of its letters, from the deepest to the highest that its font has.
    """

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    bold: bool = False

    @property
    def middle(self) -> float:
        """Its height on the page."""
        return (self.top + self.bottom) / 2

    @property
    def width(self) -> float:
        """From its first letter to its last."""
        return self.right - self.left


class _Character(NamedTuple):
    text: str
    left: float
    right: float
    top: float
    bottom: float
    number: int


@dataclass(frozen=True, slots=True)
class Frame:
    """What of the plane a page shows, in points, and how often it is turned to the right for it."""

    left: float
    bottom: float
    right: float
    top: float
    turns: int = 0

    @property
    def height(self) -> float:
        """From the upper edge of the page, as it is shown, to the lower."""
        return self.right - self.left if self.turns % 2 else self.top - self.bottom

    @property
    def width(self) -> float:
        """From the left edge of the page, as it is shown, to the right."""
        return self.top - self.bottom if self.turns % 2 else self.right - self.left

    def place(self, left: float, bottom: float, right: float, top: float) -> Box:
        """A box as it is shown: how far its edges are from the left and the upper edge."""
        if self.turns == 0:
            return left - self.left, right - self.left, self.top - top, self.top - bottom
        if self.turns == 1:
            return bottom - self.bottom, top - self.bottom, left - self.left, right - self.left
        if self.turns == 2:
            return self.right - right, self.right - left, bottom - self.bottom, top - self.bottom
        return self.top - top, self.top - bottom, self.right - right, self.right - left

    def shows(self, line: "Line") -> bool:
        """Whether a line is on the page at all, and large enough to be read."""
        inside = 0 <= line.middle <= self.height and line.right > 0 and line.left < self.width
        return inside and line.size >= _SMALLEST


def page_lines(page: "PdfTextPage", frame: Frame) -> list[Line]:
    """The lines of a page in the order in which they were written; only what stands upright.

    Words that are far apart, as in a table or in two columns, are lines of their own.
    """
    lines: list[Line] = []
    run: list[_Character] = []
    for character in _characters(page, frame):
        if run and _breaks(run, character):
            lines += _line(page, frame, run)
            run = []
        run.append(character)
    return [*lines, *_line(page, frame, run)]


def _characters(page: "PdfTextPage", frame: Frame) -> Iterator[_Character]:
    """The characters of a page; white space has no place of its own, and takes the last one's."""
    from pypdfium2 import raw

    box, place_of, code_of = raw.FS_RECTF(), raw.FPDFText_GetLooseCharBox, raw.FPDFText_GetUnicode
    pointer, handle = ctypes.byref(box), page.raw
    last = _Character("\n", 0, 0, 0, 0, 0)
    for index in range(raw.FPDFText_CountChars(handle)):
        code = code_of(handle, index)
        text = chr(code) if code < 0x110000 else "\ufffd"
        if text.isspace() or not code:
            yield last._replace(text="\n" if text in "\r\n" else " ", number=index)
            continue
        place_of(handle, index, pointer)
        placed = frame.place(box.left, box.bottom, box.right, box.top)
        last = _Character(_LIGATURES.get(code, text), *placed, index)
        yield last


def _breaks(run: Sequence[_Character], new: _Character) -> bool:
    """Whether `new` stands on another line than `run`, or far from it on the same."""
    if new.text == "\n":
        return True
    last = run[-1]
    size = max(last.bottom - last.top, new.bottom - new.top)
    gap = max(new.left - last.right, last.left - new.right)
    return gap > _APART * size or abs(new.bottom - last.bottom) > size * 0.7


def _line(page: "PdfTextPage", frame: Frame, run: Sequence[_Character]) -> Iterator[Line]:
    """What a run of characters says; nothing if it is blank, or stands on its side."""
    from pypdfium2 import raw

    seen = [character for character in run if not character.text.isspace()]
    if not seen:
        return
    # Told in radians to the right; what is written so many turns to the left is shown upright.
    turns = -raw.FPDFText_GetCharAngle(page, seen[0].number) / (math.pi / 2) % 4
    if min(abs(turns - frame.turns), 4 - abs(turns - frame.turns)) > 0.1:
        return
    weights = (raw.FPDFText_GetFontWeight(page, end.number) for end in (seen[0], seen[-1]))
    yield Line(
        _text(run),
        min(c.left for c in seen),
        max(c.right for c in seen),
        median(c.top for c in seen),
        median(c.bottom for c in seen),
        median(c.bottom - c.top for c in seen),
        bold=min(weights) >= _BOLD,
    )


def _text(run: Sequence[_Character]) -> str:
    text = _SPACES.sub(" ", "".join(character.text for character in run)).strip()
    return text[:-1] + HYPHEN if text[-1:] in _BREAKING else text
