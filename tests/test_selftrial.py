"""The gate on runs that were broken on purpose, over the seeds and the real chatbot."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.selftrial import Alteration, AlteredChatbot, false_alarms, with_offsets_shifted
from evals import Case, Run, compare, load_cases, run, seeds_gold
from evals.gate import ALPHA
from rag import Settings


@pytest.fixture(scope="module")
def altered(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> Iterator[AlteredChatbot]:
    store = tmp_path_factory.mktemp("altered") / "store"
    with AlteredChatbot.open(store, Settings()) as bot:
        bot.add(seeds)
        yield bot


@pytest.fixture(scope="module")
def cases() -> Sequence[Case]:
    return [case for case in load_cases(seeds_gold()) if case.answerable][1:4]


@pytest.fixture(scope="module")
def before(altered: AlteredChatbot, cases: Sequence[Case]) -> Run:
    return run(altered, cases)


def run_altered(bot: AlteredChatbot, alteration: Alteration, cases: Sequence[Case]) -> Run:
    bot.alteration = alteration
    try:
        return run(bot, cases)
    finally:
        bot.alteration = list


def test_offsets_shifted_by_one_fail_by_name(
    altered: AlteredChatbot, cases: Sequence[Case], before: Run
) -> None:
    after = run_altered(altered, with_offsets_shifted, cases)
    names = ", ".join(case.id for case in cases)
    assert f"3 cases ({names}) cited spans that are not exact." in compare(before, after).failures


def test_another_order_of_cases_passes(
    altered: AlteredChatbot, cases: Sequence[Case], before: Run
) -> None:
    comparison = compare(before, run(altered, cases[::-1]))
    assert (comparison.moves, comparison.failures) == ((), compare(before, before).failures)


def test_runs_swapped_by_a_coin_seldom_alarm(before: Run) -> None:
    outcomes = [
        replace(o, case=replace(o.case, id=f"{o.case.id}-{n}"))
        for n in range(10)
        for o in before.outcomes
    ]
    whole = replace(before, outcomes=tuple(outcomes))
    worse = tuple(
        replace(o, scores={**o.scores, "any": float(n % 2)}) for n, o in enumerate(outcomes)
    )
    assert false_alarms(whole, replace(whole, outcomes=worse), 20, seed=0) <= ALPHA
