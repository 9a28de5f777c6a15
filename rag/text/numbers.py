"""The numbers and days that a text states: digits or words, `1.2 million`, `5bn`, `50%`, `May`."""

import math
import re
from dataclasses import dataclass

from rag.text.vocabulary import DAYS, HEDGES, LOOSE, MONTHS, NUMBER_WORDS, SCALES, TENS
from rag.text.words import fold, words

_PERCENT = re.compile(r"(?:%|percent\b|per cent\b)")


@dataclass(frozen=True, slots=True)
class Number:
    """A value that a text states; `exact` is False where it was rounded or hedged."""

    value: float
    exact: bool
    percent: bool
    written: str

    def agrees(self, given: "Number") -> bool:
        """Whether this may stand for one given: exactly, or within 5% where hedged or rounded."""
        tolerance = 0.0 if self.exact else 0.05
        alike = math.isclose(self.value, given.value, rel_tol=tolerance, abs_tol=1e-9)
        return alike and (given.percent or not self.percent)


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


def months(text: str) -> set[str]:
    """The months and days of the week a text names (`may` only with a capital)."""
    named = {word for word in words(text) if word in MONTHS or word in DAYS}
    return named - {"may", "march"} | {m.lower() for m in re.findall(r"\b(?:May|March)\b", text)}
