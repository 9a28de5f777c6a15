"""The made-up news, the figures taken over it, and what is said of them."""

import json
import sys
from collections import Counter
from dataclasses import asdict, replace
from datetime import date
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from evals.speed.figures import Bench, Figure, Level
from evals.speed.generator import DAYS, FIRST_DAY, SOURCES, Question, news, one
from evals.speed.machine import BenchError, Machine, run_apart
from evals.speed.measuring import bench
from evals.speed.report import plot, show, to_json
from rag import Article

FIGURES = (
    Figure("adding", "articles/s", 12.345, 10.0, 20.0, 3, 6.0),
    Figure("retrieve, p50", "ms", 4.0, 3.0, 5.0, 3, 8.0),
    Figure("ask, p50", "ms", 1234.5, 900.0, 2000.0, 3, 1500.0),
    Figure("disk", "MiB", 3.25, 3.25, 3.25, 1),
)
HERE = Machine("Some CPU", 2, 24.0, "Linux", {"python": "3.11"}, 0.5, "2026-01-01T00:00:00+00:00")
SMALL = Bench(HERE, 0, (Level(1000, 180, FIGURES),))
numbers = st.integers(0, 100_000)


def test_an_article_is_the_same_everywhere() -> None:
    article, question = one(5)
    first = (
        "The Wenorvamouth festival was opened by Elena Kelekiley on 9 December 2023, 2 days late "
        "and without the road. "
    )
    assert replace(article, text=article.text[: len(first)]) == Article(
        id="news-0-5",
        title="Elena Kelekiley opens Wenorvamouth festival without the road",
        text=first,
        source="Larkfield Courier",
        published_at="2024-11-06",
    )
    assert question == Question(
        "When was the Wenorvamouth festival opened?",
        "news-0-5",
        "Larkfield Courier",
        date(2024, 11, 6),
    )


@given(numbers, st.integers(0, 5))
def test_an_article_has_all_that_is_filtered_by(number: int, seed: int) -> None:
    article, question = one(number, seed=seed)
    assert article.id == question.article_id == f"news-{seed}-{number}"
    assert article.source in SOURCES
    assert article.source == question.source
    assert article.day == question.day
    assert 0 <= (question.day - FIRST_DAY).days < DAYS


@given(numbers)
def test_every_slot_is_filled(number: int) -> None:
    article, question = one(number)
    assert not {"{", "}"} & set(article.title + article.text + question.text)


def test_more_news_begins_as_less_does() -> None:
    less, more = news(40), news(100)
    assert more[: len(less)] == less


def test_another_seed_is_other_news() -> None:
    assert one(0, seed=0).article.text != one(0, seed=1).article.text


def test_few_words_are_common_and_many_rare() -> None:
    counts = Counter(word for item in news(300) for word in item.article.text.lower().split())
    assert counts.most_common(1)[0][1] > counts.total() / 20
    assert sum(count == 1 for count in counts.values()) > len(counts) / 3


def test_a_figure_is_the_median_of_its_repeats() -> None:
    assert Figure.of("disk", "MiB", [4, 1, 2]) == Figure("disk", "MiB", 2.0, 1.0, 4.0, 3)


def test_a_time_is_kept_by_the_clock_and_by_the_processor() -> None:
    repeats = [(5.0, 8.0), (1.0, 2.0), (2.0, 3.0)]
    assert Figure.of("ask", "ms", repeats) == Figure("ask", "ms", 2.0, 1.0, 5.0, 3, 3.0)


def test_the_table_has_every_figure() -> None:
    console = Console(file=StringIO(), width=120)
    show(SMALL, console=console)
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert [" ".join(line.split()) for line in lines] == [
        "1,000 passages in 180 articles median least to most repeats processor time",
        "adding articles/s 12.3 10 to 20 3 6",
        "retrieve, p50 ms 4 3 to 5 3 8",
        "ask, p50 ms 1,234 900 to 2,000 3 1,500",
        "disk MiB 3.25 1",
        "",
        "2 cores of Some CPU, 24 GiB, Linux, Python 3.11, load 0.5",
    ]


def test_json_has_everything() -> None:
    assert json.loads(to_json(SMALL)) == json.loads(json.dumps(asdict(SMALL)))


def test_the_plot_has_a_mark_for_every_time() -> None:
    both = replace(SMALL, levels=(*SMALL.levels, Level(10_000, 1800, FIGURES)))
    drawn = ElementTree.fromstring(plot(both))
    titles = [title.text for title in drawn.iter("{http://www.w3.org/2000/svg}title")]
    assert titles == ["4 ms", "1,234 ms"] * 2


def test_a_process_of_its_own_is_measured() -> None:
    run = run_apart([sys.executable, "-c", "bytearray(50_000_000)"])
    assert run.peak > 50_000_000


def test_the_memory_of_the_one_who_measures_does_not_count() -> None:
    held = b"x" * 100_000_000
    assert run_apart([sys.executable, "-c", "pass"]).peak < len(held)


def test_a_failing_command_is_named_with_what_it_said() -> None:
    with pytest.raises(BenchError, match="failed: no such luck"):
        run_apart([sys.executable, "-c", "raise SystemExit('no such luck')"])


def test_a_small_store_is_measured_whole(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(root))
    done = bench([12], repeats=1, footnote=[sys.executable, "-m", "ui.cli.app"])
    (level,) = done.levels
    assert level.articles == len(news(12))
    assert [figure.name for figure in level.figures] == [
        "adding",
        "adding",
        "the encoder alone",
        "adding, of the encoder's pace",
        "embedding, of adding's time",
        *(
            f"{way}, p{share}"
            for way in (
                "retrieve",
                "retrieve as of a day",
                "retrieve from a source",
                "retrieve from two months",
                "ask",
            )
            for share in (50, 95)
        ),
        "add one article",
        "ask right after",
        "it is found",
        "footnote ask, a new process",
        "its memory at most",
        "disk",
    ]
    found = next(figure for figure in level.figures if figure.name == "it is found")
    assert found.median == 100.0
