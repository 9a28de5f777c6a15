"""What a sentence commits itself to: its words, numbers, names, negations and quotations."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.sentences import sentence_spans
from rag.vocabulary import (
    COMMON_ENDINGS,
    DAYS,
    DENIALS,
    FRAME,
    HEDGES,
    LOOSE,
    MONTHS,
    NEGATIONS,
    NO_NAMES,
    NUMBER_WORDS,
    OPENERS,
    OPPOSITES,
    SCALES,
    SHORT_MONTHS,
    TENS,
    listed,
)

_WORD = re.compile(r"[^\W_]+(?:['’.&-][^\W_]+)*", re.UNICODE)
_QUOTED = re.compile(r"[“\"]([^“”\"]{3,})[”\"]")
_SUBJECT_OF = re.compile(
    r"['’]?s? (?:[A-Z]|(?:is|was|has|had|does|did|will|said|says|won|became)\b)"
)
_PERCENT = re.compile(r"(?:%|percent\b|per cent\b)")
_LEFT_OUT = re.compile(r"\[?(?:\.\s?\.\s?\.|…)\]?|\[[^\]]*\]")
_SUFFIXES = re.compile(r"(?:'s|’s|ies|ing|edly|ed|es|ly|ers|er|ors|or|ions|ion|s|e|y)$")


@dataclass(frozen=True, slots=True)
class Number:
    """A value that a text states; `exact` is False where it was rounded or hedged."""

    value: float
    exact: bool
    percent: bool
    written: str


def fold(text: str) -> str:
    """Lower case, without accents, with plain quotes."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return bare.casefold().replace("’", "'").replace("‘", "'")


def words(text: str) -> list[str]:
    """The folded words of a text, in order; possessives and dots of initials are dropped."""
    found = (match.removesuffix("'s") for match in _WORD.findall(fold(text)))
    return [SHORT_MONTHS.get(word, word) for word in map(_undotted, found)]


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without its ending, at least four letters of it: crude, and the same on both sides."""
    if len(word) < 5 or word[0].isdigit():
        return word
    short = _SUFFIXES.sub("", word)
    short = short if len(short) >= 4 else word[:4]
    return short[:-1] if len(short) > 4 and short[-1] == short[-2] else short


def content(text: str) -> list[str]:
    """The stems of the words that carry meaning, in order, with repetitions."""
    return [stem(word) for word in words(text) if word not in FRAME]


def numbers(text: str) -> list[Number]:
    """Every number: digits or words, `1.2 million`, `5bn`, `50%`, dates and years among them."""
    tokens = re.findall(
        r"[$€£¥]?\d+(?:,\d{3})*(?:\.\d+)?[a-z]*|[a-z]+|%", fold(text).replace("-", " ")
    )
    found: list[Number] = []
    at = 0
    while at < len(tokens):
        value, width = _number(tokens, at)
        if value is not None:
            hedged = bool(HEDGES & set(tokens[max(0, at - 3) : at]))
            scaled = any(token in SCALES for token in tokens[at + 1 : at + width])
            percent = _PERCENT.match(" ".join(tokens[at + width : at + width + 2])) is not None
            written = " ".join(tokens[at : at + width]) + (" percent" if percent else "")
            found.append(Number(value, not (hedged or scaled), percent, written))
        at += width
    return found


def firm_numbers(text: str) -> list[Number]:
    """The numbers a claim can be held to: without `one`, `first`, `both` and the like."""
    return [number for number in numbers(text) if number.written not in LOOSE]


def _number(tokens: list[str], at: int) -> tuple[float | None, int]:
    """The number that begins at a token, and how many tokens it takes (one where there is none)."""
    value = _digits(tokens[at])
    width = 1
    if value is None:
        if tokens[at] not in NUMBER_WORDS:
            return None, 1
        value = float(NUMBER_WORDS[tokens[at]])
        if tokens[at] in TENS and at + 1 < len(tokens):
            unit = NUMBER_WORDS.get(tokens[at + 1], 0)
            if 0 < unit < 10:
                value, width = value + unit, 2
    while at + width < len(tokens) and len(tokens[at + width]) > 1:
        scale = SCALES.get(tokens[at + width])
        if scale is None:
            break
        value, width = value * scale, width + 1
    return value, width


def _digits(token: str) -> float | None:
    match = re.fullmatch(r"[$€£¥]?(\d[\d,]*(?:\.\d+)?)([a-z]*)", token)
    if match is None:
        return None
    value = float(match[1].replace(",", ""))
    return value * SCALES.get(match[2], 1)


def names(text: str) -> list[str]:
    """The capitalised words, folded, each once; days, months and frame words are none.

    A sentence's first word counts as well, unless its form is that of a common word.
    """
    found: dict[str, None] = {}
    first = {
        match.start() for start, _ in sentence_spans(text) if (match := _WORD.search(text, start))
    }
    for match in _WORD.finditer(text):
        word = _undotted(fold(match[0]).removesuffix("'s"))
        common = word in NO_NAMES and not match[0].isupper()
        common = common or (match.start() in first and not _is_subject(text, match))
        if match[0][0].isupper() and len(word) > 1 and not common:
            found[word] = None
    return list(found)


def _is_subject(text: str, first: re.Match[str]) -> bool:
    """Whether a sentence's first word is a name: another follows, or a singular verb does."""
    word = fold(first[0])
    if word in NUMBER_WORDS or word in OPENERS or word.endswith(COMMON_ENDINGS):
        return False
    return bool(_SUBJECT_OF.match(text, first.end()))


