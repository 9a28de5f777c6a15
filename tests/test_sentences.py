"""Sentence spans: the hard cases of news text, and what holds for any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.sentences import is_finished, sentence_spans


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "expected",
    [
        ["U.S. President Ada Holt met Mr. Smith on Jan. 6.", "They spoke for an hour."],
        ["She moved to the U.S. in May.", "He stayed in the U.S.", "The firm did not."],
        ["J. K. Okafor and Dr. Lin run Acme Inc. from No. 10 Elm St. in Boston, Mass."],
        ["Acme Inc. sold it.", "The buyer was Borel Corp.", "It paid $1.5 billion."],
        ["It opens at 9 a.m. Monday.", "It closes at 5 p.m.", "Nobody minds."],
        ["Doors open at 8 p.m. ET.", "See fig. 3 and pp. 12."],
        ["The vote is on Sept. 12.", "It was to be in Aug.", "Then it was not."],
        ["Prices rose 3.5% in 2019.", "In 2020 they fell."],
        ["“We tried.", "We failed,” she said.", "Nobody laughed."],
        ['"It is over."', "He left."],
        ["“Why now?” Smith asked.", "Nobody knew."],
        ["“Never!” the minister said.", "“No.”", "He sat down."],
        ["What?!", "They won!!!", "Really?", "Yes."],
        ["We had a second meeting... between friends.", "It ended…", "Then it rained."],
        ["I... I do not know.", "It was (as he said.) fine."],
        ["(He had left.)", "She had not."],
        ["The claim is old.[12][13]", "It is also wrong.[4]"],
        ["Visit Example.com for more.", "See https://example.com/a.B now.", "www.example.com too."],
        ["Rates fell; the bank waited.", "iPhone sales rose."],
        ["日本の首相が会談した。", "次は？", "「はい。」", "終わり"],
        ["वह गया।", "वह आया।"],
    ],
)
def test_a_paragraph_is_split_where_sentences_end(expected: list[str]) -> None:
    glue = "" if expected[0][0] == "日" else " "
    assert sentences(glue.join(expected)) == expected


def test_tokenised_text() -> None:
    text = (
        "Look , it 's late . '' Mr. Roe left at 5 p.m. and ate . `` Fine ! '' No one ( yet . ) So ?"
    )
    assert sentences(text) == [
        "Look , it 's late . ''",
        "Mr. Roe left at 5 p.m. and ate .",
        "`` Fine ! ''",
        "No one ( yet . )",
        "So ?",
    ]


def test_a_lost_space_still_separates() -> None:
    text = 'It worked in mice.However, it failed in men (2).The "cause" is open.”Nobody knows.'
    assert sentences(text) == [
        "It worked in mice.",
        "However, it failed in men (2).",
        'The "cause" is open.”',
        "Nobody knows.",
    ]


def test_headlines_captions_and_lists_keep_their_lines() -> None:
    lines = [
        "Five things at stake in the talks",
        "President Ada Holt arrives in Oslo, Norway, on June 28, 2019.",
        "Jo Ray | Agency | Getty Images",
        "CITY —",
        "- First item",
        "- Second item",
        "1. How does it end?",
        "* * *",
    ]
    assert sentences("\n".join(lines)) == lines


def test_lines_broken_at_a_margin_are_joined() -> None:
    text = (
        "A headline\n\n"
        "The committee met on Tuesday to talk about the price of bread, which had\n"
        "risen by a third since the spring. Nobody was sure why it had done so, or\n"
        "what could be done.\n"
        "A short line\n\n"
        "Another paragraph."
    )
    assert sentences(text) == [
        "A headline",
        "The committee met on Tuesday to talk about the price of bread, which had\n"
        "risen by a third since the spring.",
        "Nobody was sure why it had done so, or\nwhat could be done.",
        "A short line",
        "Another paragraph.",
    ]


WORDS = ("Mr.", "U.S.", "a", "The", "end.", "x", "1.", "p.m.", "http://a.b", "Word", "i.e.")
MARKS = (".", "...", "?", "!", '"', "”", "''", "(", ")", "。", "•", "—", "[1]", "``")
SPACES = (" ", "\n", "\n\n", "\t", "\u00a0")
PROSE = st.lists(st.sampled_from((*WORDS, *MARKS, *SPACES))).map("".join)


@given(st.one_of(st.text(), PROSE))
def test_spans_are_ordered_trimmed_and_cover_all_that_is_not_space(text: str) -> None:
    spans = sentence_spans(text)
    gaps = zip(
        [0, *(end for _, end in spans)], [*(start for start, _ in spans), len(text)], strict=True
    )
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    assert all(start <= end and not text[start:end].strip() for start, end in gaps)


@given(PROSE)
def test_no_sentence_crosses_a_blank_line(text: str) -> None:
    assert not any("\n\n" in sentence for sentence in sentences(text))


@pytest.mark.parametrize(
    "unit", [".", "?!", ". ", '"', "''", "a.", "U.S. ", "(", "\n", "…", "• ", "。"]
)
def test_long_runs_of_one_thing_lose_nothing(unit: str) -> None:
    text = unit * 20_000
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "finished"),
    [
        ("They won.", True),
        ("“Did they?”", True),
        ("It rained (again).[12]", True),
        ("次は？", True),
        ("Results of the vote", False),
        ("They won. Then", False),
        ("", False),
    ],
)
def test_a_heading_is_not_finished(text: str, finished: bool) -> None:
    assert is_finished(text) is finished
