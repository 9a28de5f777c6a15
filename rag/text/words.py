"""A text as words: folded, stemmed, and those alone that carry meaning."""

import re
import unicodedata
from functools import lru_cache

from rag.text.vocabulary import FRAME, SHORT_MONTHS

WORD = re.compile(r"[^\W_]+(?:['’.&-][^\W_]+)*")

_QUOTED = re.compile(r"[“\"]([^“”\"]{3,})[”\"]")
_LEFT_OUT = re.compile(r"\[?(?:\.\s?\.\s?\.|…)\]?|\[[^\]]*\]")

KEPT = 50_000
"""How many words are kept with their stems, so that each is stemmed once."""


def fold(text: str) -> str:
    """Lower case, without accents, with plain quotes."""
    if text.isascii():
        return text.lower()
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return bare.casefold().replace("’", "'").replace("‘", "'")


def words(text: str) -> list[str]:
    """The folded words of a text, in order; possessives and dots of initials are dropped."""
    return [_bare(written) for written in WORD.findall(fold(text))]


@lru_cache(KEPT)
def stem(word: str) -> str:
    """The Snowball stem of a folded English word: that of most of its forms."""
    from Stemmer import Stemmer

    # One for each word, since a stemmer must not be shared by threads; making it takes 1 µs.
    stemmed: str = Stemmer("english", 0).stemWord(word)
    return stemmed


def content(text: str) -> list[str]:
    """The stems of the words that carry meaning, in order, with repetitions."""
    return [stemmed for w in WORD.findall(fold(text)) if (stemmed := _meaning(w))]


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


def possessed(word: str) -> str:
    """A word without the ending of possession."""
    return word.removesuffix("'s").removesuffix("’s")


@lru_cache(KEPT)
def _bare(written: str) -> str:
    """A folded word without possessive and dots; a month in full."""
    word = undotted(possessed(written))
    return SHORT_MONTHS.get(word, word)


@lru_cache(KEPT)
def _meaning(written: str) -> str | None:
    """The stem of a folded word; None where it only frames a sentence."""
    word = _bare(written)
    return None if word in FRAME else stem(word)
