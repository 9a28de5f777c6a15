"""What a sentence commits itself to: its words, numbers, names, negations and quotations."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.sentences import sentence_spans


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_UNITS = _listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
)
_TENS = _listed("twenty thirty forty fifty sixty seventy eighty ninety")
_ORDINALS = _listed(
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
)
NUMBER_WORDS = (
    {word: value for value, word in enumerate(_UNITS)}
    | {word: 10 * value for value, word in enumerate(_TENS, start=2)}
    | {word: value for value, word in enumerate(_ORDINALS)}
    | {"dozen": 12, "once": 1, "twice": 2, "thrice": 3, "both": 2, "pair": 2, "half": 50}
)
_SCALES = {
    "hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000,
    "trillion": 1_000_000_000_000, "k": 1_000, "m": 1_000_000, "mn": 1_000_000,
    "bn": 1_000_000_000, "b": 1_000_000_000, "tn": 1_000_000_000_000,
}  # fmt: skip
# In a claim these are seldom counts: `one of them`, `at first`, `a second`, `both`.
_LOOSE = {"zero", "one", "first", "second", "once", "both", "pair", "half"}

_MONTHS = _listed(
    "january february march april may june july august september october november december"
)
_SHORT_MONTHS = {month[:3]: month for month in _MONTHS} | {"sept": "september"}
_DAYS = _listed("monday tuesday wednesday thursday friday saturday sunday")

NEGATIONS = frozenset(
    _listed("not no never none nobody nothing neither nor without cannot nowhere hardly barely")
)
_DENIALS = NEGATIONS | set(_listed("fail failed fails refused refuses unable lacks lacked denied"))
UNIVERSALS = frozenset(_listed("all every always only none never entire exclusively solely"))
HEDGES = frozenset(
    _listed(
        "about around approximately roughly nearly almost over under some more less least most up"
    )
)
FRAME = frozenset(
    _listed(
        "a about above after again all also although am an and any are as at be because been"
        " before being below between both but by can could did do does doing down during each"
        " either few for from further had has have having he her here hers him his how however i"
        " if in into is it its itself just many may me might more most much must my neither no"
        " nor not now of off on once one only onto or other our out over own per said same say"
        " says several shall she should since so some such than that the their them then there"
        " these they this those through thus to too under until up upon us very was we were what"
        " when where whether which while who whom whose why will with within without would yet"
        " you your"
    )
)

_NO_NAMES = FRAME.union(_MONTHS, _DAYS, _SHORT_MONTHS)

_WORD = re.compile(r"[^\W_]+(?:['’.&-][^\W_]+)*", re.UNICODE)
_DIGITS = re.compile(
    r"(?<![\w.])(?P<sign>[$€£¥])?(?P<value>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<tail>(?:st|nd|rd|th|s|k|m|bn|b|mn|tn)?\b)?",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[“\"]([^“”\"]{3,})[”\"]")
_SUBJECT_OF = re.compile(
    r"['’]?s? (?:[A-Z]|(?:is|was|has|had|does|did|will|said|says|won|became)\b)"
)
_PERCENT = re.compile(r"(?:%|percent\b|per cent\b)")
_COMMON_ENDINGS = ("ly", "ing", "ed", "s", "tion", "ment", "ness", "ive", "ous", "ful", "able")
_OPENERS = frozenset(
    _listed(
        "according another based consequently despite due everyone first furthermore given however"
        " instead last moreover nevertheless nobody otherwise overall part people second since"
        " someone somebody still that therefore third today tomorrow until yesterday yes yet"
    )
)
_LEFT_OUT = re.compile(r"\[?(?:\.\s?\.\s?\.|…)\]?|\[[^\]]*\]")
_SUFFIXES = re.compile(r"(?:'s|’s|ies|ing|edly|ed|es|ly|ers|er|ors|or|ions|ion|s|e|y)$")


# Opposites, one side and the other: said of one thing, they cannot both be true.
_OPPOSITES = (
    ("increase increased rise rose risen grow grew gain gained", "decrease decreased fall fell"
     " fallen shrink shrank drop dropped decline declined"),
    ("win won winner victory", "lose lost loser defeat defeated"),
    ("approve approved accept accepted", "reject rejected refuse refused"),
    ("support supported backed", "oppose opposed"),
    ("guilty convicted", "innocent acquitted"),
    ("best most highest largest biggest more higher", "worst least lowest smallest less lower"),
    ("legal allowed", "illegal banned"),
    ("buy bought", "sell sold"),
)  # fmt: skip


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
    return [_SHORT_MONTHS.get(word, word) for word in map(_undotted, found)]


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
            scaled = any(token in _SCALES for token in tokens[at + 1 : at + width])
            percent = _PERCENT.match(" ".join(tokens[at + width : at + width + 2])) is not None
            written = " ".join(tokens[at : at + width]) + (" percent" if percent else "")
            found.append(Number(value, not (hedged or scaled), percent, written))
        at += width
    return found


def firm_numbers(text: str) -> list[Number]:
    """The numbers a claim can be held to: without `one`, `first`, `both` and the like."""
    return [number for number in numbers(text) if number.written not in _LOOSE]


def _number(tokens: list[str], at: int) -> tuple[float | None, int]:
    """The number that begins at a token, and how many tokens it takes (one where there is none)."""
    value = _digits(tokens[at])
    width = 1
    if value is None:
        if tokens[at] not in NUMBER_WORDS:
            return None, 1
        value = float(NUMBER_WORDS[tokens[at]])
        if tokens[at] in _TENS and at + 1 < len(tokens):
            unit = NUMBER_WORDS.get(tokens[at + 1], 0)
            if 0 < unit < 10:
                value, width = value + unit, 2
    while at + width < len(tokens) and len(tokens[at + width]) > 1:
        scale = _SCALES.get(tokens[at + width])
        if scale is None:
            break
        value, width = value * scale, width + 1
    return value, width


def _digits(token: str) -> float | None:
    match = re.fullmatch(r"[$€£¥]?(\d[\d,]*(?:\.\d+)?)([a-z]*)", token)
    if match is None:
        return None
    value = float(match[1].replace(",", ""))
    return value * _SCALES.get(match[2], 1)


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
        common = word in _NO_NAMES and not match[0].isupper()
        common = common or (match.start() in first and not _is_subject(text, match))
        if match[0][0].isupper() and len(word) > 1 and not common:
            found[word] = None
    return list(found)


def _is_subject(text: str, first: re.Match[str]) -> bool:
    """Whether a sentence's first word is a name: another follows, or a singular verb does."""
    word = fold(first[0])
    if word in NUMBER_WORDS or word in _OPENERS or word.endswith(_COMMON_ENDINGS):
        return False
    return bool(_SUBJECT_OF.match(text, first.end()))


def months(text: str) -> set[str]:
    """The months and days of the week a text names (`may` only with a capital)."""
    named = {word for word in words(text) if word in _MONTHS or word in _DAYS}
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
        if (word in _DENIALS or word.endswith("n't")) and told[at + 1 : at + 2] != ["only"]:
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
    for one, another in _OPPOSITES:
        for side, contrary in ((_listed(one), _listed(another)), (_listed(another), _listed(one))):
            said = [word for word in mine if word in side]
            if said and theirs.isdisjoint(side) and not theirs.isdisjoint(contrary):
                return said[0]
    return None
