"""Names: their words, and the runs of them as written."""

import pytest

from rag.text.names import names, names_as_written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (
            "Xi Jinping met J. R. Ewing and Germany's Olaf Scholz in New York. Who won?",
            ["Xi Jinping", "J. R. Ewing", "Germany's Olaf Scholz", "New York"],
        ),
        ("Who leads the Bank of England?", ["Bank of England"]),
        ("Who is Russia's finance minister?", ["Russia"]),
        ("Considering the report, what did I see on Friday in May?", []),
    ],
)
def test_neighbouring_words_are_one_name(text: str, written: list[str]) -> None:
    assert names_as_written(text) == written


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Unlike Ida, he left.", ["ida"]),
        ("Ida said so. Even Lund did.", ["ida", "lund"]),
    ],
)
def test_a_word_that_only_begins_a_sentence_is_none(text: str, found: list[str]) -> None:
    assert names(text) == found
