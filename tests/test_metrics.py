"""Scores of one case, and figures with their uncertainty."""

from collections.abc import Sequence
from dataclasses import replace
from math import log2
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.cases import Case, Evidence
from evals.judges.citations import citation_scores
from evals.metrics import (
    answer_scores,
    choice_score,
    contains,
    exact_match,
    flaws,
    normalise,
    retrieval_scores,
    token_f1,
)
from evals.statistics import (
    aurc,
    auroc,
    calibration,
    calibration_error,
    difference,
    holm,
    mean,
    risk_coverage,
)
from rag import Answer, Article, ArticleSummary, Citation, Hit, Passage, Statement

TEXT = "Ada leads the team. The team\nbuilt 15 bridges. Bo left."
ARTICLE = Article("team", "The team", TEXT)


def hit(article_id: str, text: str = "nothing") -> Hit:
    return Hit(Passage(article_id, 0, 0, len(text), text), Article(article_id, "", text), 0.0)


def cited(quote: str, number: int = 1) -> Citation:
    start = TEXT.index(quote)
    return Citation.of(number, ARTICLE, start, start + len(quote))


def said(*quotes: str, **values: Any) -> Answer:
    statements = tuple(Statement(q, (cited(q, n),), "quoted") for n, q in enumerate(quotes, 1))
    return Answer("?", " ".join(quotes), statements, **values)


def test_normalising_folds_what_squad_folds() -> None:
    assert normalise("The U.S.  ‘Senate’, an   old-house!") == "us senate old house"


@pytest.mark.parametrize(
    ("text", "answer", "found"),
    [
        ("Putin's delegation", "putin", True),
        ("a 14-year-old boy", "14", True),
        ("they built 15 bridges", "5", False),
        ("nothing was noticed", "no", False),
        ("In the U.S. Senate", "the US senate", True),
        ("anything", "", False),
    ],
)
def test_an_answer_is_found_as_whole_words(text: str, answer: str, found: bool) -> None:
    assert contains(text, [answer]) is found


def test_span_scores_take_the_best_answer() -> None:
    answers = ["Ada", "Ada of the team"]
    assert (exact_match("the Ada", answers), token_f1("Ada of it", answers)) == (1.0, 2 / 3)


@given(st.text(), st.text())
def test_f1_is_symmetric_and_bounded(one: str, other: str) -> None:
    score = token_f1(one, [other])
    assert score == token_f1(other, [one])
    assert 0 <= score <= 1


def test_retrieval_counts_distinct_articles() -> None:
    case = Case("a", "?", evidence=(Evidence("x"), Evidence("y")))
    hits = [hit("w"), hit("w"), hit("x"), hit("v"), hit("y")]
    ideal = 1 + 1 / log2(3)
    assert retrieval_scores(case, hits) == {
        "hit@1": 0.0,
        "hit@5": 1.0,
        "hit@10": 1.0,
        "ndcg@10": pytest.approx((1 / log2(3) + 1 / log2(5)) / ideal),
        "mrr@10": 0.5,
        "full@10": 1.0,
    }


def test_evidence_found_in_part_is_not_full() -> None:
    case = Case("a", "?", evidence=(Evidence("x"), Evidence("y")))
    assert retrieval_scores(case, [hit("x")])["full@10"] == 0


def test_finding_nothing_scores_nothing() -> None:
    case = Case("a", "?", ("Ada",), evidence=(Evidence("x", "Ada leads"),))
    assert set(retrieval_scores(case, []).values()) == {0.0}


def test_quote_and_answer_are_sought_in_five_passages() -> None:
    case = Case("a", "?", ("15 Bridges",), evidence=(Evidence("team", "The team built"),))
    scores = retrieval_scores(case, [hit("x")] * 4 + [hit("team", TEXT)])
    late = retrieval_scores(case, [hit("x")] * 5 + [hit("team", TEXT)])
    assert (scores["quote@5"], scores["ans@5"]) == (1, 1)
    assert (late["quote@5"], late["ans@5"]) == (0, 0)


def test_a_copy_that_stands_for_a_gold_article_is_found() -> None:
    gold = tuple(Evidence(name, "") for name in ("one", "its copy", "another"))
    case = Case("a", "?", ("x",), evidence=gold)
    copy = ArticleSummary.of(Article("its copy", "", "nothing"), 1, "")
    found = [replace(hit("one"), also=(copy,)), hit("x"), hit("another")]
    scores = retrieval_scores(case, found)
    assert (scores["full@10"], round(scores["ndcg@10"], 3)) == (1.0, 0.92)


def test_an_unanswerable_case_has_no_retrieval_scores() -> None:
    assert retrieval_scores(Case("a", "?", answerable=False), [hit("x")]) == {}


def test_an_answer_right_in_its_second_statement() -> None:
    case = Case("a", "Who left?", ("Bo",))
    answer = said("Ada leads the team.", "Bo left.", short=cited("Bo left"))
    assert answer_scores(case, answer) == {
        "refused_wrongly": 0.0,
        "first": 0.0,
        "any": 1.0,
        "em": 0.0,
        "f1": pytest.approx(2 / 3),
    }


def test_a_refusal_says_nothing_right() -> None:
    answer = Answer("?", "Bo is not mentioned.", refused=True)
    scores = answer_scores(Case("a", "Who left?", ("Bo",)), answer)
    assert scores == {"refused_wrongly": 1.0, "first": 0.0, "any": 0.0, "em": 0.0, "f1": 0.0}


