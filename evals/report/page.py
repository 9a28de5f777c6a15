"""The report as one HTML page that fetches nothing: figures, plots, and every case."""

from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.resources import files

from markupsafe import Markup

from evals import plots
from evals.gate import Comparison, failures_alone
from evals.metrics import METRICS
from evals.report.summary import figure_table, summary
from evals.results import Outcome, Run, right
from evals.statistics import calibration, risk_coverage


def html(run: Run, comparison: Comparison | None = None) -> str:
    """The page of a run, with its difference from a baseline when there is a comparison."""
    from jinja2 import Environment, PackageLoader

    # Only what is named here as markup is: the environment escapes everything else.
    environment = Environment(loader=PackageLoader("evals", "report"), autoescape=True)
    environment.trim_blocks = environment.lstrip_blocks = True
    return environment.get_template("page.html").render(
        run=run,
        comparison=comparison,
        summary=summary(run),
        failures=comparison.failures if comparison else failures_alone(run),
        table=figure_table(run.figures(), comparison),
        plots=list(_plots(run.outcomes, run.times(), comparison)),
        moves={move.after.case.id: move for move in (comparison.moves if comparison else ())},
        types=sorted({o.case.type for o in run.outcomes if o.case.type}),
        metrics=METRICS,
        style=_part("page.css"),
        script=_part("page.js"),
    )


def _part(name: str) -> Markup:
    return Markup(files("evals.report").joinpath(name).read_text(encoding="utf-8"))  # noqa: S704


def _plots(
    outcomes: Sequence[Outcome], times: Sequence[float], comparison: Comparison | None
) -> Iterator[tuple[str, Markup]]:
    asked = [o for o in outcomes if o.error is None]
    if scored := [o for o in asked if "any" in o.scores or not o.case.answerable]:
        coverage, risk = risk_coverage([o.confidence for o in scored], [right(o) for o in scored])
        points = list(zip(coverage, risk, strict=True))
        yield "Risk and coverage", plots.curve(points, "cases answered", "wrong")
    if asked:
        truth = [float(o.case.answerable) for o in asked]
        bins = calibration([o.confidence for o in asked], truth)
        yield "Calibration", plots.reliability(bins)
    if times:
        yield "Time of an answer", plots.histogram(times, "milliseconds")
    if comparison and comparison.moves:
        yield "Worse and better, by type", plots.moves(_moves_by_type(comparison))


def _moves_by_type(comparison: Comparison) -> list[tuple[str, int, int]]:
    counts = Counter((move.after.case.type or "case", move.direction) for move in comparison.moves)
    types = sorted({name for name, _ in counts})
    return [(name, counts[name, "worse"], counts[name, "better"]) for name in types]
