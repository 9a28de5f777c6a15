"""Rows of text put back into paragraphs, over the ends of lines, columns and pages."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from rag.ingestion.loaders.pdf.columns import CELLS, Row
from rag.ingestion.loaders.pdf.lines import HYPHEN
from vectorstore.records import PAGE_BREAK

_WORD = re.compile(r"\w+(?:-\w+)*")
_LAST_PART = re.compile(r"[^\W\d_]{2,}$")
_FIRST_PART = re.compile(r"[^\W\d_]{2,}")
_COMPOUNDS = {"all", "cross", "ex", "half", "self", "well"}
_ENDED = re.compile(r"[.!?…:][\"'”’»)\]]*$")
_BULLET = re.compile(r"[•▪●◦‣⁃–—*·]\s")
_NUMBERED = re.compile(r"\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]\s|\[\d{1,3}\]\s")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff00-\uffef、。]")


def text_of_pages(pages: Sequence[Sequence[Row]]) -> str:
    """The pages' paragraphs, a blank line between two.

    A form feed stands at each page break: alone where a paragraph goes on, as the space between
    two words; else on a line of its own.
    """
    measures = _Measures.of(pages)
    writing = _Writing(measures)
    for number, page in enumerate(pages):
        writing.breaks += PAGE_BREAK if number else ""
        for row in page:
            writing.add(row)
    return "".join(writing.pieces)


def headline(pages: Sequence[Sequence[Row]]) -> str | None:
    """What is written largest on the first page, if it is larger than the text of all."""
    first = [row for row in pages[0] if any(letter.isalpha() for letter in row.text)]
    size = max((row.line.size for row in first), default=0.0)
    if size < 1.2 * _Measures.of(pages).size:
        return None
    title = " ".join(row.text for row in first if row.line.size > 0.95 * size)
    return title if len(title) <= 250 else None


@dataclass(frozen=True, slots=True)
class _Measures:
    """What most rows of a document have in common, by which two are told to belong together.

    `size` is that of most text, `leading` the distance of two lines in sizes, `words` how often
    each word stands within a line.
    """

    size: float
    leading: float
    words: Counter[str]

    @classmethod
    def of(cls, pages: Iterable[Sequence[Row]]) -> "_Measures":
        rows = [row for page in pages for row in page]
        sizes: Counter[float] = Counter()
        for row in rows:
            sizes[round(row.line.size, 1)] += len(row.text)
        size = sizes.most_common(1)[0][0] if sizes else 1.0
        near = [d for a, b in pairwise(rows) if 0.5 < (d := _distance(a, b)) < 2.5]
        words = Counter(w.lower() for row in rows for w in _WORD.findall(row.text))
        return cls(size or 1.0, median(near) if near else 1.2, words)

    def go_on(self, a: Row, b: Row) -> bool:
        """Whether the paragraph of one row goes on in the next."""
        if CELLS in a.text or CELLS in b.text or not _alike(a, b) or _BULLET.match(b.text):
            return False
        if _is_broken(a.text):
            return True
        ended = bool(_ENDED.search(a.text))
        if a.column != b.column or b.line.top < a.line.top:
            return not ended and (b.text[0].islower() or (_fills(a) and _as_wide(a, b)))
        return _distance(a, b) <= 1.3 * self.leading and self._go_on_below(a, b, ended=ended)

    def _go_on_below(self, a: Row, b: Row, *, ended: bool) -> bool:
        """The same for a row that stands close below the other."""
        if a.line.size > 1.15 * self.size:  # a headline may be broken anywhere
            return True
        if not ended and b.text[0].islower():
            return True
        return not (_fits(a, b) or (ended and _begins(a, b)))

    def keeps_hyphen(self, before: str, after: str) -> bool:
        """Whether the hyphen at the end of a line would stand within one, too."""
        last, first = _LAST_PART.search(before), _FIRST_PART.match(after)
        if not last or not first or not first[0].islower():
            return True
        whole, compound = last[0] + first[0], f"{last[0]}-{first[0]}"
        if self.words[whole.lower()] == self.words[compound.lower()]:
            return last[0].lower() in _COMPOUNDS
        return self.words[whole.lower()] < self.words[compound.lower()]


@dataclass(slots=True)
class _Writing:
    """The text so far, in pieces, and the page breaks that have come since."""

    measures: _Measures
    pieces: list[str]
    last: Row | None
    breaks: str

    def __init__(self, measures: _Measures) -> None:
        self.measures, self.pieces, self.last, self.breaks = measures, [], None, ""

    def add(self, row: Row) -> None:
        """Write a row after the last one."""
        if self.last is None:
            self.pieces += [f"{self.breaks}\n" if self.breaks else "", row.text]
        elif not self.measures.go_on(self.last, row):
            table = CELLS in self.last.text and CELLS in row.text and not self.breaks
            self.pieces += ["\n" if table else f"\n{self.breaks}\n", row.text]
        elif _is_broken(self.last.text):
            self._mend(row.text)
        else:
            self.pieces += [self.breaks or _space(self.last.text, row.text), row.text]
        self.last, self.breaks = row, ""

    def _mend(self, following: str) -> None:
        """Put a broken word together; where a page ends in it, the page ends after it."""
        before = self.pieces[-1][:-1]
        hyphen = "-" if self.measures.keeps_hyphen(before, following) else ""
        word, _, rest = following.partition(" ")
        self.pieces[-1] = f"{before}{hyphen}{word}"
        self.pieces += [(self.breaks or " ") if rest else self.breaks, rest]


def _alike(a: Row, b: Row) -> bool:
    return 0.87 < a.line.size / (b.line.size or 1.0) < 1.15 and a.line.bold == b.line.bold


def _distance(a: Row, b: Row) -> float:
    """How far one row is below another, in sizes."""
    return (b.line.middle - a.line.middle) / (a.line.size or 1.0)


def _is_broken(text: str) -> bool:
    """Whether a row ends within a word."""
    return text[-1:] in {HYPHEN, "-", "‐"} and text[-2:-1].isalnum()


def _fills(row: Row) -> bool:
    """Whether a row reaches the end of its column."""
    return row.line.right > row.column.right - 2 * row.line.size


def _as_wide(a: Row, b: Row) -> bool:
    """Whether two rows stand in columns of about one width, as text that flows does."""
    widths = sorted(row.column.right - row.column.left for row in (a, b))
    return widths[0] > 0.8 * widths[1]


def _fits(a: Row, b: Row) -> bool:
    """Whether the first word of `b` would have had room in `a`, which so was ended on purpose."""
    word = len(b.text.split(" ", 1)[0]) * b.line.width / len(b.text)
    return a.line.right + word + 0.6 * a.line.size < a.column.right


def _begins(a: Row, b: Row) -> bool:
    """Whether `b` looks like the beginning of a paragraph: a number before it, or indented."""
    if _NUMBERED.match(b.text):
        return True
    listed = _BULLET.match(a.text) or _NUMBERED.match(a.text)
    return not listed and b.line.left - a.line.left > 0.7 * a.line.size


def _space(before: str, after: str) -> str:
    return "" if _UNSPACED.match(before[-1]) and _UNSPACED.match(after[0]) else " "
