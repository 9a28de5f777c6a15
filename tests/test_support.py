"""The check of a statement by its evidence, and what it reads out of texts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag import Verdict, verify
from rag.text.names import names
from rag.text.numbers import numbers

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
        "The deficit would be about 2.5% of output, Siluanov said.",
        "The finance minister spoke of the deficit on 3 March.",
    ],
)
def test_what_the_sentence_says_is_supported(statement: str) -> None:
    assert verify(statement, [BUDGET]).supported


@pytest.mark.parametrize(
    ("statement", "evidence", "reason"),
    [
        (
            "Siluanov said the deficit would reach three percent of output.",
            BUDGET,
            "The cited sentences say 2.5 percent, not three percent.",
        ),
        (
            "Siluanov met Lavrov in Oslo to sing songs.",
            BUDGET,
            "The cited sentences do not name Lavrov.",
        ),
        (
            'Siluanov said the deficit would be "a catastrophe for the country".',
            BUDGET,
            "The cited sentences do not contain the words “a catastrophe for the country”.",
        ),
        (
            "Cats sleep for most of the day.",
            "Do cats sleep?",
            "The cited sentences ask and say nothing.",
        ),
        (
            "Siluanov published the deficit at https://example.com/?q=1.",
            BUDGET,
            "It holds a web address, which may carry something away.",
        ),
    ],
)
def test_the_reason_names_what_differs(statement: str, evidence: str, reason: str) -> None:
    verdict = verify(statement, [evidence])
    assert (verdict.supported, verdict.reason) == (False, reason)


@pytest.mark.parametrize(
    ("statement", "evidence"),
    [
        ("The two sides reached an agreement in Geneva.", TALKS),
        ("Cats sleep for most of the day.", BUDGET),
        ("Brazil won the World Cup five times.", TALKS),
    ],
)
def test_what_it_does_not_say_is_not_supported(statement: str, evidence: str) -> None:
    assert not verify(statement, [evidence]).supported


def test_whole_sentences_of_the_evidence_are_supported_for_certain() -> None:
    assert verify(TALKS, [f"{BUDGET} {TALKS}"]) == Verdict(supported=True, score=1.0)


@pytest.mark.parametrize("evidence", [[], [" "]])
def test_without_evidence_nothing_is_supported(evidence: list[str]) -> None:
    reason = "It cites nothing."
    assert verify("Cats sleep.", evidence) == Verdict(supported=False, score=0.0, reason=reason)


def test_another_language_is_not_judged() -> None:
    verdict = verify("El déficit alcanzaría 1,2 billones de rublos, dijo.", [BUDGET])
    assert (verdict.supported, verdict.checked) == (False, False)


def test_names_may_come_from_the_context() -> None:
    verdict = verify(
        "Siluanov said that the deficit would reach 1.2 trillion roubles.",
        ["He said that the deficit would reach 1.2 trillion roubles."],
        context="Anton Siluanov on the budget",
    )
    assert verdict.supported


def test_evidence_longer_than_a_window_is_read_whole() -> None:
    filler = "The weather in the valley was mild and nobody remembers much of that week. " * 60
    verdict = verify("The deficit would be about 2.5% of output.", [f"{filler}{BUDGET} {filler}"])
    assert verdict.supported


@settings(deadline=None, max_examples=40)
@given(statement=st.text(max_size=120), evidence=st.lists(st.text(max_size=120), max_size=3))
def test_any_text_can_be_judged(statement: str, evidence: list[str]) -> None:
    verdict = verify(statement, evidence)
    assert 0.0 <= verdict.score <= 1.0
    assert verdict.supported == (verdict.reason is None)


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
