"""How many articles there are of each day, as a small picture."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from markupsafe import Markup

from ui.web.render.html import el
from ui.wording import counted

_MOST_BARS = 60
_WIDTH, _GAP, _HEIGHT = 10, 2, 48


class Bar(NamedTuple):
    """So many articles from a day to another, both included."""

    first: date
    last: date
    articles: int

    def __str__(self) -> str:
        days = " to ".join(dict.fromkeys((self.first.isoformat(), self.last.isoformat())))
        return f"{days}: {counted(self.articles, 'article')}"


def bars(days: Mapping[str, int]) -> list[Bar]:
    """The days, an ISO date each, in bars of equally many that are at most `_MOST_BARS`."""
    counts = {date.fromisoformat(day).toordinal(): count for day, count in days.items()}
    if not counts:
        return []
    first, last = min(counts), max(counts)
    width = -(-(last - first + 1) // _MOST_BARS)
    sums = [0] * ((last - first) // width + 1)
    for day, count in counts.items():
        sums[(day - first) // width] += count
    starts = (date.fromordinal(first + number * width) for number in range(len(sums)))
    span = timedelta(days=width - 1)
    return [Bar(start, start + span, count) for start, count in zip(starts, sums, strict=True)]


def days_html(days: Mapping[str, int]) -> Markup | None:
    """The picture; None where all are of one day."""
    drawn = bars(days)
    if len(drawn) < 2:
        return None
    width = len(drawn) * _WIDTH - _GAP
    told = f"Articles by day, from {next(iter(days))} to {list(days)[-1]}"
    return el(
        "svg",
        *_columns(drawn),
        viewbox=f"0 0 {width} {_HEIGHT}",
        preserveaspectratio="none",
        role="img",
        aria_label=told,
        class_="days",
    )


def _columns(drawn: Sequence[Bar]) -> Iterator[Markup]:
    most = max(bar.articles for bar in drawn)
    for number, bar in enumerate(drawn):
        # What there is at all is to be seen.
        height = max(2, round(_HEIGHT * bar.articles / most)) if bar.articles else 0
        yield el(
            "rect",
            el("title", str(bar)),
            x=number * _WIDTH,
            y=_HEIGHT - height,
            width=_WIDTH - _GAP,
            height=height,
        )
