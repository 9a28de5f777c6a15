"""What may be asked: a question, the day it is asked as of, and filters, checked once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from rag.errors import InputError
from vectorstore.records import Filters

FILTER_NAMES = ("source", "article", "since", "until")


@dataclass(frozen=True, slots=True)
class Query:
    """A question made ready: its filters, and the moment it is asked as of, in seconds of UTC."""

    question: str
    filters: Filters
    as_of: float | None = None

    @classmethod
    def parse(
        cls,
        question: str,
        as_of: date | str | None = None,
        filters: Mapping[str, Any] | None = None,
    ) -> "Query":
        """Check what was asked. Raises `InputError` naming the value that means nothing."""
        moment = _last_moment("as_of", as_of) if as_of else None
        return cls(printable_line(question), _filters(filters or {}, moment), moment)


def printable_line(question: str) -> str:
    """The question on one line, without control characters."""
    printable = (c if c.isprintable() else " " for c in question)
    return " ".join("".join(printable).split())


def _filters(filters: Mapping[str, Any], as_of: float | None) -> Filters:
    for name in filters:
        if name not in FILTER_NAMES:
            raise InputError(f"There is no filter {name!r}. Known: {', '.join(FILTER_NAMES)}.")
    until = _last_moment("until", filters["until"]) if filters.get("until") else None
    bounds = [bound for bound in (until, as_of) if bound is not None]
    return Filters(
        since=_first_moment("since", filters["since"]) if filters.get("since") else None,
        until=min(bounds, default=None),
        sources=_names(filters.get("source")),
        articles=_names(filters.get("article")),
    )


def _names(value: str | Iterable[str] | None) -> frozenset[str] | None:
    if value is None:
        return None
    return frozenset([value] if isinstance(value, str) else value)


def _first_moment(name: str, value: date | str) -> float:
    day = _moment(name, value)
    start = day if isinstance(day, datetime) else datetime.combine(day, time.min)
    return _utc(start).timestamp()


def _last_moment(name: str, value: date | str) -> float:
    day = _moment(name, value)
    end = day if isinstance(day, datetime) else datetime.combine(day, time.max)
    return _utc(end).timestamp()


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _moment(name: str, value: date | str) -> date:
    """A date, or a `datetime` (which is a date) when the value says the time of day."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        pass
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise InputError(f"{name} is {value!r}; write a date such as 2025-08-14.") from error
