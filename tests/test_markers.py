from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.citations.parser import Marked, MarkerParser


def parse(*pieces: str) -> list[Marked]:
    parser = MarkerParser()
    parsed = [item for piece in pieces for item in parser.feed(piece)] + parser.finish()
    return [item for item in parsed if isinstance(item, Marked)]


FORMS = {
    "Rome fell [1].": [Marked("Rome fell.", (1,))],
    "Rome fell. [1]": [Marked("Rome fell.", (1,))],
    "Rome fell.[1]": [Marked("Rome fell.", (1,))],
    "Rome fell [1, 3].": [Marked("Rome fell.", (1, 3))],
    "Rome fell [1][3].": [Marked("Rome fell.", (1, 3))],
    "Rome fell [1] [3].": [Marked("Rome fell.", (1, 3))],
    "Rome fell [1-3].": [Marked("Rome fell.", (1, 2, 3))],
    "Rome fell [1–3; 7].": [Marked("Rome fell.", (1, 2, 3, 7))],
    "Rome fell [2][2].": [Marked("Rome fell.", (2,))],
    "Rome fell ［１］.": [Marked("Rome fell.", (1,))],
    "Rome fell 【1】.": [Marked("Rome fell.", (1,))],
    "Rome fell [^1].": [Marked("Rome fell.", (1,))],
    "Rome fell ([1], [2]).": [Marked("Rome fell.", (1, 2))],
    "Rome fell [[1]].": [Marked("Rome fell.", (1,))],
    "[1] Rome fell.": [Marked("Rome fell.", (1,))],
    "Rome [1] fell [2] in 476.": [Marked("Rome fell in 476.", (1, 2))],
    "Rome fell. [1] Carthage fell. [2]": [
        Marked("Rome fell.", (1,)),
        Marked("Carthage fell.", (2,)),
    ],
    "Rome fell [1]. Carthage fell [2].": [
        Marked("Rome fell.", (1,)),
        Marked("Carthage fell.", (2,)),
    ],
    "Rome fell. Carthage fell. [2]": [Marked("Rome fell.", ()), Marked("Carthage fell.", (2,))],
    "- Rome fell [1]\n- Carthage fell [2]\n": [
        Marked("Rome fell", (1,)),
        Marked("Carthage fell", (2,)),
    ],
    "**Rome** fell.\n[1]": [Marked("Rome fell.", (1,))],
    "U.S. troops left [1]. Mr. Smith stayed [2].": [
        Marked("U.S. troops left.", (1,)),
        Marked("Mr. Smith stayed.", (2,)),
    ],
    'He said "Rome fell [1]."': [Marked('He said "Rome fell."', (1,))],
    "The value is `a[1]` [2].": [Marked("The value is `a[1]`.", (2,))],
    "It is [sic] so [1].": [Marked("It is [sic] so.", (1,))],
    "Rome fell [1-900].": [Marked("Rome fell.", ())],
    "Rome fell [9-1].": [Marked("Rome fell.", ())],
    "Rome fell.": [Marked("Rome fell.", ())],
    "Rome fell. [1": [Marked("Rome fell.", ())],
    "See [the page](https://example.com/a) [1].": [Marked("See the page.", (1,))],
    "![map](https://example.com/?q=secret) Rome fell [1].": [Marked("map Rome fell.", (1,))],
    "<think>Maybe [3]?</think>\nRome fell [1].": [Marked("Rome fell.", (1,))],
    "羅馬陷落[1]。迦太基陷落[2]。": [Marked("羅馬陷落。", (1,)), Marked("迦太基陷落。", (2,))],
    "": [],
    "[1]": [],
    " \n ": [],
}


@pytest.mark.parametrize("text", FORMS)
def test_ids_belong_to_the_sentence_they_stand_in_or_follow(text: str) -> None:
    assert parse(text) == FORMS[text]


TEXTS = st.sampled_from([*FORMS, *(" ".join(FORMS) for _ in range(3))]) | st.text(
    st.sampled_from("aB1,. []［】-\n\"'`(!<think>/"), max_size=80
)


@given(TEXTS, st.lists(st.integers(0, 400), max_size=12))
def test_the_cut_into_pieces_makes_no_difference(text: str, cuts: list[int]) -> None:
    bounds = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    assert parse(*(text[a:b] for a, b in pairwise(bounds))) == parse(text)


@given(st.text(st.characters(exclude_categories=["Nd", "Cs"]), max_size=200))
def test_a_text_without_digits_has_no_ids(text: str) -> None:
    assert all(marked.ids == () for marked in parse(text))


def test_a_sentence_is_given_before_the_next_one_is_complete() -> None:
    parser = MarkerParser()
    assert parser.feed("Rome fell [1]. C") == [
        "Rome fell.",
        Marked("Rome fell.", (1,)),
        "C",
    ]


def test_half_a_marker_is_not_shown() -> None:
    assert MarkerParser().feed("Rome fell [1") == ["Rome fell"]
