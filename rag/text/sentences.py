"""Text into sentences, as spans of offsets.

Rules rather than a model: a full stop ends a sentence unless the word before it is an
abbreviation that what follows goes on from. Measured against pysbd and syntok in
docs/decisions/03-sentences.md.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from rag.text.abbreviations import CLOCK, CLOSING, MONTHS_CUT_SHORT, NUMBERED, TITLES
from rag.text.vocabulary import OPENERS

Span = tuple[int, int]

_CLOSING = r"[\"'”’»)\]]*+(?:\[\d{1,3}\])*+"
_STOP = re.compile(
    # Then white space. Tokenised text may have more marks apart: `. . .` or `. ''`.
    rf"(?<![.!?…])[.!?…]++{_CLOSING}(?:[ ](?:[.!?]|''|[)\]”»])(?=\s))*+(?=\s)"
    rf"|(?<=[^\W\d_A-Z]{{3}})[.?!]{_CLOSING}(?=[“\"\[]?[A-Z](?!\.))"  # the space is missing
    r"|(?<=[^\W_A-Z]|[)\]%])[.?!](?=[A-Z][a-z]*[\s,])|(?<=[)\]])[.?!](?=[A-Z])"
    r"|[。！？｡]+[」』”’）】》]*"  # scripts that put no space between sentences
    r"|[।॥؟۔።]+"
    r"|\s(?=[•▪●◦‣]\s)"  # a list run together into one line
)
_MARK = re.compile(r"[.!?…。！？｡।॥؟۔።•▪●◦‣]")
_NEXT = re.compile(r"\s*+[^\w\s]*+\s?+[^\w\s]*+(\w[\w'’]*)(\.?)")
_SAID = re.compile(
    r"\s+(?:[^\W\d_a-z][\w.'’-]*\s+){1,4}"
    r"(?:said|says|asked|asks|told|added|wrote|writes|replied|recalled|tweeted|shouted|joked)\b"
)
_BREAK = re.compile(r"[\s“‘\"'`(\[—–/]")
_INITIALS = re.compile(r"[^\W\d_](?:\.[^\W\d_])*")
_LINE = re.compile(r"\S(?:[^\n]*\S)?")
_END = re.compile(rf"[.!?…。！？｡।॥؟۔።]{_CLOSING}$")
_MARKER = re.compile(r"(?:[-*+•▪●◦‣–—>#|]|\(?\w{1,3}[.)])\s")

# Lines wrapped by hand or by a mail program are at most this long, and not much shorter than this.
_WRAP_MOST, _WRAP_LEAST = 100, 40


def sentence_spans(text: str) -> list[Span]:
    """The sentences of `text` as `[start, end)` offsets, in order.

    The spans are disjoint, trimmed of white space, and cover every other character. None crosses
    a blank line; a line by itself, such as a headline, is a sentence by itself, but lines that
    were wrapped at a margin are read as one.
    """
    return [span for start, end in _segments(text) for span in _split(text, start, end)]


def is_finished(sentence: str) -> bool:
    """Whether a text ends as a sentence does, and not as a heading, or broken off."""
    return _END.search(sentence) is not None


def states_something(sentence: str) -> bool:
    """Whether a text is a whole sentence, and no question."""
    return is_finished(sentence) and not sentence.rstrip("\"”’')]").endswith("?")


def _split(text: str, start: int, end: int) -> Iterator[Span]:
    """The sentences within one segment, itself trimmed."""
    begin = start
    for stop in _stops(text, start, end):
        if stop.start() > begin and _ends(text, begin, stop, end):
            yield begin, stop.end() if stop.group().strip() else stop.start()
            begin = stop.end()
            while text[begin].isspace():
                begin += 1
    yield begin, end


def _stops(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """Where `_STOP` matches; found by its characters first, which takes a third of the time."""
    at = start
    for mark in _MARK.finditer(text, start, end):
        begin = mark.start() - (mark[0] in "•▪●◦‣")
        if begin >= at and (stop := _STOP.match(text, begin, end)):
            yield stop
            at = stop.end()


def _ends(text: str, begin: int, stop: re.Match[str], end: int) -> bool:
    """Whether the sentence begun at `begin` ends with `stop`."""
    following = _NEXT.match(text, stop.end(), end)
    if following is None:
        return False
    mark, word = stop.group(), following[1]
    if not mark.strip() or mark[0] in "。！？｡।॥؟۔።":
        return True
    if _goes_on(word):
        return False
    if mark[0] in "?!":
        return mark[-1] in "?!" or not _SAID.match(text, stop.end(), end)
    if "…" in mark or mark.count(".") > 1:
        return word != "I"
    return _full_stop(text, begin, stop.start(), word, initial=bool(following[2]))


def _goes_on(word: str) -> bool:
    """Whether `word`, after a stop, continues the sentence: lower case, no `iPhone`, no address."""
    if word in {"http", "https", "www"} or any(letter.isupper() for letter in word[1:3]):
        return False
    return word[0].islower()


def _full_stop(text: str, begin: int, stop: int, word: str, *, initial: bool) -> bool:
    """Whether the full stop at `stop`, before `word`, ends a sentence rather than a short form.

    `initial` says that `word` is itself followed by a full stop.
    """
    if "://" in text[text.rfind(" ", begin, stop) + 1 : stop]:
        return text[stop + 1].isspace()
    before = _BREAK.split(text[max(begin, stop - 24) : stop])[-1]
    if stop - len(before) == begin and (before.isdigit() or len(before) == 1):  # a list's `1.`
        return False
    opens = word.lower() in OPENERS and not (initial and len(word) == 1)
    return _closes(before, word, opens=opens)


def _closes(before: str, word: str, *, opens: bool) -> bool:
    """Whether `before` and its full stop end a sentence when `word` follows."""
    short = before.lower()
    if short in MONTHS_CUT_SHORT:
        return not word[0].isdigit()
    if short in NUMBERED:
        return not word[0].isdigit() and (short == "no" or opens)
    if short in {"a.m", "p.m"}:
        return word.lower() not in CLOCK
    if short in CLOSING or _INITIALS.fullmatch(before):
        return opens
    return short not in TITLES


def _segments(text: str) -> Iterator[Span]:
    """Runs of lines that belong to one paragraph: usually a line each."""
    block: list[Span] = []
    for line in _LINE.finditer(text):
        if block and text.count("\n", block[-1][1], line.start()) > 1:
            yield from _unwrapped(text, block)
            block = []
        block.append(line.span())
    yield from _unwrapped(text, block)


def _unwrapped(text: str, block: list[Span]) -> Iterator[Span]:
    """The lines of `block`, those joined that a margin broke."""
    width = max((end - start for start, end in block), default=0)
    if not block or width > _WRAP_MOST or not _is_wrapped(text, block):
        yield from block
        return
    begin = block[0][0]
    for line, following in pairwise(block):
        if not _continues(text, line, following, width):
            yield begin, line[1]
            begin = following[0]
    yield begin, block[-1][1]


def _is_wrapped(text: str, block: list[Span]) -> bool:
    """Whether a good part of the lines after the first begin in the middle of a sentence."""
    middles = sum(text[start].islower() for start, _ in block[1:])
    return middles * 4 >= len(block) - 1 > 0


def _continues(text: str, line: Span, following: Span, width: int) -> bool:
    """Whether `line` was broken for want of room for the first word of `following`."""
    length = line[1] - line[0]
    if length < _WRAP_LEAST or _MARKER.match(text, *following):
        return False
    word = text[slice(*following)].split(None, 1)[0]
    return length + 1 + len(word) > width - 2
