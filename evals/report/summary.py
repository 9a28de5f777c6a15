"""What a run says on a terminal, and as JUnit XML for whatever collects test results."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from xml.etree import ElementTree

from rich.console import Console
from rich.table import Table
from rich.text import Text

from evals.gate import Comparison, Test, failures_alone
from evals.metrics import METRICS
from evals.results import Figure, Outcome, Run

COUNTS = {"prompt_tokens": "prompt tokens", "completion_tokens": "completion tokens"}


def show(run: Run, comparison: Comparison | None = None, *, console: Console) -> None:
    """Print the figures of a run, its difference from a baseline, and why it fails if it does."""
    console.print(_table(figure_table(run.figures(), comparison)))
    console.print(Text(summary(run)))
    for note in comparison.notes if comparison else ():
        console.print(Text(f"Note: {note}", style="dim"))
    if comparison:
        console.print(Text(_moved(comparison)))
    for failure in comparison.failures if comparison else failures_alone(run):
        console.print(Text(f"FAILED: {failure}", style="bold red"))


def summary(run: Run) -> str:
    """One line: how many cases came out right, how many were reused, the time and the cost."""
    cost = run.cost()
    parts = [f"{sum(o.passed for o in run.outcomes)} of {len(run.outcomes)} cases passed"]
    if reused := sum(o.reused for o in run.outcomes):
        parts.append(f"{reused} reused from an earlier run")
    if "ms_p50" in cost:
        parts.append(f"{cost['ms_p50']:.0f} ms an answer (p95 {cost['ms_p95']:.0f} ms)")
    parts += [f"{cost[name]:.0f} {label}" for name, label in COUNTS.items() if name in cost]
    if "cost" in cost:
        parts.append(f"${cost['cost']:.4f}")
    parts.append(f"{run.seconds:.1f} s in all")
    return ", ".join(parts) + "."


class FigureTable(NamedTuple):
    """Figures as rows of cells, each with its group, under heads."""

    heads: list[str]
    rows: Sequence[tuple[str, list[str]]]


def figure_table(figures: Sequence[Figure], comparison: Comparison | None) -> FigureTable:
    """Each figure's value, interval and cases; with a comparison, what it changed by as well."""
    heads = ["", "value", "95 % interval", "cases"]
    if comparison is None:
        return FigureTable(heads, [(figure.group, _cells(figure)) for figure in figures])
    tests = {test.metric.name: test for test in comparison.tests}
    rows = [(f.group, _cells(f) + _change_cells(tests.get(f.name))) for f in figures]
    return FigureTable([*heads, "change", "p", "detectable", ""], rows)


def _table(figures: FigureTable) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in figures.heads:
        table.add_column(head, justify="right" if table.columns else "left")
    group = None
    for of, (label, *cells) in figures.rows:
        if of != group:
            group = of
            table.add_row(Text(of.capitalize(), style="bold"))
        table.add_row(*map(Text, (f"  {label}", *cells)))
    return table


def _cells(figure: Figure) -> list[str]:
    estimate = figure.estimate
    interval = f"{estimate.low:.3f} to {estimate.high:.3f}"
    return [figure.label, f"{estimate.value:.3f}", interval, str(estimate.n)]


def _change_cells(test: Test | None) -> list[str]:
    """A metric's change, its p-value, the smallest drop that could have been seen, the verdict."""
    if test is None:
        return [""] * 4
    p_values = [p for p in (test.p_worse, test.p_better) if p is not None]
    p = f"{min(p_values):.2g}" if p_values else ""
    verdict = "" if test.verdict == "same" else test.verdict
    return [f"{test.after - test.before:+.3f}", p, f"{test.moved.detectable:.3f}", verdict]


def _moved(comparison: Comparison) -> str:
    ways = [move.direction for move in comparison.moves]
    counts = ", ".join(f"{ways.count(way)} {way}" for way in ("better", "worse", "mixed"))
    return (
        f"Of {comparison.cases} cases in common: {counts}, {comparison.cases - len(ways)} the same."
    )


def junit(run: Run, comparison: Comparison | None = None) -> str:
    """The run as JUnit XML: a test for each case, and one for the comparison if there was one.

    A case fails the suite only where it fails the run: spans not exact, an error, or `must`.
    Other wrong answers are counted by the comparison, and stand in the test's output.
    """
    suite = ElementTree.Element("testsuite", name="footnote eval", time=f"{run.seconds:.3f}")
    for outcome in run.outcomes:
        _testcase(suite, outcome)
    if comparison:
        gate = ElementTree.SubElement(suite, "testcase", classname="footnote.gate", name="baseline")
        for failure in comparison.failures:
            ElementTree.SubElement(gate, "failure", message=_printable(failure))
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", str(len(suite.findall("testcase/error"))))
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _testcase(suite: ElementTree.Element, outcome: Outcome) -> None:
    test = ElementTree.SubElement(
        suite,
        "testcase",
        classname=f"footnote.{outcome.case.type or 'case'}",
        name=_printable(outcome.case.id),
        time=f"{outcome.milliseconds / 1000:.3f}",
    )
    if outcome.error:
        ElementTree.SubElement(test, "error", message=_printable(outcome.error))
    elif outcome.flaws or (outcome.case.must and not outcome.passed):
        message = " ".join(outcome.flaws) or "A case that must pass failed."
        ElementTree.SubElement(test, "failure", message=_printable(message))
    output = ElementTree.SubElement(test, "system-out")
    output.text = _printable("\n".join(_lines(outcome)))


def _lines(outcome: Outcome) -> Iterator[str]:
    yield f"question: {outcome.case.question}"
    yield f"gold: {' | '.join(outcome.case.answers) or '(not in the articles)'}"
    yield f"answer: {outcome.answer.get('text', '')}"
    yield from (f"{name}: {outcome.scores[name]:g}" for name in METRICS if name in outcome.scores)


def _printable(text: str) -> str:
    """XML 1.0 has no place for control characters, escaped or not."""
    return "".join(c if c.isprintable() or c in "\n\t" else " " for c in text)
