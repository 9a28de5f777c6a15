import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.citations.groundedness import NOT_SAID, NOTHING_CITED, Verdict, check
from rag.models.encoder import Encoder
from rag.text.names import names
from rag.text.negation import denied
from rag.text.numbers import numbers
from rag.text.words import stem

BUDGET = (
    "Finance Minister Anton Siluanov said on Friday, 3 March, that the deficit would reach 1.2 "
    "trillion roubles, about 2.5 percent of output."
)
TALKS = "The two sides did not reach an agreement, and most delegates left Geneva."


@pytest.mark.parametrize(
    "statement",
    [
        "Anton Siluanov is the finance minister.",
        "Siluanov said the deficit would reach 1.2 trillion roubles.",
        "The deficit would reach 1,200,000,000,000 roubles, the finance minister said.",
        "The deficit would be about 2.5% of output, Siluanov said.",
        "The finance minister spoke of the deficit on 3 March.",
    ],
)
def test_what_the_sentence_says_is_supported(statement: str, encoder: Encoder) -> None:
    assert check(statement, [BUDGET], encoder.embed).supported


@pytest.mark.parametrize(
    ("statement", "evidence", "reason"),
    [
        (
            "Siluanov said the deficit would reach 1.3 trillion roubles.",
            BUDGET,
            "The cited sentences do not give the number 1.3 trillion.",
        ),
        (
            "Siluanov said the deficit would reach three percent of output.",
            BUDGET,
            "The cited sentences do not give the number three percent.",
        ),
        (
            "Siluanov said on 3 April that the deficit would reach 1.2 trillion roubles.",
            BUDGET,
            "The cited sentences do not say April.",
        ),
        (
            "Finance Minister Elvira Nabiullina said the deficit would reach 1.2 trillion roubles.",
            BUDGET,
            "The cited sentences do not name elvira.",
        ),
        (
            'Siluanov said the deficit would be "a catastrophe for the country".',
            BUDGET,
            "The cited sentences do not contain the words “a catastrophe for the country”.",
        ),
        (
            "The two sides reached an agreement in Geneva.",
            TALKS,
            "The statement and the cited sentences differ in denying “reach”.",
        ),
        (
            "All delegates left Geneva.",
            TALKS,
            "The cited sentences do not say “all”.",
        ),
        (
            "The deficit would fall to 1.2 trillion roubles, Siluanov said.",
            BUDGET.replace("reach", "rise to"),
            "The cited sentences say the opposite of “fall”.",
        ),
        ("Cats sleep for most of the day.", BUDGET, NOT_SAID),
        (
            "Siluanov published the deficit at https://example.com/?q=1.",
            BUDGET,
            "It holds a web address, which may carry something away.",
        ),
    ],
)
def test_what_it_does_not_say_is_not(
    statement: str, evidence: str, reason: str, encoder: Encoder
) -> None:
    assert check(statement, [evidence], encoder.embed).reason == reason


def test_the_same_words_are_supported_for_certain(encoder: Encoder) -> None:
    assert check("most delegates left Geneva", [TALKS], encoder.embed) == Verdict(1.0)


@pytest.mark.parametrize("evidence", [[], [" "]])
def test_without_evidence_nothing_is_supported(evidence: list[str], encoder: Encoder) -> None:
    assert check("Cats sleep.", evidence, encoder.embed) == Verdict(0.0, NOTHING_CITED)


def test_names_may_come_from_the_context(encoder: Encoder) -> None:
    evidence = ["He said that the deficit would reach 1.2 trillion roubles."]
    verdict = check(
        "Siluanov said that the deficit would reach 1.2 trillion roubles.",
        evidence,
        encoder.embed,
        context="Anton Siluanov on the budget",
    )
    assert verdict.supported


def test_the_context_alone_supports_nothing(encoder: Encoder) -> None:
    verdict = check("Siluanov.", ["He sat down."], encoder.embed, "Anton Siluanov on the budget")
    assert not verdict.supported


@settings(deadline=None, max_examples=40)
@given(statement=st.text(max_size=120), evidence=st.lists(st.text(max_size=120), max_size=3))
def test_any_text_can_be_judged(statement: str, evidence: list[str], encoder: Encoder) -> None:
    verdict = check(statement, evidence, encoder.embed)
    assert 0.0 <= verdict.score <= 1.0


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1,234 people", [1234]),
        ("1.2 million", [1_200_000]),
        ("$5bn and 20%", [5e9, 20]),
        ("twenty-five men", [25]),
        ("three hundred thousand", [300_000]),
        ("on 6 January 2021", [6, 2021]),
        ("In 2006, the band", [2006]),
        ("nothing", []),
    ],
)
def test_numbers_are_read_in_figures_and_words(text: str, values: list[float]) -> None:
    assert [number.value for number in numbers(text)] == values


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Anton Siluanov met Mr. Li in the U.S. on Monday.",
            ["anton", "siluanov", "mr", "li", "us"],
        ),
        ("Additionally, the cat slept.", []),
        ("Putin said no.", ["putin"]),
        ("The cat slept. It was warm.", []),
    ],
)
def test_names_are_the_capitalised_words(text: str, found: list[str]) -> None:
    assert names(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The talks did not produce a deal.", {"produc", "deal"}),
        ("They failed to agree.", {"agree"}),
        ("Not only cats sleep.", set()),
    ],
)
def test_what_is_denied(text: str, found: set[str]) -> None:
    assert denied(text) == set(map(stem, found))
