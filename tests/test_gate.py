"""The gate: what fails a run, what does not, and what is said about it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from evals import Case, Comparison, Evidence, GoldError, Outcome, Run, compare
from evals.about import About
from evals.gate import ALPHA

ABOUT = About(
    settings={"passages": 10},
    versions={"python": "3.11"},
    engine="e",
    corpus="c",
    articles={"river": "1", "lake": "2"},
)


def outcome(number: int, *, good: bool = True, **case: Any) -> Outcome:
    """An answer to a case about the river, right or wrong."""
    name = f"case-{number}"
    scores = {"hit@1": 1.0, "ndcg@10": 1.0, "first": float(good), "any": float(good)}
    return Outcome(
        case=Case(name, f"Question {number}?", ("3",), evidence=(Evidence("river"),), **case),
        answer={"text": "It is 3." if good else "It is 4.", "refused": False, "confidence": 0.9},
        scores={**scores, "refused_wrongly": 0.0},
    )


def run_of(*outcomes: Outcome, about: About = ABOUT) -> Run:
    return Run(about, outcomes)


def run_with(wrong: int, of: int = 100) -> Run:
    return run_of(*(outcome(n, good=n >= wrong) for n in range(of)))


def test_a_run_is_no_worse_than_itself() -> None:
    assert compare(run_with(10), run_with(10)) == Comparison(
        tests=compare(run_with(10), run_with(10)).tests, moves=(), cases=100, notes=(), failures=()
    )


def test_a_large_drop_fails_and_is_named() -> None:
    comparison = compare(run_with(10), run_with(30))
    assert comparison.failures == (
        "first got worse: 0.900 to 0.700 over 100 cases, p = 1.9e-06 after Holm.",
        "any got worse: 0.900 to 0.700 over 100 cases, p = 1.9e-06 after Holm.",
    )
    assert {move.direction for move in comparison.moves} == {"worse"}


def test_a_drop_that_may_be_chance_passes() -> None:
    assert compare(run_with(10), run_with(13)).ok


def test_a_gain_is_told() -> None:
    verdicts = {t.metric.name: t.verdict for t in compare(run_with(30), run_with(10)).tests}
    assert verdicts == {
        "hit@1": "same",
        "ndcg@10": "same",
        "first": "better",
        "any": "better",
        "refused_wrongly": "same",
    }


def test_refusing_more_answerable_questions_is_worse() -> None:
    before = run_with(0)
    scores = {"refused_wrongly": 1.0}
    after = [replace(o, scores={**o.scores, **scores}) for o in before.outcomes[:20]]
    comparison = compare(before, run_of(*after, *before.outcomes[20:]))
    assert [f.split(":")[0] for f in comparison.failures] == ["refused_wrongly got worse"]


def test_strict_fails_on_one_case() -> None:
    comparison = compare(run_with(10), run_with(11), strict=True)
    assert comparison.failures == ("Strict: 1 case (case-10) passed before and does not now.",)


def test_a_case_that_must_pass_fails_the_run() -> None:
    after = [*run_with(0).outcomes[1:], outcome(0, good=False, must=True)]
    assert compare(run_with(0), run_of(*after)).failures == (
        "1 case (case-0) failed and must not.",
    )


def test_inexact_spans_and_errors_fail_the_run() -> None:
    whole = run_with(0).outcomes
    flawed = replace(whole[0], flaws=("river[0:1] is not 'x'.",))
    raised = replace(whole[1], error="ModelError: no answer", scores={})
    assert compare(run_with(0), run_of(flawed, raised, *whole[2:])).failures == (
        "1 case (case-0) cited spans that are not exact.",
        "1 case (case-1) raised an error.",
    )


def test_a_lost_article_fails_and_names_its_cases() -> None:
    about = replace(ABOUT, articles={"lake": "2"})
    comparison = compare(run_with(0, of=2), replace(run_with(0, of=2), about=about))
    assert comparison.failures == (
        "1 of the baseline's articles lost: river. 2 cases (case-0, case-1) rest on them.",
    )


def test_what_else_differs_is_noted() -> None:
    about = replace(
        ABOUT,
        settings={"passages": 5},
        articles={"river": "1", "lake": "changed", "sea": "3"},
    )
    comparison = compare(run_with(0, of=3), replace(run_with(0, of=2), about=about))
    assert comparison.notes == (
        "Compared over the 2 cases in common; 1 of the baseline's and 0 of this run's are new, "
        "gone or changed.",
        "The corpus differs: 1 articles added, 1 changed.",
        "passages was 10 and is 5.",
    )


def test_a_case_asked_in_other_words_is_not_compared() -> None:
    reworded = replace(outcome(0), case=replace(outcome(0).case, question="Another?"))
    assert compare(run_with(0, of=2), run_of(reworded, outcome(1))).cases == 1


def test_runs_without_a_common_case_are_refused() -> None:
    with pytest.raises(GoldError, match="no case in common"):
        compare(run_of(outcome(1)), run_of(outcome(2)))


def test_the_order_of_cases_does_not_matter() -> None:
    before, after = run_with(10), run_with(30)
    shuffled = replace(after, outcomes=after.outcomes[::-1])
    assert compare(before, shuffled).failures == compare(before, after).failures


def test_equal_systems_are_seldom_called_worse() -> None:
    """Both answer each case right with the same chance, independently, in all metrics."""
    rng = np.random.default_rng(0)
    alarms = sum(not compare(noisy(rng), noisy(rng)).ok for _ in range(100))
    assert alarms <= 100 * ALPHA


def noisy(rng: np.random.Generator) -> Run:
    outcomes = run_with(0, of=40).outcomes
    return run_of(
        *(
            replace(o, scores={name: float(rng.random() < 0.7) for name in o.scores})
            for o in outcomes
        )
    )