@pytest.mark.parametrize("refused", [True, False])
def test_an_unanswerable_case_wants_a_refusal(refused: bool) -> None:
    answer = Answer("?", "", refused=refused)
    scores = answer_scores(Case("a", "?", answerable=False), answer)
    assert scores == {"refused_rightly": float(refused)}


def test_a_choice_is_right_when_it_is_an_accepted_answer() -> None:
    case = Case("a", "?", ("Bo",), choices=("Ada", "bo."))
    assert (choice_score(case, 0), choice_score(case, 1)) == ({"choice": 0.0}, {"choice": 1.0})


def test_exact_spans_have_no_flaw() -> None:
    answer = said("Ada leads the team.", "Bo left.", short=cited("Bo"), hits=(hit("team", TEXT),))
    assert flaws(answer, {"team": ARTICLE}) == []


def test_spans_of_another_text_are_flaws() -> None:
    answer = said("Bo left.", hits=(hit("team", TEXT),))
    shifted = Article("team", "The team", f" {TEXT}")
    assert len(flaws(answer, {"team": shifted})) == 2


def test_a_quoted_statement_must_be_its_quote() -> None:
    answer = Answer("?", "", (Statement("Ada left.", (cited("Bo left."),), "quoted"),))
    assert flaws(answer, {"team": ARTICLE}) == ["'Ada left.' is not what its citations quote."]


def test_citation_scores_follow_alce() -> None:
    """Of three citations one is needed, one adds nothing; a statement without any fails."""
    needed, idle = cited("Ada leads the team.", 1), cited("Bo left.", 2)
    answer = Answer(
        "?",
        "",
        (
            Statement("Ada leads.", (needed, idle), "supported"),
            Statement("Cy came.", (), "unsupported"),
        ),
    )

    def judge(statement: Statement, citations: Sequence[Citation]) -> bool:
        return needed in citations

    assert citation_scores(answer, judge) == {"cite_recall": 0.5, "cite_precision": 0.5}
    assert citation_scores(Answer("?", "", refused=True), judge) == {}


def test_two_citations_that_only_together_support_are_both_needed() -> None:
    both = (cited("Ada leads the team.", 1), cited("Bo left.", 2))
    answer = Answer("?", "", (Statement("Ada leads, Bo left.", both, "supported"),))
    scores = citation_scores(answer, lambda _, citations: len(citations) == 2)
    assert scores == {"cite_recall": 1.0, "cite_precision": 1.0}


def test_a_proportion_has_wilsons_interval() -> None:
    estimate = mean([1.0] * 8 + [0.0] * 2)
    assert (estimate.value, estimate.n) == (0.8, 10)
    assert [estimate.low, estimate.high] == pytest.approx([0.4902, 0.9433], abs=1e-4)


def test_another_mean_has_an_interval_around_it() -> None:
    estimate = mean([0.1, 0.5, 0.6, 0.9])
    assert estimate.low < estimate.value < estimate.high


def test_auroc_counts_ties_as_halves() -> None:
    assert auroc([0.9, 0.5], [0.5, 0.1]).value == pytest.approx(0.875)


def test_risk_grows_with_coverage_when_confidence_is_good() -> None:
    assert risk_coverage([0.9, 0.5, 0.5, 0.1], [1, 1, 0, 0]) == ([0.25, 0.75, 1.0], [0, 1 / 3, 0.5])


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=2, max_size=20))
def test_the_area_under_risk_lies_between_no_and_all_wrong(cases: list[tuple[float, bool]]) -> None:
    coverage, risk = risk_coverage([c for c, _ in cases], [r for _, r in cases])
    assert coverage[-1] == 1
    assert risk[-1] == pytest.approx(np.mean([not r for _, r in cases]))
    assert all(0 <= r <= 1 for r in risk)


def test_aurc_is_nothing_when_all_is_right() -> None:
    assert aurc([0.9, 0.2], [1, 1]).value == 0


def test_calibration_error_weighs_bins_by_their_cases() -> None:
    confidence, holds = [0.9, 0.9, 0.9, 0.2], [1.0, 1.0, 0.0, 0.0]
    assert [(b.n, b.share) for b in calibration(confidence, holds)] == [(1, 0), (3, 2 / 3)]
    expected = 0.75 * (0.9 - 2 / 3) + 0.25 * 0.2
    assert calibration_error(confidence, holds).value == pytest.approx(expected)


def test_yes_no_scores_are_compared_by_mcnemar() -> None:
    moved = difference([-1.0] * 9 + [1.0] + [0.0] * 90, level=0.05)
    assert (moved.worse, moved.better, moved.mean) == (9, 1, -0.08)
    assert moved.p_worse == pytest.approx(11 / 1024)
    assert moved.low < -0.08 < moved.high < 0


def test_the_smallest_drop_that_could_be_seen() -> None:
    """With no gains, five losses in 100 are the first to reach 5 %: 1/32."""
    assert difference([0.0] * 100, level=0.05).detectable == 0.05


def test_means_are_compared_by_permutation() -> None:
    rng = np.random.default_rng(0)
    moved = difference(rng.normal(-0.1, 0.2, 60), level=0.05)
    assert moved.p_worse < 0.01
    assert moved.p_better == 1


def test_holm_steps_down() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
