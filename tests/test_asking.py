from datetime import UTC, date, datetime

import pytest

from rag.errors import InputError
from rag.retrieval.query import Query
from vectorstore.records import Filters


def seconds(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0
) -> float:
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp()


def test_a_day_counts_to_its_end() -> None:
    query = Query.parse("Who?", as_of="2025-08-14")
    assert query.as_of is not None
    assert seconds(2025, 8, 14, 23, 59, 59) <= query.as_of < seconds(2025, 8, 15)
    assert query.filters == Filters(until=query.as_of)


def test_a_date_and_its_iso_string_are_the_same() -> None:
    assert Query.parse("Who?", date(2025, 8, 14)) == Query.parse("Who?", "2025-08-14")


def test_a_time_counts_to_the_second() -> None:
    assert Query.parse("Who?", "2025-08-14T12:00:00+02:00").as_of == seconds(2025, 8, 14, 10)


def test_filters_make_the_scope() -> None:
    filters = {"source": "CNBC", "article": ["a", "b"], "since": "2025-01-01"}
    assert Query.parse("Who?", filters=filters).filters == Filters(
        since=seconds(2025, 1, 1), sources=frozenset({"CNBC"}), articles=frozenset({"a", "b"})
    )


def test_the_earlier_bound_holds() -> None:
    filters = Query.parse("Who?", "2025-08-14", {"until": "2025-08-01T00:00:00"}).filters
    assert filters.until == seconds(2025, 8, 1)


def test_control_characters_and_line_ends_become_spaces() -> None:
    assert Query.parse("Who\x00 is\n\tit?\u202e").question == "Who is it?"


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"as_of": "soon"}, "'soon'"),
        ({"filters": {"until": "2025-13-01"}}, "'2025-13-01'"),
        ({"filters": {"colour": "red"}}, "'colour'"),
    ],
)
def test_what_means_nothing_is_named(options: dict[str, object], named: str) -> None:
    with pytest.raises(InputError, match=named):
        Query.parse("Who?", **options)  # type: ignore[arg-type]
