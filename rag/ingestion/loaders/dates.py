"""The many ways to write a date, as ISO 8601."""

from datetime import datetime

_ZONES = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
# Two moments that differ in every part: what a text does not say is filled in differently.
_FILLINGS = datetime(2001, 1, 1, 1, 1), datetime(2002, 2, 2, 2, 2)


def iso_date(written: str) -> str | None:
    """`written` as an ISO 8601 date, or date and time where it gives one; None if it is neither.

    A day must be given whole: `March 2022` is none. `3/4/2022` is the fourth of March.
    """
    return _iso(written) or _free(written)


def _iso(written: str) -> str | None:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment.isoformat() if ":" in written or "T" in written else moment.date().isoformat()


def _free(written: str) -> str | None:
    from dateutil.parser import ParserError, parse

    zones = {name: hours * 3600 for name, hours in _ZONES.items()}
    try:
        one, other = (parse(written, default=fill, tzinfos=zones) for fill in _FILLINGS)
    except (ParserError, OverflowError, ValueError):
        return None
    if one.date() != other.date():
        return None
    return one.isoformat() if one.time() == other.time() else one.date().isoformat()