def months(text: str) -> set[str]:
    """The months and days of the week a text names (`may` only with a capital)."""
    named = {word for word in words(text) if word in MONTHS or word in DAYS}
    return named - {"may", "march"} | {m.lower() for m in re.findall(r"\b(?:May|March)\b", text)}


def quotations(text: str) -> list[str]:
    """What stands in double quotes, three characters or more; parts, where some was left out."""
    parts = (part for quoted in _QUOTED.findall(text) for part in _LEFT_OUT.split(quoted))
    return [part.strip(" .,;:!?") for part in parts if any(map(str.isalnum, part))]


def squashed(text: str) -> str:
    """Only the letters and digits, folded, with single spaces: for finding words verbatim."""
    return " ".join(_WORD.findall(fold(text)))


def denied(text: str) -> set[str]:
    """The stems of what a text denies: up to two meaningful words after `not`, `failed to`, ..."""
    found: set[str] = set()
    told = words(text)
    for at, word in enumerate(told):
        if (word in DENIALS or word.endswith("n't")) and told[at + 1 : at + 2] != ["only"]:
            near = [stem(other) for other in told[at + 1 : at + 6] if other not in FRAME]
            found.update(near[:2])
    return found


def is_negated(text: str) -> bool:
    """Whether the text denies anything."""
    told = words(text)
    return any(word in NEGATIONS or word.endswith("n't") for word in told)


def is_spelt_out(acronym: str, told: Sequence[str]) -> bool:
    """Whether the initials of neighbouring words, `of` and `and` left out, spell the acronym."""
    letters = "".join(word[0] for word in told if word not in {"of", "and", "the", "for", "in"})
    return 2 <= len(acronym) <= 6 and acronym.isalpha() and acronym in letters


def _undotted(word: str) -> str:
    """`u.s` as `us`, but `3.5` and `example.com` as they are."""
    parts = word.split(".")
    return "".join(parts) if all(len(part) == 1 and part.isalpha() for part in parts) else word


def opposed(text: str, other: str) -> str | None:
    """The word of `text` whose opposite stands in `other`, where the word itself does not."""
    mine, theirs = words(text), set(words(other))
    for one, another in OPPOSITES:
        for side, contrary in ((listed(one), listed(another)), (listed(another), listed(one))):
            said = [word for word in mine if word in side]
            if said and theirs.isdisjoint(side) and not theirs.isdisjoint(contrary):
                return said[0]
    return None
