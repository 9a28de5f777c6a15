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


def page_lines(page: "PdfTextPage", height: float) -> list[Line]:
    """The lines of a page in the order in which they were written; only what stands upright.

    Words that are far apart, as in a table or in two columns, are lines of their own.
    """
    lines: list[Line] = []
    run: list[_Character] = []
    for character in _characters(page, height):
        if run and _breaks(run, character):
            lines += _line(page, run)
            run = []
        run.append(character)
    return [*lines, *_line(page, run)]


def _characters(page: "PdfTextPage", height: float) -> Iterator[_Character]:
    """The characters of a page; white space has no place of its own, and takes the last one's."""
    from pypdfium2 import raw

    box, place_of, code_of = raw.FS_RECTF(), raw.FPDFText_GetLooseCharBox, raw.FPDFText_GetUnicode
    place, handle = ctypes.byref(box), page.raw
    last = _Character("\n", 0, 0, 0, 0, 0)
    for index in range(raw.FPDFText_CountChars(handle)):
        code = code_of(handle, index)
        text = chr(code) if code < 0x110000 else "\ufffd"
        if text.isspace() or not code:
            yield last._replace(text="\n" if text in "\r\n" else " ", number=index)
            continue
        place_of(handle, index, place)
        text = _LIGATURES.get(code, text)
        last = _Character(text, box.left, box.right, height - box.top, height - box.bottom, index)
        yield last


def _breaks(run: Sequence[_Character], new: _Character) -> bool:
    """Whether `new` stands on another line than `run`, or far from it on the same."""
    if new.text == "\n":
        return True
    last = run[-1]
    size = max(last.bottom - last.top, new.bottom - new.top)
    gap = max(new.left - last.right, last.left - new.right)
    return gap > _APART * size or abs(new.bottom - last.bottom) > size * 0.7


def _line(page: "PdfTextPage", run: Sequence[_Character]) -> Iterator[Line]:
    """What a run of characters says; nothing if it is blank, or stands on its side."""
    from pypdfium2 import raw

    seen = [character for character in run if not character.text.isspace()]
    if not seen or abs(math.sin(raw.FPDFText_GetCharAngle(page, seen[0].number))) > 0.1:
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
