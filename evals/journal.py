"""Outcomes taken over instead of asked again: from an earlier run, or an interrupted one."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from evals.about import About
from evals.cases import Case
from evals.results import Outcome, Run


def reused(previous: Run | None, about: About, cases: Sequence[Case]) -> dict[str, Outcome]:
    """By id, the outcomes of an earlier run that the same case would have again, marked so."""
    if previous is None or previous.about.key != about.key:
        return {}
    whole = (replace(o, reused=True) for o in previous.outcomes if o.error is None)
    return _of_the_same(whole, cases)


def resumed(journal: Path | None, about: About, cases: Sequence[Case]) -> dict[str, Outcome]:
    """By id, what an interrupted run wrote; a last line that was cut short is left out."""
    if journal is None or not journal.exists():
        return {}
    records = []
    for line in journal.read_text(encoding="utf-8").split("\n"):
        try:
            records.append(json.loads(line))
        except ValueError:
            break
    if not records or records[0] != {"key": about.key}:
        return {}
    outcomes = (Outcome.from_json(r["outcome"], r["elapsed_ms"]) for r in records[1:])
    return _of_the_same(outcomes, cases)


def written(
    outcomes: Iterator[Outcome], journal: Path | None, about: About, known: Sequence[Outcome]
) -> Iterator[Outcome]:
    """Pass outcomes on, each written to the journal first, behind those that are known."""
    if journal is None:
        yield from outcomes
        return
    with journal.open("w", encoding="utf-8") as file:
        file.write(json.dumps({"key": about.key}) + "\n")
        file.writelines(map(_line, known))
        for outcome in outcomes:
            file.write(_line(outcome))
            file.flush()
            yield outcome


def _of_the_same(outcomes: Iterator[Outcome], cases: Sequence[Case]) -> dict[str, Outcome]:
    wanted = {case.id: case for case in cases}
    return {o.case.id: o for o in outcomes if wanted.get(o.case.id) == o.case}


def _line(outcome: Outcome) -> str:
    record = {"outcome": outcome.to_json(), "elapsed_ms": dict(outcome.elapsed_ms)}
    return json.dumps(record, ensure_ascii=False) + "\n"
