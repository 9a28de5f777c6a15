"""Timelines and briefings: what many articles say together."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import Article, Chatbot, Settings, brief_json, timeline_json


def _news(id: str, day: str, source: str, text: str) -> Article:
    return Article(id, text.split(".", maxsplit=1)[0], text, source, None, None, day)


ARTICLES = [
    _news(
        "strike",
        "2025-03-05",
        "Herald",
        "Ferry crews in Elmford will strike on Friday, their union said. "
        "The union last called a ferry strike in 2019.",
    ),
    _news(
        "begun",
        "2025-03-08",
        "Gazette",
        "Ferry crews in Elmford began a strike on Friday. About 300 passengers were stranded.",
    ),
    _news(
        "ended",
        "2025-03-12",
        "Herald",
        "The ferry strike in Elmford ended on Tuesday after the owners agreed to raise pay.",
    ),
    _news(
        "whales",
        "2025-03-10",
        "Gazette",
        "Whales have been seen off the coast of Norway for the first time in a decade, "
        "marine biologists said.",
    ),
]


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chatbot]:
    with Chatbot.open(tmp_path_factory.mktemp("overviews") / "store", Settings()) as bot:
        bot.add(ARTICLES)
        yield bot


def test_a_timeline_tells_what_happened_in_its_order(news: Chatbot) -> None:
    told = news.timeline("the ferry strike in Elmford")
    assert [(event.when, event.stated, event.citation.article.id) for event in told.events] == [
        ("2019", True, "strike"),
        ("2025-03-07", True, "begun"),
        ("2025-03-11", True, "ended"),
    ]


def test_what_two_articles_say_of_one_day_stands_once(news: Chatbot) -> None:
    friday = news.timeline("the ferry strike in Elmford").events[1]
    assert (friday.reports, [c.article.id for c in friday.also]) == (2, ["strike"])


def test_a_timeline_cites_exactly_and_numbers_each_once(news: Chatbot) -> None:
    cited = news.timeline("the ferry strike in Elmford").citations
    assert [c.number for c in cited] == list(range(1, len(cited) + 1))
    assert all(c.article.text[c.start : c.end] == c.quote for c in cited)


def test_a_timeline_keeps_to_its_day(news: Chatbot) -> None:
    told = news.timeline("the ferry strike in Elmford", as_of="2025-03-06")
    assert {c.article.id for c in told.citations} == {"strike"}


def test_a_timeline_of_nothing_is_empty(news: Chatbot) -> None:
    assert news.timeline("quarterly results of steel makers").events == ()


def test_a_briefing_has_one_event_for_what_articles_share(news: Chatbot) -> None:
    told = news.brief()
    groups = [{article.id for article in event.articles} for event in told.events]
    assert groups == [{"strike", "begun", "ended"}, {"whales"}]
    assert (told.articles, told.since, told.until) == (4, "2025-03-05", "2025-03-12")


def test_a_briefing_names_who_reports(news: Chatbot) -> None:
    assert set(news.brief().events[0].sources) == {"Herald", "Gazette"}


def test_a_briefing_begins_at_a_day(news: Chatbot) -> None:
    told = news.brief(since="2025-03-10")
    assert {a.id for event in told.events for a in event.articles} == {"ended", "whales"}


def test_a_briefing_on_a_topic_cites_what_is_about_it_first(news: Chatbot) -> None:
    event = news.brief("whales").events[0]
    assert event.citation.article.text[event.citation.start : event.citation.end] in event.text


def test_a_briefing_counts_a_report_in_two_papers_once(tmp_path: Path) -> None:
    report = (
        "A barge with forty cars on board ran aground off Elmford on Sunday night. Its crew of six "
        "was brought ashore by a lifeboat, and none of them was hurt. The harbour master, Ines "
        "Vogt, said that the barge had lost its rudder in the storm and had been driven onto the "
        "sandbank before a tug could reach it. She expects it to be afloat again by Thursday, when "
        "the tide is highest, and has closed the channel to all ships until then."
    )
    other = "The barge that ran aground off Elmford on Sunday lost its rudder in the storm."
    with Chatbot.open(tmp_path / "store", Settings()) as bot:
        bot.add(
            [
                _news("first", "2025-04-07", "Agency", report),
                _news("copy", "2025-04-07", "Herald", f"Barge runs aground. {report}"),
                _news("other", "2025-04-08", "Gazette", other),
            ]
        )
        told = bot.brief()
    (event,) = told.events
    assert (told.articles, len(event.articles), event.reports) == (3, 3, 2)
    assert [one["reports"] for one in brief_json(told)["events"]] == [2]


def test_both_print_as_json(news: Chatbot) -> None:
    told, summed = timeline_json(news.timeline("the ferry strike")), brief_json(news.brief())
    assert list(told) == ["question", "events", "citations", "elapsed_ms"]
    assert list(summed) == [
        "topic",
        "since",
        "until",
        "articles",
        "events",
        "citations",
        "elapsed_ms",
    ]
    assert json.loads(json.dumps([told, summed])) == [told, summed]


@pytest.mark.parametrize("command", [["timeline", "the summit"], ["brief"]])
def test_the_commands_print_one_document(command: list[str], tmp_path: Path, seeds: Path) -> None:
    footnote = [sys.executable, "-m", "ui.cli.app"]
    store = ["--store", str(tmp_path / "store")]
    subprocess.run([*footnote, "add", str(seeds), *store], check=True, capture_output=True)
    done = subprocess.run(
        [*footnote, *command, "--json", *store], check=True, capture_output=True, text=True
    )
    assert json.loads(done.stdout)["citations"]
