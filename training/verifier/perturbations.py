"""Sentences edited by rule: a little, so that they stay true, or in one place, so that they do not.

An `Edit` is the new text, the label that it gives a true sentence, and the characters that differ.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from training.verifier.claims import Span
from training.verifier.words import HEDGES, OPPOSITES, SAME, SCOPES

_NUMBER = re.compile(r"(?<![\w.,-])\d[\d,.]*\d\b|(?<![\w.,-])\d\b")
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w'’-]+(?: (?:of the |of |de )?[A-Z][\w'’-]+)*(?!\w)")
_WORDED = dict(
    zip("two three four five six seven eight nine ten".split(), range(2, 11), strict=True)
)
_SMALL = re.compile(rf"(?<![\w.,$€£-])(?:[2-9]|10|{'|'.join(_WORDED)})(?= [a-z])")
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTHS = (
    "January February March April June July August September October November December".split()
)
_DATES = frozenset([*_DAYS, *_MONTHS])


@dataclass(frozen=True, slots=True)
class Edit:
    """A text made from another; `label` is what a true sentence becomes by it."""

    text: str
    label: str = "supported"
    spans: tuple[Span, ...] = ()


Pairs = Sequence[tuple[str, str]]
Change = Callable[[str, Sequence[str], random.Random], Edit | None]


def _pairs(listed: str, *, both: bool = False) -> Pairs:
    """Pairs `a/b`, by white space or, where they have several words, by bars and lines."""
    lines = [part for line in listed.strip().split("\n") for part in line.split("|")]
    found = []
    for line in lines:
        several = line.count("/") == 1
        for pair in [line] if several else line.split():
            a, b = pair.strip().replace("_", " ").split("/")
            found += [(a, b), (b, a)] if both else [(a, b)]
    return found


def _found(text: str, pairs: Pairs) -> list[tuple[re.Match[str], str]]:
    """Where the first of a pair stands, and the second."""
    lower = text.lower()
    return [
        (match, new)
        for old, new in pairs
        if old in lower
        for match in re.finditer(rf"(?<![\w-]){re.escape(old)}(?![\w-])", text)
    ]


def _put(text: str, start: int, end: int, new: str, label: str) -> Edit:
    """The text with other characters in place of [start, end), which are marked."""
    after = text[end:]
    if not new:
        after = after.lstrip()
    spans = ((start, start + max(len(new), 1)),) if label != "supported" else ()
    return Edit(text[:start] + new + after, label, spans)


def _by_pairs(listed: str, label: str, *, both: bool = False) -> Change:
    pairs = _pairs(listed, both=both)

    def change(text: str, _: Sequence[str], rng: random.Random) -> Edit | None:
        places = _found(text, pairs)
        if not places:
            return None
        match, new = rng.choice(places)
        return _put(text, match.start(), match.end(), new, label)

    return change


def renumbered(text: str, others: Sequence[str], rng: random.Random) -> Edit | None:
    """Another number, of the same article or a little off."""
    places = list(_NUMBER.finditer(text))
    if not places:
        return None
    match = rng.choice(places)
    year = len(match.group()) == 4 and match.group().isdigit()
    near = [n for other in others for n in _NUMBER.findall(other)]
    near = [n for n in near if n not in text and (len(n) == 4 and n.isdigit()) == year]
    new = rng.choice(near) if near and rng.random() < 0.6 else _shifted(match.group(), rng)
    return None if new in text else _put(text, match.start(), match.end(), new, "contradicted")


def _shifted(number: str, rng: random.Random) -> str:
    """A number with another digit in it."""
    digits = [n for n, c in enumerate(number) if c.isdigit()]
    place = rng.choice(digits[: 2 if len(digits) < 4 else 4] if digits[1:] else digits)
    fresh = rng.choice([d for d in "123456789" if d != number[place]])
    return number[:place] + fresh + number[place + 1 :]


def reworded_number(text: str, _: Sequence[str], rng: random.Random) -> Edit | None:
    """Another small number in words, another day or another month."""
    kinds = [list(_WORDED), _DAYS, _MONTHS]
    places = [
        (match, kind) for kind in kinds for match in re.finditer(rf"\b(?:{'|'.join(kind)})\b", text)
    ]
    if not places:
        return None
    match, kind = rng.choice(places)
    new = rng.choice([word for word in kind if word not in text])
    return _put(text, match.start(), match.end(), new, "contradicted")


def renamed(text: str, others: Sequence[str], rng: random.Random) -> Edit | None:
    """Another name of the same article."""
    places = [m for m in _NAME.finditer(text) if m.group() not in _DATES]
    names = sorted({n for other in others for n in _NAME.findall(other)} - _DATES)
    if not places:
        return None
    match = rng.choice(places)
    words = set(match.group().split())
    fresh = [n for n in names if n not in text and not words & set(n.split())]
    fresh = [n for n in fresh if abs(len(n.split()) - len(words)) <= 1]
    if not fresh:
        return None
    return _put(text, match.start(), match.end(), rng.choice(fresh), "not")


def swapped(text: str, _: Sequence[str], rng: random.Random) -> Edit | None:
    """Two names, or two numbers, in each other's place."""
    for pattern in rng.sample([_NAME, _NUMBER], 2):
        places = [m for m in pattern.finditer(text) if m.group() not in _DATES]
        if len({p.group() for p in places}) >= 2:
            a, b = sorted(rng.sample(places, 2), key=lambda m: m.start())
            if len(a.group().split()) != len(b.group().split()):
                continue
            between = text[a.end() : b.start()]
            if a.group() == b.group() or between.strip() in {"and", ",", "or", ", and"}:
                continue
            swapped_text = text[: a.start()] + b.group() + between + a.group() + text[b.end() :]
            second = a.start() + len(b.group()) + len(between)
            spans = ((a.start(), a.start() + len(b.group())), (second, second + len(a.group())))
            return Edit(swapped_text, "not", spans)
    return None


