"""Marked-up text, as office programs, books and mails have it, as lines a person can read.

Headings and paragraphs are lines, items of lists begin with `-` or their number, the cells of a
row stand side by side.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, count, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BLOCKS = _HEADINGS | {
    *("address", "article", "aside", "blockquote", "body", "caption", "dd", "div", "dl", "dt"),
    *("figcaption", "figure", "footer", "form", "header", "hr", "html", "li", "main", "nav"),
    *("ol", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
}
_UNREAD = {"audio", "head", "noscript", "object", "script", "style", "svg", "template", "video"}
_REFERENCE = re.compile(r"noteref|footnote")
_SPACES = re.compile(r"\s+")
_RETURN = re.compile("\\s*↩\ufe0e?\\s*$")
# No markup can hold this character, so it may stand for the end of a line until white space,
# which ends none, has been made single.
_BREAK = "\0"
_BREAKS = re.compile(rf" ?{_BREAK} ?")


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph, item or row.

    `names` are the `id`s of the elements that begin with it, `listed` says that it is an item or
    a row, `quoted` that it stands in a quotation.
    """

    text: str
    names: frozenset[str] = frozenset()
    heading: bool = False
    listed: bool = False
    quoted: bool = False


def blocks(root: "Element") -> list[Block]:
    """What an HTML element says, block by block, without what is not read."""
    walk = _Walk()
    walk.visit(root, _Place())
    walk.end(_Place())
    return walk.blocks


def text_of_blocks(found: Sequence[Block]) -> str:
    """The blocks with a blank line between two; none between the items of a list."""
    between = ["\n" if a.listed and b.listed else "\n\n" for a, b in pairwise(found)]
    lines = (block.text for block in found)
    return "".join(chain.from_iterable(zip(lines, [*between, ""], strict=False)))


def title_of_blocks(found: Sequence[Block], filed: str | None = None) -> str | None:
    """The heading that the blocks begin with, else the title it is filed under, else a heading."""
    headings = [block.text for block in found if block.heading]
    begins = bool(found) and found[0].heading
    return next(iter(headings), filed) if begins else filed or next(iter(headings), None)


@dataclass(frozen=True, slots=True)
class _Place:
    """What the elements around a block make of it; `numbers` count the items of a numbered list."""

    depth: int = 0
    numbers: Iterator[int] | None = None
    heading: bool = False
    quoted: bool = False
    kept: bool = False


@dataclass(slots=True)
class _Walk:
    """The blocks so far, and the words, names and mark of the one being read."""

    blocks: list[Block] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    mark: str = ""

    def visit(self, element: "Element", place: _Place) -> None:
        """Read an element, but not what follows it."""
        tag = element.tag if isinstance(element.tag, str) else "script"
        if tag in _UNREAD:
            return
        if name := element.get("id"):
            self.names.append(name)
        if tag == "br":
            self.words.append(_BREAK)
        elif tag == "table" and not _is_layout(element):
            self.end(place)
            self._table(element, place)
        elif tag == "sup" and (note := _note_number(element)):
            self.words.append(f"[{note}]")
        elif tag == "a" and _is_reference(element):
            self.words.append(f"[{''.join(element.itertext()).strip()}]")
        elif tag in _BLOCKS:
            self.end(place)
            inner = self._inside(tag, place)
            self._children(element, inner)
            self.end(inner)
        else:
            self._children(element, place)

    def end(self, place: _Place) -> None:
        """End the block that is being read, if it has words."""
        words = _SPACES.sub(" ", "".join(self.words))
        text = _RETURN.sub("", _BREAKS.sub("\n", words)).strip()
        self.words = []
        if text:
            listed = place.depth > 0
            names = frozenset(self.names)
            text = self.mark + text
            self.blocks.append(Block(text, names, place.heading, listed, place.quoted))
            self.names, self.mark = [], ""

    def _inside(self, tag: str, place: _Place) -> _Place:
        """The place inside an element of this tag; an item makes its mark."""
        if tag in {"ol", "ul"}:
            numbers = count(1) if tag == "ol" else None
            return replace(place, depth=place.depth + 1, numbers=numbers)
        if tag == "li":
            number = f"{next(place.numbers)}." if place.numbers else "-"
            self.mark = "  " * (place.depth - 1) + f"{number} "
        quoted = place.quoted or tag == "blockquote"
        kept = place.kept or tag == "pre"
        return replace(place, heading=tag in _HEADINGS, quoted=quoted, kept=kept)

    def _children(self, element: "Element", place: _Place) -> None:
        self._say(element.text, place)
        for child in element:
            self.visit(child, place)
            self._say(child.tail, place)

    def _say(self, text: str | None, place: _Place) -> None:
        if text:
            self.words.append(text.replace("\n", _BREAK) if place.kept else text)

    def _table(self, table: "Element", place: _Place) -> None:
        """A table row by row."""
        for row in table.iter("tr"):
            cells = [" ".join(b.text for b in blocks(cell)) for cell in row.iter("td", "th")]
            if any(cells):
                self.words = [" | ".join(" ".join(cell.split()) for cell in cells)]
                self.end(replace(place, depth=place.depth + 1, heading=False))


def _is_layout(table: "Element") -> bool:
    """Whether a table only places what is in it: of one column, or with tables or lists in it."""
    within = (element for element in table.iter(*_HEADINGS, "table", "ul", "ol"))
    if any(element is not table for element in within):
        return True
    return all(sum(1 for _ in row.iter("td", "th")) < 2 for row in table.iter("tr"))


def _note_number(element: "Element") -> str | None:
    """The number of a note that a raised link leads to; a power is no link."""
    number = "".join(element.itertext()).strip("[]() \n")
    linked = element.find(".//a") is not None or any(True for _ in element.iterancestors("a"))
    return number if linked and number.isdecimal() else None


def _is_reference(link: "Element") -> bool:
    """Whether a link is the number of a note, and nothing but style sets it apart."""
    kind = f"{link.get('epub:type', '')} {link.get('class', '')}"
    return "".join(link.itertext()).strip().isdecimal() and bool(_REFERENCE.search(kind))
