"""Two articles that answer differently, and two that only say it otherwise."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import Article, Chatbot, Settings

PAIRS = {
    "year": (
        "The castle at Orm was finished in 1204 by its first lord.",
        "Work on the castle at Orm was finished in 1211, after a fire.",
    ),
    "name": (
        "The lighthouse at Skerry was designed by Ida Holm.",
        "The lighthouse at Skerry was designed by Per Lund.",
    ),
    "day": (
        "The tram line to Vesk was opened on 3 May 2024 with a parade.",
        "The tram line to Vesk was opened on May 3, the town says.",
    ),
    "weekday": (
        "The mayor of Lum resigned on Thursday.",
        "The mayor of Lum resigned in September, after a vote.",
    ),
    "unit": (
        "The theatre at Malm sold 4,100 tickets, the manager said.",
        "The theatre at Malm sold tickets for $82,000, the manager said.",
    ),
}


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chatbot]:
    with Chatbot.open(tmp_path_factory.mktemp("differing") / "store", Settings()) as bot:
        for name, pair in PAIRS.items():
            bot.add([Article(f"{name}-{n}", f"Paper {n}", text) for n, text in enumerate(pair)])
        yield bot


@pytest.mark.parametrize(
    ("question", "spans"),
    [
        ("When was the castle at Orm finished?", {"1204", "1211"}),
        ("Who designed the lighthouse at Skerry?", {"Ida Holm", "Per Lund"}),
    ],
)
def test_both_sides_are_cited(bot: Chatbot, question: str, spans: set[str]) -> None:
    answer = bot.ask(question)
    assert {span.quote for span in answer.differing} == spans
    for span in answer.differing:
        [cited] = [c for c in answer.citations if c.number == span.number]
        assert cited.article.id == span.article.id
        assert cited.start <= span.start < span.end <= cited.end


@pytest.mark.parametrize(
    "question",
    [
        "When was the tram line to Vesk opened?",
        "When did the mayor of Lum resign?",
        "How many tickets did Malm sell?",
    ],
)
def test_what_is_only_said_otherwise_is_no_difference(bot: Chatbot, question: str) -> None:
    assert bot.ask(question).differing == ()


def test_two_articles_are_enough_to_differ(tmp_path: Path) -> None:
    pair = PAIRS["year"]
    with Chatbot.open(tmp_path / "store", Settings()) as bot:
        bot.add([Article(f"castle-{n}", f"Paper {n}", text) for n, text in enumerate(pair)])
        answer = bot.ask("When was the castle at Orm finished?")
    assert {span.quote for span in answer.differing} == {"1204", "1211"}
