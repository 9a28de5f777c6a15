"""Is it worse? Two runs compared case by case, and what moved told from chance."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Literal

from evals.about import About
from evals.cases import GoldError
from evals.metrics import METRICS, Metric
from evals.results import Outcome, Run
from evals.statistics import Difference, difference, holm

ALPHA = 0.05
"""The chance, over all metrics together, to call a run worse that is not."""

Direction = Literal["better", "worse", "mixed"]


@dataclass(frozen=True, slots=True)
class Move:
    """A case whose scores differ: each metric's score before and after."""

    before: Outcome
    after: Outcome
    scores: Mapping[str, tuple[float, float]]

    @property
    def direction(self) -> Direction:
        """`better` or `worse` when every score that moved did so; `mixed` otherwise."""
        if not self.scores:
            return "better" if self.after.passed else "worse"
        gains = {(new > old) == (METRICS[m].sign > 0) for m, (old, new) in self.scores.items()}
        if len(gains) > 1:
            return "mixed"
        return "better" if gains == {True} else "worse"

    @property
    def regressed(self) -> bool:
        """Whether the case passed before and does not now."""
        return self.before.passed and not self.after.passed


@dataclass(frozen=True, slots=True)
class Test:
    """A metric's movement over the cases in common, with p-values adjusted after Holm.

    Metrics that are not part of the gate are shown and not tested: their p-values are None.
    """

    metric: Metric
    before: float
    after: float
    moved: Difference
    p_worse: float | None = None
    p_better: float | None = None

    @property
    def verdict(self) -> Literal["worse", "better", "same"]:
        """Whether the movement is more than chance; `same` also where it cannot be told."""
        if self.p_worse is not None and self.p_worse <= ALPHA:
            return "worse"
        return "better" if self.p_better is not None and self.p_better <= ALPHA else "same"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed between two runs. `notes` say what was not compared, `failures` why it fails."""

    tests: tuple[Test, ...]
    moves: tuple[Move, ...]
    cases: int
    notes: tuple[str, ...]
    failures: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether the run may take the baseline's place."""
        return not self.failures


def compare(baseline: Run, run: Run, *, strict: bool = False) -> Comparison:
    """Compare a run with a baseline over the cases that both asked in the same words.

    It fails when a metric got worse by more than chance (each tested one-sided, by McNemar's exact
    test or a permutation test; Holm keeps the chance of a false alarm over all of them to
    `ALPHA`), when articles are lost, when spans are not exact or cases raised, and when a case
    marked `must` fails; with `strict`, when any case that passed does not. Raises `GoldError` when
    there is no case in common.
    """
    pairs = _pairs(baseline, run)
    if not pairs:
        raise GoldError("The runs have no case in common. Compare runs of the same gold file.")
    tests = _tests(pairs)
    moves = tuple(move for before, after in pairs if (move := _move(before, after)))
    failures = [
        *(_worse(test) for test in tests if test.verdict == "worse"),
        *_lost(baseline, run),
        *failures_alone(run),
    ]
    if strict and (fell := [move.after.case.id for move in moves if move.regressed]):
        failures.append(f"Strict: {_cases(fell)} passed before and {_do(fell)} not now.")
    notes = (*_case_notes(baseline, run, len(pairs)), *_about_notes(baseline.about, run.about))
    return Comparison(tests, moves, len(pairs), notes, tuple(failures))


def failures_alone(run: Run) -> list[str]:
    """Why a run fails whatever came before: spans not exact, cases that raised or must not fail."""
    flawed = [o.case.id for o in run.outcomes if o.flaws]
    raised = [o.case.id for o in run.outcomes if o.error]
    must = [o.case.id for o in run.outcomes if o.case.must and not o.passed]
    reasons = (
        (flawed, "cited spans that are not exact"),
        (raised, "raised an error"),
        (must, "failed and must not"),
    )
    return [f"{_cases(ids)} {reason}." for ids, reason in reasons if ids]


def _pairs(baseline: Run, run: Run) -> list[tuple[Outcome, Outcome]]:
    """Outcomes of the same case; `must` may differ, since it changes nothing that is measured."""
    before = {_asked(outcome): outcome for outcome in baseline.outcomes}
    return [(before[_asked(o)], o) for o in run.outcomes if _asked(o) in before]


