"""The times that a text names."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.dates import stated_dates

THURSDAY = date(2025, 8, 14)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Leaders on Wednesday urged him not to agree.", ["2025-08-13"]),
        ("She travels to meet him on Friday for talks.", ["2025-08-15"]),
        ("Two sources said he resigned on Friday.", ["2025-08-08"]),
        ("They will meet on Monday.", ["2025-08-18"]),
        (
            "The vote was held last Tuesday and the next is next Tuesday.",
            ["2025-08-12", "2025-08-19"],
        ),
        ("It was signed on 9 June 2023 and ended in March.", ["2023-06-09", "2025-03"]),
        ("It was taken on Tuesday, May 9, 2023.", ["2023-05-09"]),
        ("A handshake from June 28, 2019.", ["2019-06-28"]),
        ("On Sept. 3 the court ruled.", ["2024-09-03"]),
        ("Nothing since 2007, or mid-2008.", ["2007", "2008"]),
        ("Last week it fell; last month it rose.", ["2025-W32", "2025-07"]),
        ("Two weeks ago it was flat, two days ago not.", ["2025-W31", "2025-08-12"]),
        ("They fled yesterday and return tomorrow.", ["2025-08-13", "2025-08-15"]),
        ("It may march on; 2020 people, 1,984 of them, said so.", []),
        ("The file of 2025-06-09 is lost.", ["2025-06-09"]),
    ],
)
def test_times_are_told_from_the_day_of_the_article(text: str, written: list[str]) -> None:
    assert [stated.written for stated in stated_dates(text, THURSDAY)] == written


def test_without_a_day_only_what_names_its_year_is_known() -> None:
    text = "On Friday, on 9 June, in May 2024 and on 3 May 2025."
    assert [stated.written for stated in stated_dates(text)] == ["2024-05", "2025-05-03"]


@given(st.text(alphabet=st.sampled_from("0129 -.,JuneMayFriday agolst"), max_size=60))
def test_whatever_is_found_stands_in_the_text_in_order(text: str) -> None:
    spans = [(stated.start, stated.end) for stated in stated_dates(text, THURSDAY)]
    starts = [start for start, _ in spans]
    assert starts == sorted(starts)
    assert all(0 <= start < end <= len(text) for start, end in spans)
