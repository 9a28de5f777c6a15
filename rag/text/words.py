"""A text as words: folded, stemmed, and those alone that carry meaning."""

import re
import unicodedata
from functools import lru_cache

from rag.text.vocabulary import FRAME, SHORT_MONTHS

WORD = re.compile(r"[^\W_]+(?:['’.&-][^\W_]+)*", re.UNICODE)

_QUOTED = re.compile(r"[“\"]([^“”\"]{3,})[”\"]")

_LEFT_OUT = re.compile(r"\[?(?:\.\s?\.\s?\.|…)\]?|\[[^\]]*\]")

_SUFFIXES = re.compile(r"(?:'s|’s|ies|ing|edly|ed|es|ly|ers|er|ors|or|ions|ion|s|e|y)$")


def fold(text: str) -> str:
    """Lower case, without accents, with plain quotes."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return bare.casefold().replace("’", "'").replace("‘", "'")


def words(text: str) -> list[str]:
    """The folded words of a text, in order; possessives and dots of initials are dropped."""
    found = (match.removesuffix("'s") for match in WORD.findall(fold(text)))
    return [SHORT_MONTHS.get(word, word) for word in map(undotted, found)]


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


def squashed(text: str) -> str:
    """Only the letters and digits, folded, with single spaces: for finding words verbatim."""
    return " ".join(WORD.findall(fold(text)))


def quotations(text: str) -> list[str]:
    """What stands in double quotes, three characters or more; parts, where some was left out."""
    parts = (part for quoted in _QUOTED.findall(text) for part in _LEFT_OUT.split(quoted))
    return [part.strip(" .,;:!?") for part in parts if any(map(str.isalnum, part))]


def undotted(word: str) -> str:
    """`u.s` as `us`, but `3.5` and `example.com` as they are."""
    parts = word.split(".")
    return "".join(parts) if all(len(part) == 1 and part.isalpha() for part in parts) else word
