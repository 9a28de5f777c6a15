"""The days, weeks, months and years that a text names, in words or figures, as calendar dates.

Where such words stand is found here; what they mean, `dateparser` says. A weekday alone is the
nearest one: news say `on Friday` of the last as of the next. Words of the past before it, or of the
future, decide.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Literal, get_args

from rag.text.vocabulary import DAYS, MONTHS, SHORT_MONTHS, UNITS

Precision = Literal["day", "week", "month", "year"]
EXACTEST: tuple[Precision, ...] = get_args(Precision)
"""The precisions, the most exact first."""
Side = Literal["past", "future"]

_LONG, _SHORT = ("|".join(map(str.title, names)) for names in (MONTHS, SHORT_MONTHS))
_MONTH = rf"(?:{_LONG}|(?:{_SHORT})\b\.?)"
_WEEKDAY = rf"(?:{'|'.join(day.title() for day in DAYS)})"
_NTH = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:1[89]|20)\d\d"
_MANY = rf"(?:\d{{1,3}}|an?|{'|'.join(UNITS[1:13])})"
_LEADS = r"(?:[Ii]n|[Ss]ince|[Uu]ntil|[Bb]y|[Oo]f|[Ff]rom|[Dd]uring|[Ll]ast|early|late|mid)[ -]"
_NAMED = re.compile(
    rf"""\b(?:
      (?P<iso>{_YEAR}-\d\d-\d\d)\b
    | (?:{_WEEKDAY},?\ )?
      (?P<day>{_NTH}\ (?:of\ )?{_MONTH}(?:,?\ {_YEAR}\b)?(?!\w)
        | {_MONTH}\ {_NTH}\b(?:,?\ {_YEAR}\b)?)
    | (?P<month>{_MONTH}\ {_YEAR})\b
    | {_LEADS}(?P<bare_month>{_MONTH})(?!\w|\ \d)
    | {_LEADS}(?P<year>{_YEAR})\b(?!-)
    | (?P<ago>(?i:{_MANY})\ (?P<unit>day|week|month|year)s?\ ago)\b
    | (?P<near>[Yy]esterday|[Tt]oday|[Tt]omorrow|[Tt]onight)\b
    | (?P<span>(?:[Ll]ast|[Nn]ext)\ (?P<long>week|month|year))\b
    | (?:(?P<side>[Ll]ast|[Nn]ext)\ )?(?P<weekday>{_WEEKDAY})\b
    )""",
    re.VERBOSE,
)
_AHEAD = re.compile(r"\b(?:will|would|next|upcoming|due|plans?|planned|scheduled|expected|set) ")
_BEHIND = re.compile(r"\b(?:said|says|told|was|were|had|did|began|came|went|made|\w{3,}ed)\b")


@dataclass(frozen=True, slots=True)
class StatedDate:
    """The characters `[start, end)` of a text that name a time, its first day, and how exact."""

    start: int
    end: int
    first: date
    precision: Precision

    @property
    def written(self) -> str:
        """As ISO 8601 writes it: `2025-06-09`, `2025-W24`, `2025-06` or `2025`."""
        return iso_of(self.first, self.precision)


def iso_of(first: date, precision: Precision) -> str:
    """A day, week, month or year as ISO 8601 writes it."""
    forms = {"day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m", "year": "%Y"}
    return first.strftime(forms[precision])


def stated_dates(text: str, written_on: date | None = None) -> list[StatedDate]:
    """What a text names, in its order; `written_on` is the day that `yesterday` is relative to.

    Without that day, only what names its year is found.
    """
    found = (_stated(text, match, written_on) for match in _NAMED.finditer(text))
    return [stated for stated in found if stated]


def _stated(text: str, match: re.Match[str], written_on: date | None) -> StatedDate | None:
    resolved = _absolute(match)
    if resolved is None and written_on is not None:
        resolved = _relative(match, written_on, _side(text, match))
    return resolved and StatedDate(match.start(), match.end(), *resolved)


def _absolute(match: re.Match[str]) -> tuple[date, Precision] | None:
    """What a time means that names its year."""
    if match["year"]:
        return date(int(match["year"]), 1, 1), "year"
    told = match["iso"] or match["day"] or match["month"]
    if not told or not re.search(_YEAR, told):
        return None
    return _first(_parsed(told, date(2000, 1, 1), "past"), "month" if match["month"] else "day")


def _relative(
    match: re.Match[str], written_on: date, side: Side | None
) -> tuple[date, Precision] | None:
    """What a time means that leaves its year, or more, to the day it was written on."""
    if match["weekday"]:
        return _weekday(match["weekday"], written_on, side), "day"
    if match["span"]:
        return _span(match["span"].lower(), match["long"], written_on)
    unit: Any = match["unit"] or ("month" if match["bare_month"] else "day")
    told = match["bare_month"] or match["day"] or match["ago"] or match["near"]
    return _first(_parsed(told.replace("onight", "oday"), written_on, side or "past"), unit)


def _side(text: str, match: re.Match[str]) -> Side | None:
    """Whether the words before a time speak of what was or what will be."""
    if match["side"]:
        return "past" if match["side"].lower() == "last" else "future"
    before = text[max(0, match.start() - 120) : match.start()]
    ahead = max((m.start() for m in _AHEAD.finditer(before)), default=-1)
    behind = max((m.start() for m in _BEHIND.finditer(before)), default=-1)
    if ahead == behind:
        return None
    return "future" if ahead > behind else "past"


def _weekday(name: str, written_on: date, side: Side | None) -> date:
    """The day of that name: the nearest, or the nearest of one side; that day itself is both."""
    ahead = (DAYS.index(name.lower()) - written_on.weekday()) % 7
    if side == "past" or (side is None and ahead > 3):
        ahead = ahead - 7 if ahead else 0
    return written_on + timedelta(days=ahead)


def _span(told: str, unit: str, written_on: date) -> tuple[date, Precision]:
    side, _ = told.split()
    away = -1 if side == "last" else 1
    if unit == "week":
        return written_on + timedelta(days=7 * away - written_on.weekday()), "week"
    if unit == "year":
        return date(written_on.year + away, 1, 1), "year"
    months = 12 * written_on.year + written_on.month - 1 + away
    return date(months // 12, months % 12 + 1, 1), "month"


def _first(day: date | None, precision: Precision) -> tuple[date, Precision] | None:
    """The first day of the week, month or year that a day is in."""
    if day is None:
        return None
    if precision == "week":
        return day - timedelta(days=day.weekday()), precision
    if precision == "month":
        return day.replace(day=1), precision
    return (day.replace(month=1, day=1) if precision == "year" else day), precision


@lru_cache(10_000)
def _parsed(told: str, base: date, side: Side) -> date | None:
    """The day that words name, seen from another."""
    import dateparser

    settings = {
        "RELATIVE_BASE": datetime.combine(base, time(12)),
        "PREFER_DATES_FROM": side,
        "PREFER_DAY_OF_MONTH": "first",
    }
    found: datetime | None = dateparser.parse(told, languages=["en"], settings=settings)
    return found and found.date()
