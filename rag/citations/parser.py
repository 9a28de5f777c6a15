"""What a model writes, read as it arrives: sentences, and the ids put to each.

One character at a time, so that the pieces the text comes in cannot make a difference.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass

from rag.text.sentences import sentence_spans

_OPEN, _CLOSE = "[［【", "]］】"
_INSIDE = frozenset(",;、，；-‐‑‒–—~ ^")
_LONGEST_MARKER = 60
_WIDEST_RANGE = 20
_RANGE = re.compile(r"(\d+)(?:\s*[-‐‑‒–—~]\s*(\d+))?")
_FINISHED = re.compile(r"[.!?…。！？][\"'”’»)\]*_`」』]*$")
_GOES_ON = frozenset(".,;:!?…)]}»”’%。，、；：！？」』")
_BULLET = re.compile(r"^(?:[-*+•–#>]+|\(?\d{1,2}[.)])\s+")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s[^()]*)?\)")
_EMPTY_BRACKETS = re.compile(r"\s?(?:\([\s,;]*\)|\[[\s,;]*\]|（[\s,;]*）)")
_EMPHASIS = re.compile(r"\*\*|__|(?<!\w)\*(?=\S)|(?<=\S)\*(?!\w)")

THINK, THOUGHT = "<think>", "</think>"


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence a model wrote and the ids it put to it, in order, each once."""

    text: str
    ids: tuple[int, ...]


class MarkerParser:
    """Reads a stream of text with ids: `[1]`, `[1, 3]`, `[1-3]`, `［1］`, `【1】`.

    Ids belong to the sentence they stand in or follow, before its full stop or after it. Within
    backticks a bracket is code, not an id. What a model thinks aloud first (`<think>`) is left
    out. The sentences do not depend on how the text is cut into pieces.
    """

    def __init__(self) -> None:
        self._text = ""  # of the block of sentences being read
        self._marks: list[tuple[int, tuple[int, ...]]] = []  # where in it, which ids
        self._held = ""  # what may yet turn out to be an id
        self._gap = ""  # white space not yet known to be within a block
        self._in_code = False
        self._opening = ""  # the text's first characters, while they may open a thought
        self._thinking: bool | None = None
        self._out: list[str | Marked] = []

    def feed(self, piece: str) -> list[str | Marked]:
        """Take the next piece; give the plain text and the finished sentences it brought."""
        for character in piece:
            self._read(character)
        return self._taken()

    def finish(self) -> list[str | Marked]:
        """The end of the text: give what was left."""
        if self._thinking is None:
            self._begin()
        self._held = ""  # an id cut off
        self._close()
        return self._taken()

    def _taken(self) -> list[str | Marked]:
        out, self._out = self._out, []
        return out

    def _read(self, character: str) -> None:
        if self._thinking is False:
            self._character(character)
            return
        self._opening += character
        if self._thinking:
            self._thinking = not self._opening.endswith(THOUGHT)
        elif not THINK.startswith(self._opening.lstrip()):
            self._begin()
        elif self._opening.lstrip() == THINK:
            self._thinking = True

    def _begin(self) -> None:
        """The text does not begin with a thought: read what was kept back."""
        self._thinking = False
        for character in self._opening:
            self._character(character)

    def _character(self, character: str) -> None:
        if self._held and self._in_marker(character):
            return
        if character in _OPEN and not self._in_code:
            self._held = character
        else:
            self._plain(character)

    def _in_marker(self, character: str) -> bool:
        """Whether the character was taken as part of a marker; if not, there is no marker."""
        inside = character.isdecimal() or character in _INSIDE
        if inside and len(self._held) < _LONGEST_MARKER:
            self._held += character
            return True
        held, self._held = self._held, ""
        if character in _CLOSE and any(map(str.isdecimal, held)):
            self._marks.append((len(self._text), _ids(held)))
            return True
        for kept in held:
            self._plain(kept)
        return False

    def _plain(self, character: str) -> None:
        if character.isspace():
            self._gap = "\n" if "\n" in (character, self._gap) else " "
            return
        if self._ends_before(character):
            self._close()
        tight = character in _GOES_ON and self._follows_marker()
        added = " " + character if self._gap and self._text and not tight else character
        self._gap = ""
        self._in_code ^= character == "`"
        self._text += added
        if self._out and isinstance(self._out[-1], str):
            self._out[-1] += added
        else:
            self._out.append(added)

    def _ends_before(self, character: str) -> bool:
        """Whether the block is over: a new line, or new words after a finished, marked sentence."""
        if self._gap == "\n":
            return True
        if not self._marks or not _FINISHED.search(self._text[-8:]):
            return False
        parted = bool(self._gap) or self._follows_marker()
        return parted and character not in _GOES_ON and not character.islower()

    def _follows_marker(self) -> bool:
        return bool(self._marks) and self._marks[-1][0] == len(self._text)

    def _close(self) -> None:
        """Split the block into its sentences and give each its ids."""
        spans = sentence_spans(self._text)
        ids: list[list[int]] = [[] for _ in spans]
        starts = [start for start, _ in spans]
        for at, marked in self._marks if spans else ():
            ids[max(bisect_left(starts, at) - 1, 0)].extend(marked)
        for (start, end), given in zip(spans, ids, strict=True):
            text = clean(self._text[start:end])
            if any(character.isalnum() for character in text):
                self._out.append(Marked(text, tuple(dict.fromkeys(given))))
        self._text, self._marks, self._gap, self._in_code = "", [], "", False


def clean(text: str) -> str:
    """A model's sentence without bullet, emphasis, images and links; a link's words are kept."""
    text = _LINK.sub(r"\1", _BULLET.sub("", text.strip()))
    return _EMPHASIS.sub("", _EMPTY_BRACKETS.sub("", text)).strip()


def _ids(held: str) -> tuple[int, ...]:
    """The numbers in a marker without its closing bracket; a range too wide has none."""
    found: list[int] = []
    for low, high in _RANGE.findall(held):
        last = int(high or low)
        if 0 <= last - int(low) < _WIDEST_RANGE:
            found.extend(range(int(low), last + 1))
    return tuple(found)
