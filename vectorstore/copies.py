"""Telling copies: articles that are one report, cut, lengthened, headlined anew or touched up.

MinHash (Broder 1997) over runs of words gives candidates in a time that does not grow with the
articles; the share of sentences in common decides. Both depend on the two texts alone, so that
whoever compares them finds the same. Thresholds: docs/decisions/17-copies.md.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from hashlib import blake2b

RUN = 4
"""Words in a row that are compared at a time."""
ROWS, BANDS = 3, 32
"""A candidate shares all `ROWS` numbers of one of so many bands of its signature."""
MOST_SHARED, LEAST_SHARED = 0.8, 0.3
"""The least shares of sentences in common: of the article with the greater share, and the other."""
LEAST_WORDS = 60
"""A text of fewer words is not compared."""

_SEED = 17
_IN_COMMON = 0.5
_WORD = re.compile(r"[぀-ヿ㐀-鿿]|[^\W぀-ヿ㐀-鿿]+")  # scripts without spaces: a character each
_END = re.compile(r"(?<=[.!?…])[\"'”’»)\]]*\s+|(?<=[。！？])|\n+")


class ComparableText:
    """A text made ready to be compared with others."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def bands(self) -> list[int]:
        """Numbers of 32 bits; texts that are much alike share one of them. A short one has none."""
        from rensa import RMinHash

        if len(self._words) < LEAST_WORDS:
            return []
        hashed = RMinHash(num_perm=ROWS * BANDS, seed=_SEED)
        hashed.update([" ".join(run) for run in _runs(self._words)])
        digest = hashed.digest()
        return [_band(at, digest[at : at + ROWS]) for at in range(0, ROWS * BANDS, ROWS)]

    @cached_property
    def runs(self) -> set[tuple[str, ...]]:
        """Every `RUN` words in a row."""
        return set(_runs(self._words))

    def is_copy_of(self, other: "ComparableText") -> bool:
        """Whether the two are one report."""
        shares = self.shares(other)
        return max(shares) >= MOST_SHARED and min(shares) >= LEAST_SHARED

    def shares(self, other: "ComparableText") -> tuple[float, float]:
        """The share of sentences, of this text and of the other, that the two have in common."""
        return self._share_in(other), other._share_in(self)

    def _share_in(self, other: "ComparableText") -> float:
        """The share of sentences, by their words, of which half stands in the other text."""
        shared = whole = 0
        for words in self._sentences:
            runs = list(_runs(words))
            whole += len(runs)
            if sum(run in other.runs for run in runs) >= _IN_COMMON * len(runs):
                shared += len(runs)
        return shared / whole if whole else 0.0

    @cached_property
    def _words(self) -> list[str]:
        return _WORD.findall(self._text.casefold())

    @cached_property
    def _sentences(self) -> list[list[str]]:
        return [_WORD.findall(sentence) for sentence in _END.split(self._text.casefold())]


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[start:] for start in range(RUN)), strict=False)


def _band(at: int, numbers: Sequence[int]) -> int:
    data = b"".join(number.to_bytes(8, "big") for number in (at, *numbers))
    return int.from_bytes(blake2b(data, digest_size=4).digest(), "big", signed=True)
