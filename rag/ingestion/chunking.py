"""An article into passages: whole sentences, a size that can be embedded, tiling the text.

Which sentences go together is the cheapest way to cut the article: a passage costs the square of
its distance from the size aimed for, and a cut costs more inside a paragraph and most after a
headline, which belongs with what follows.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.text.sentences import Span, sentence_spans
from vectorstore.records import Article, Passage

TARGET_WORDS = 120
"""The size aimed for. Measured in docs/decisions."""
VERSION = ""
"""Names how articles are cut and what is embedded. With another name here, adding an article that
has not changed makes its passages anew: change it with `chunk`, `embedded_text` or sentences."""
MAX_TOKENS = 256
"""What the encoder reads of a text, in tokens with its two marks; it is blind to the rest."""

_TITLE_CHARACTERS = 120
_INSIDE_PARAGRAPH, _AFTER_HEADLINE = 0.06, 1.0
_HEADLINE_WORDS = 15
_SPACE = re.compile(r"\s+")
_CLAUSE = re.compile(r"[,;:–—)\]]\s+|\s+(?=[–—(])")

TokenCounts = Callable[[Sequence[str]], Sequence[int]]
"""Counts the tokens of each text, the encoder's two marks included."""


def embedded_text(article: Article, text: str) -> str:
    """What is embedded for a passage of `article` that says `text`: its title, then its words.

    The title is cut so that it can never take more than half of what the encoder reads.
    """
    return f"{_short(article.title)}\n{text.strip()}"


def chunk(
    article: Article, token_counts: TokenCounts, *, words: int = TARGET_WORDS
) -> list[Passage]:
    """Passages of about `words` words that tile `article.text` exactly, in order.

    Each is made of whole sentences, and what is embedded for it stays within `MAX_TOKENS`; only a
    sentence that alone is longer is cut, at a clause if it can be, else between words. White space
    between two sentences belongs to the first. An empty text has no passages.
    """
    text = article.text
    if not text:
        return []
    heading = token_counts([embedded_text(article, "")])[0]
    units = _units(text, token_counts, MAX_TOKENS - heading)
    cuts = [0, *(units[i - 1].end for i in _cheapest(units, words, MAX_TOKENS - heading))]
    return [
        Passage(article.id, number, start, end, text[start:end])
        for number, (start, end) in enumerate(pairwise(cuts))
    ]


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence with the white space after it, and what a cut behind it would cost.

    `tokens` leaves out the encoder's marks. A unit that is not `whole` is one end of a broken
    word: joined to the next, its tokens could not be added up.
    """

    end: int
    words: int
    tokens: int
    cut: float
    whole: bool


def _units(text: str, token_counts: TokenCounts, limit: int) -> list[_Unit]:
    starts = [0, *(start for start, _ in sentence_spans(text)[1:]), len(text)]
    return [
        _Unit(
            end,
            len(text[start:end].split()),
            count,
            _cut_cost(text, start, end),
            whole=not (text[end - 1].isalnum() and text[end : end + 1].isalnum()),
        )
        for (start, end), count in _fitting(text, list(pairwise(starts)), token_counts, limit)
    ]


def _cut_cost(text: str, start: int, end: int) -> float:
    """What it costs to end a passage after the sentence `text[start:end]`."""
    if end == len(text):
        return 0.0
    sentence = text[start:end].rstrip()
    if "\n" not in text[start + len(sentence) : end]:
        return _INSIDE_PARAGRAPH
    begins_line = start == 0 or text[start - 1] == "\n"
    headline = begins_line and len(sentence.split()) <= _HEADLINE_WORDS
    return _AFTER_HEADLINE if headline and sentence[-1:] not in ".!?…”\"'’)" else 0.0


def _fitting(
    text: str, spans: Sequence[Span], token_counts: TokenCounts, limit: int
) -> Iterator[tuple[Span, int]]:
    """The spans with their tokens; those of more than `limit` cut until each fits."""
    counts = token_counts([text[start:end] for start, end in spans])
    marks = 2
    for (start, end), counted in zip(spans, counts, strict=True):
        count = counted - marks
        if count <= limit or end - start == 1:
            yield (start, end), count
        else:
            cuts = [start, *_places(text, start, end, -(-count // limit)), end]
            yield from _fitting(text, list(pairwise(cuts)), token_counts, limit)


def _places(text: str, start: int, end: int, parts: int) -> list[int]:
    """Where to cut `[start, end)` in about `parts`: behind clauses, else words, else letters."""
    step = (end - start) / (parts + 1)
    places: list[int] = []
    for ideal in (start + round(step * (i + 1)) for i in range(parts)):
        lowest = max(places[-1] if places else start, ideal - round(step / 2)) + 1
        places.append(_nearest(text, lowest, ideal, min(end - 1, ideal + round(step / 2))))
    return sorted(set(places))


def _nearest(text: str, lowest: int, ideal: int, highest: int) -> int:
    for pattern in (_CLAUSE, _SPACE):
        found = [match.end() for match in pattern.finditer(text, lowest, highest)]
        if found:
            return min(found, key=lambda place: abs(place - ideal))
    return max(lowest, min(ideal, highest))


def _cheapest(units: Sequence[_Unit], target: int, limit: int) -> list[int]:
    """How many units lie before each cut, the last cut being the end: the cheapest way."""
    costs, previous = [0.0], [0]
    for last in range(len(units)):
        best, origin = float("inf"), last
        words = tokens = 0
        for first in range(last, -1, -1):
            words, tokens = words + units[first].words, tokens + units[first].tokens
            if first < last and (tokens > limit or words > 2 * target or not units[first].whole):
                break
            cost = costs[first] + (words / target - 1) ** 2
            if cost < best:
                best, origin = cost, first
        costs.append(best + units[last].cut)
        previous.append(origin)
    cuts = [len(units)]
    while previous[cuts[-1]]:
        cuts.append(previous[cuts[-1]])
    return cuts[::-1]


def _short(title: str) -> str:
    """A title of at most so many characters, accents counted: no word piece is less than one."""
    decomposed = unicodedata.normalize("NFD", title)
    if len(decomposed) <= _TITLE_CHARACTERS:
        return title
    return unicodedata.normalize("NFC", decomposed[:_TITLE_CHARACTERS]).rsplit(None, 1)[0]
