from collections.abc import Iterator

import pytest

from rag import Article, Chatbot, Settings
from rag.answering.abstention import NO_QUESTION, reason
from rag.answering.context import with_context
from rag.answering.question_types import kind_of

WIRE = (
    "A freight train left the rails near Halle on Tuesday night. "
    "Eleven wagons overturned and the line is closed until Friday. "
    "The driver, Jana Petersen, was not hurt."
)
DAMS = [
    Article(
        "old",
        "Dam in figures",
        "The dam at Ost holds 40 million litres.",
        published_at="2020-01-02",
    ),
    Article(
        "new", "Dam enlarged", "The dam at Ost holds 55 million litres.", published_at="2024-03-04"
    ),
]


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chatbot]:
    """Five copies of one report, and two articles that differ."""
    copies = [Article(f"wire-{n}", "Train derails", WIRE, source=f"Paper {n}") for n in range(5)]
    with Chatbot.open(tmp_path_factory.mktemp("news") / "store", Settings()) as bot:
        bot.add([*copies, *DAMS])
        yield bot


def test_five_copies_are_one_voice(news: Chatbot) -> None:
    answer = news.ask("Who drove the train that derailed near Halle?")
    said = [statement.text for statement in answer.statements]
    assert said[0] == "The driver, Jana Petersen, was not hurt."
    assert len(set(said)) == len(said)


def test_the_short_answer_lies_inside_its_citation(news: Chatbot) -> None:
    answer = news.ask("How many wagons overturned?")
    assert answer.short is not None
    assert answer.short.quote == "Eleven"
    cited = answer.citations[0]
    assert cited.number == answer.short.number
    assert cited.start <= answer.short.start < answer.short.end <= cited.end


def test_articles_that_differ_are_both_shown_with_their_dates(news: Chatbot) -> None:
    answer = news.ask("How many litres does the dam at Ost hold?")
    assert {c.article.id for c in answer.citations} == {"old", "new"}
    [note] = answer.notes
    assert "40 million" in note
    assert "55 million" in note
    assert "2020-01-02" in note
    assert "2024-03-04" in note


def test_as_of_settles_what_differs(news: Chatbot) -> None:
    answer = news.ask("How many litres does the dam at Ost hold?", as_of="2020-02-01")
    assert [c.article.id for c in answer.citations] == ["old"]
    assert answer.notes == ()


def test_a_refusal_names_who_is_not_mentioned(news: Chatbot) -> None:
    answer = news.ask("How old is Xi Jinping?")
    assert answer.refused
    assert answer.reason == "No passage found mentions Xi Jinping."


def test_confidence_is_a_probability(news: Chatbot) -> None:
    for question in ("Who drove the train?", "How old is Xi Jinping?", "", "why"):
        assert 0 <= news.ask(question).confidence <= 1


@pytest.mark.parametrize(
    ("text", "sentence", "expected"),
    [
        ("Anna Berg resigned. She cited her health.", "She cited", "Anna Berg resigned. She cited"),
        ("Anna Berg resigned. Her party lost.", "Anna Berg", "Anna Berg"),
        ("Anna Berg resigned.\nShe cited her health.", "She cited", "She cited"),
        ("“It is over,” he said.", "“It is", "“It is"),
    ],
)
def test_a_sentence_that_leans_takes_the_one_before(
    text: str, sentence: str, expected: str
) -> None:
    start = text.index(sentence)
    end = text.index(".", start) + 1
    begin, finish = with_context(Article("a", "T", text), start, end)
    assert text[begin:finish].startswith(expected)
    assert finish == end


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who won?", "who"),
        ("When did it start?", "when"),
        ("In which year was it built?", "when"),
        ("Where is it?", "where"),
        ("How many were hurt?", "count"),
        ("How much does it cost?", "count"),
        ("Why did he go?", "why"),
        ("How does it work?", "how"),
        ("Is it closed?", "whether"),
        ("What are the conditions?", "several"),
        ("What happened to the bridge?", "event"),
        ("Which river floods?", "which"),
    ],
)
def test_the_kind_of_a_question(question: str, kind: str) -> None:
    assert kind_of(question) == kind


def test_a_greeting_is_no_question() -> None:
    assert reason("And what is it?", ()) == NO_QUESTION