def _asked(outcome: Outcome) -> str:
    return repr({**outcome.case.to_json(), "must": None})


def _tests(pairs: Sequence[tuple[Outcome, Outcome]]) -> tuple[Test, ...]:
    scores = {metric: both for metric in METRICS.values() if (both := _both(metric, pairs))}
    gated = [metric for metric, both in scores.items() if metric.gate and _moved(both)]
    level = ALPHA / max(len(gated), 1)
    plain = {metric: _test(metric, both, level) for metric, both in scores.items()}
    worse = holm([plain[metric].moved.p_worse for metric in gated])
    better = holm([plain[metric].moved.p_better for metric in gated])
    tested = {
        metric: replace(plain[metric], p_worse=p, p_better=q)
        for metric, p, q in zip(gated, worse, better, strict=True)
    }
    return tuple(tested.get(metric, test) for metric, test in plain.items())


def _moved(scores: Sequence[tuple[float, float]]) -> bool:
    """Whether anything moved. What did not can never be called worse, so Holm need not count it.

    Tarone (1990), "A modified Bonferroni method for discrete data".
    """
    return any(old != new for old, new in scores)


def _both(metric: Metric, pairs: Sequence[tuple[Outcome, Outcome]]) -> list[tuple[float, float]]:
    """The scores of the cases that have one in both runs."""
    name = metric.name
    return [
        (b.scores[name], a.scores[name]) for b, a in pairs if name in b.scores and name in a.scores
    ]


def _test(metric: Metric, scores: Sequence[tuple[float, float]], level: float) -> Test:
    before, after = fmean(old for old, _ in scores), fmean(new for _, new in scores)
    gains = [metric.sign * (new - old) for old, new in scores]
    return Test(metric, before, after, difference(gains, level))


def _move(before: Outcome, after: Outcome) -> Move | None:
    scores = {
        name: (before.scores[name], after.scores[name])
        for name in METRICS
        if name in before.scores and name in after.scores
        if before.scores[name] != after.scores[name]
    }
    if scores or before.passed != after.passed:
        return Move(before, after, scores)
    return None


def _worse(test: Test) -> str:
    return (
        f"{test.metric.name} got worse: {test.before:.3f} to {test.after:.3f} over "
        f"{test.moved.n} cases, p = {test.p_worse:.2g} after Holm."
    )


def _lost(baseline: Run, run: Run) -> Iterator[str]:
    lost = sorted(set(baseline.about.articles) - set(run.about.articles))
    if not lost:
        return
    gone = set(lost)
    rest = [o.case.id for o in run.outcomes if gone & {e.article_id for e in o.case.evidence}]
    resting = (
        f"{_cases(rest)} rest{'s' if len(rest) == 1 else ''} on them"
        if rest
        else "No case rests on them"
    )
    yield f"{len(lost)} of the baseline's articles lost: {_listed(lost)}. {resting}."


def _case_notes(baseline: Run, run: Run, common: int) -> Iterator[str]:
    only_before, only_now = len(baseline.outcomes) - common, len(run.outcomes) - common
    if only_before or only_now:
        yield (
            f"Compared over the {common} cases in common; {only_before} of the baseline's and "
            f"{only_now} of this run's are new, gone or changed."
        )


def _about_notes(before: About, now: About) -> Iterator[str]:
    added = set(now.articles) - set(before.articles)
    changed = [
        a for a in now.articles if before.articles.get(a, now.articles[a]) != now.articles[a]
    ]
    if added or changed:
        yield f"The corpus differs: {len(added)} articles added, {len(changed)} changed."
    for name, old, new in (
        *((name, before.settings.get(name), value) for name, value in now.settings.items()),
        *((name, before.versions.get(name), value) for name, value in now.versions.items()),
    ):
        if old != new:
            yield f"{name} was {old!r} and is {new!r}."


def _cases(ids: Sequence[str]) -> str:
    return f"{len(ids)} case{'' if len(ids) == 1 else 's'} ({_listed(ids)})"


def _do(ids: Sequence[str]) -> str:
    return "does" if len(ids) == 1 else "do"


def _listed(names: Sequence[str], most: int = 10) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