_VERB = re.compile(
    r"\b(is|was|are|were|will|would|can|could|has been|have been|had been)\b(?! not|n't)"
)
_DENIED = re.compile(r"\b(is|was|are|were|will|would|could|did|does|do|has|have|had)( not|n't)\b")


def negated(text: str, _: Sequence[str], rng: random.Random) -> Edit | None:
    """A denial taken out, or put in."""
    denied = list(_DENIED.finditer(text))
    if denied:
        match = rng.choice(denied)
        return _put(text, match.start(), match.end(), match.group(1), "contradicted")
    places = list(_VERB.finditer(text))
    if not places:
        return None
    match = rng.choice(places)
    first, *rest = match.group(1).split()
    new = " ".join([first, rng.choice(["not", "not", "never"]), *rest])
    return _put(text, match.start(), match.end(), new, "contradicted")


FAULTS: Mapping[str, Change] = {
    "number": renumbered,
    "worded": reworded_number,
    "name": renamed,
    "swap": swapped,
    "denial": negated,
    "opposite": _by_pairs(OPPOSITES, "contradicted", both=True),
    "hedge": _by_pairs(HEDGES, "absent"),
    "scope": _by_pairs(SCOPES, "absent"),
}


def faulty(text: str, others: Sequence[str], rng: random.Random) -> Edit | None:
    """The text with one fault of whichever kind fits; `others` are sentences beside it."""
    for change in rng.sample(list(FAULTS.values()), len(FAULTS)):
        made = change(text, others, rng)
        if made:
            return made
    return None


def _moved(text: str, _: Sequence[str], __: random.Random) -> Edit | None:
    """Of "In 2010, he left." makes "He left in 2010."."""
    found = re.fullmatch(r"((?:In|On|At|After|Before|During|By) [^,]{3,40}), (.{15,})\.", text)
    if not found:
        return None
    begin, rest = found.groups()
    return Edit(f"{rest[0].upper()}{rest[1:]} {begin[0].lower()}{begin[1:]}.")


def _shortened(text: str, _: Sequence[str], rng: random.Random) -> Edit | None:
    """Without a clause in brackets or commas, or a last clause."""
    cuts = [
        r" \([^)]*\)",
        r", (?:which|who|where|whose) [^,]{5,60},",
        r", (?:while|which|where|as) [^,]*(?=\.$)",
    ]
    for cut in rng.sample(cuts, len(cuts)):
        made = re.sub(cut, "", text, count=1)
        if made != text:
            return Edit(made)
    return None


def _worded(text: str, _: Sequence[str], __: random.Random) -> Edit | None:
    """Small numbers as words, or the other way round."""
    to_words = {str(n): word for word, n in _WORDED.items()}
    made = _SMALL.sub(lambda m: to_words.get(m.group()) or str(_WORDED[m.group()]), text)
    return Edit(made) if made != text else None


_said_so = _by_pairs(SAME, "supported")
TRUE: Sequence[Change] = (_moved, _shortened, _worded, _said_so, _said_so, _said_so)


def varied(text: str, rng: random.Random) -> str:
    """The text with a few edits that leave it true."""
    for change in rng.sample(TRUE, 4):
        made = change(text, (), rng)
        text = made.text if made else text
    return text
