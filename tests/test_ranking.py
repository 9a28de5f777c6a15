"""Ranking over small arrays: fusion, dates and leads."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.retrieval.ranking import LEAD, NEWER, RECENT, fuse, nearness, news_worth, rank, recency
from vectorstore.records import Candidate, Passage

DAY = 86_400.0
NOW = 20_000 * DAY


def candidate(
    article: str,
    *,
    number: int = 1,
    dense: float = 0.0,
    lexical: float = 0.0,
    timestamp: float | None = None,
    text: str = "x",
) -> Candidate:
    return Candidate(Passage(article, number, 0, len(text), text), dense, lexical, timestamp)


def order(candidates: list[Candidate], as_of: float | None = None) -> list[str]:
    return [found.passage.article_id for found, _ in rank(candidates, "?", as_of=as_of)]


def test_nothing_found_is_nothing_ranked() -> None:
    assert rank([], "Where?") == []


def test_one_candidate_is_ranked_without_a_spread_to_measure_by() -> None:
    alone = candidate("a", dense=0.4, lexical=7.0)
    assert rank([alone], "Where?") == [(alone, 0.0)]


def test_both_scores_count_the_same_whatever_their_scale() -> None:
    fused = fuse(np.array([0.1, 0.5, 0.3]), np.array([40.0, 0.0, 20.0]))
    assert fused.tolist() == pytest.approx([0.5, 0.5, 0.5])


def test_good_in_both_comes_before_best_in_one() -> None:
    found = [
        candidate("meaning", dense=0.9, lexical=0.0),
        candidate("words", dense=0.1, lexical=30.0),
        candidate("both", dense=0.8, lexical=25.0),
    ]
    assert order(found)[0] == "both"


def test_as_of_prefers_the_newer_of_equals() -> None:
    found = [
        candidate("old", timestamp=NOW - 200 * DAY),
        candidate("new", timestamp=NOW - 2 * DAY),
    ]
    assert order(found, as_of=NOW) == ["new", "old"]


def test_without_a_day_asked_newer_is_better_but_less_so() -> None:
    times = np.array([NOW - 15 * DAY, NOW])
    weak, strong = recency(times), recency(times, as_of=NOW)
    assert weak[1] == pytest.approx(NEWER)
    assert strong.tolist() == pytest.approx([RECENT / 2, RECENT])
    assert 0 < weak[1] - weak[0] < strong[1] - strong[0]


def test_an_article_of_the_day_itself_is_not_newer_than_new() -> None:
    assert recency(np.array([NOW + DAY]), as_of=NOW).tolist() == [RECENT]


def test_the_lead_of_an_article_comes_before_its_equals() -> None:
    found = [candidate("a", number=n, timestamp=NOW) for n in (2, 0, 1)]
    assert [c.passage.number for c, _ in rank(found, "?")] == [0, 1, 2]


def test_an_undated_article_is_worth_the_mean_of_the_dated() -> None:
    worth = news_worth(
        np.array([NOW, np.nan, NOW - 15 * DAY]), np.array([True, True, False]), as_of=NOW
    )
    assert worth.tolist() == pytest.approx([RECENT + LEAD, 0.75 * RECENT + LEAD / 2, RECENT / 2])


def test_undated_articles_are_not_taken_for_news() -> None:
    worth = news_worth(np.array([np.nan, np.nan]), np.array([True, False]), as_of=NOW)
    assert worth.tolist() == [0.0, 0.0]


def test_equal_scores_keep_the_order_of_article_and_passage() -> None:
    found = [candidate("b", number=3), candidate("a", number=2), candidate("b", number=1)]
    assert [c.passage.id for c, _ in rank(found, "?")] == ["a#2", "b#1", "b#3"]


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("The mayor closed the bridge.", 1.0),
        ("Bridges were closed, said the mayors.", 1.0),
        ("The mayor spoke. A bridge had been closed.", 2 / 3),
        ("THE MAYOR SPOKE", 1 / 3),
        ("Nobody did that.", 0.0),
        ("", 0.0),
    ],
)
def test_nearness_is_the_share_of_words_that_one_sentence_has(text: str, share: float) -> None:
    near = nearness("Which bridge did the mayor close?", [text, "The mayor closed the bridge."])
    assert near.tolist() == pytest.approx([share, 1.0])


def test_a_question_of_framing_words_is_near_to_nothing() -> None:
    assert nearness("What did they do?", ["What did they do?"]).tolist() == [0.0]


def test_of_equals_the_one_whose_words_are_in_one_sentence_comes_first() -> None:
    found = [
        candidate("apart", text="The mayor spoke. The bridge is old."),
        candidate("together", text="The mayor crossed the bridge."),
    ]
    ranked = rank(found, "Which bridge did the mayor cross?")
    assert [c.passage.article_id for c, _ in ranked] == ["together", "apart"]


candidates = st.lists(
    st.builds(
        candidate,
        st.sampled_from("abc"),
        number=st.integers(0, 3),
        dense=st.floats(-1, 1),
        lexical=st.floats(0, 50),
        timestamp=st.none() | st.floats(0, NOW),
    ),
    max_size=12,
)


@given(candidates, st.none() | st.just(NOW))
def test_every_candidate_is_ranked_once_and_best_first(
    found: list[Candidate], as_of: float | None
) -> None:
    ranked = rank(found, "Who is the mayor?", as_of=as_of)
    assert sorted(map(id, found)) == sorted(id(c) for c, _ in ranked)
    scores = [score for _, score in ranked]
    assert scores == sorted(scores, reverse=True)
    assert np.isfinite(scores).all()
