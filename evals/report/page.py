"""The report as one HTML page that fetches nothing: figures, plots, and every case."""

from collections import Counter
from collections.abc import Iterable, Mapping
from html import escape
from importlib.resources import files
from typing import Any

from evals.gate import Comparison, Move, failures_alone
from evals.metrics import METRICS
from evals.report import plots
from evals.report.summary import change_cells, figure_cells, summary
from evals.results import Outcome, Run, right
from evals.statistics import calibration, risk_coverage

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
_MARKS = ("first", "any", "hit@1", "hit@5", "f1", "choice")


def html(run: Run, comparison: Comparison | None = None) -> str:
    """The page of a run, with its difference from a baseline when there is a comparison."""
    style = files("evals.report").joinpath("page.css").read_text(encoding="utf-8")
    script = files("evals.report").joinpath("page.js").read_text(encoding="utf-8")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Footnote eval</title><style>{style}</style></head><body><main>"
        f"<h1>Footnote eval</h1><p>{escape(summary(run))} {escape(_made(run))}</p>"
        f"{_verdict(run, comparison)}{_figures(run, comparison)}{_plots(run, comparison)}"
        f"{_cases(run, comparison)}</main><script>{script}</script></body></html>\n"
    )


def _made(run: Run) -> str:
    about = run.about
    return f"{len(about.articles)} articles, corpus {about.corpus}, made {run.started_at}."


def _verdict(run: Run, comparison: Comparison | None) -> str:
    failures = comparison.failures if comparison else failures_alone(run)
    lines = [f'<li class="failed">{escape(failure)}</li>' for failure in failures]
    lines += [f"<li>{escape(note)}</li>" for note in (comparison.notes if comparison else ())]
    if comparison and comparison.ok:
        lines.insert(0, '<li class="passed">Nothing got worse by more than chance.</li>')
    return f"<ul>{''.join(lines)}</ul>" if lines else ""


def _figures(run: Run, comparison: Comparison | None) -> str:
    tests = {test.metric.name: test for test in comparison.tests} if comparison else {}
    heads = ["", "value", "95 % interval", "cases"]
    heads += ["change", "p", "detectable drop", ""] if comparison else []
    rows, group = [_row(heads, "th")], None
    for figure in run.figures():
        if figure.group != group:
            group = figure.group
            rows.append(_row([group.capitalize()], "th"))
        change = change_cells(tests.get(figure.name)) if comparison else ()
        rows.append(_row([figure.label, *figure_cells(figure), *change], "td"))
    return f"<h2>Figures</h2><table>{''.join(rows)}</table>"


def _row(cells: Iterable[str], tag: str) -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(cell)}</{tag}>' for cell in cells)}</tr>"


def _plots(run: Run, comparison: Comparison | None) -> str:
    asked = [o for o in run.outcomes if o.error is None]
    scored = [o for o in asked if "any" in o.scores or not o.case.answerable]
    shown = []
    if scored:
        coverage, risk = risk_coverage([o.confidence for o in scored], [right(o) for o in scored])
        points = list(zip(coverage, risk, strict=True))
        shown.append(("Risk and coverage", plots.curve(points, "cases answered", "wrong")))
    if asked:
        truth = [float(o.case.answerable) for o in asked]
        bins = calibration([o.confidence for o in asked], truth)
        shown.append(("Calibration", plots.reliability(bins)))
    if times := run.times():
        shown.append(("Time of an answer", plots.histogram(times, "milliseconds")))
    if comparison and comparison.moves:
        shown.append(("Worse and better, by type", plots.moves(_moves_by_type(comparison))))
    figures = "".join(f"<figure><figcaption>{t}</figcaption>{svg}</figure>" for t, svg in shown)
    return f'<div class="plots">{figures}</div>'


def _moves_by_type(comparison: Comparison) -> list[tuple[str, int, int]]:
    counts = Counter((move.after.case.type or "case", move.direction) for move in comparison.moves)
    types = sorted({name for name, _ in counts})
    return [(name, counts[name, "worse"], counts[name, "better"]) for name in types]


def _cases(run: Run, comparison: Comparison | None) -> str:
    moves = {move.after.case.id: move for move in (comparison.moves if comparison else ())}
    types = sorted({o.case.type for o in run.outcomes if o.case.type})
    ways = ["better", "worse", "mixed"] if moves else []
    filters = (
        '<input type="search" id="words" placeholder="Find in cases" aria-label="Find in cases">'
        f"{_select('result', ['passed', 'failed'])}{_select('answer', ['answered', 'refused'])}"
        f"{_select('type', types)}{_select('move', ways)}"
    )
    cases = "".join(_case(o, moves.get(o.case.id)) for o in run.outcomes)
    return f'<h2>Cases</h2><p class="filters">{filters}<output id="count"></output></p>{cases}'


def _select(name: str, values: Iterable[str]) -> str:
    options = "".join(f"<option>{escape(value)}</option>" for value in values)
    first = f'<option value="">any {name}</option>'
    return f'<select id="{name}" aria-label="{name}">{first}{options}</select>'


def _case(outcome: Outcome, move: Move | None) -> str:
    case = outcome.case
    result = "passed" if outcome.passed else "failed"
    data = {
        "result": result,
        "answer": "refused" if outcome.refused else "answered",
        "type": case.type,
        "move": move.direction if move else "",
    }
    attributes = " ".join(f'data-{name}="{escape(value)}"' for name, value in data.items())
    tags = [case.type, "must" if case.must else "", "reused" if outcome.reused else ""]
    tags += [move.direction if move else ""]
    badges = "".join(f'<span class="tag">{escape(tag)}</span>' for tag in tags if tag)
    gold = " | ".join(case.answers) or ("" if case.answerable else "The articles do not say.")
    return (
        f'<details class="case {result}" {attributes}><summary>{escape(case.question)} {badges}'
        f"</summary><dl>{_pair('id', escape(case.id))}{_pair('gold', escape(gold))}"
        f"{_pair('answer', _answer(outcome))}{_pair('sources', _citations(outcome.answer))}"
        f"{_pair('scores', escape(_scores(outcome)))}{_difference(move)}</dl></details>"
    )


def _pair(name: str, content: str) -> str:
    return f"<dt>{name}</dt><dd>{content}</dd>" if content else ""


def _answer(outcome: Outcome) -> str:
    if outcome.error:
        return f'<span class="failed">{escape(outcome.error)}</span>'
    flaws = "".join(f'<br><span class="failed">{escape(flaw)}</span>' for flaw in outcome.flaws)
    return escape(str(outcome.answer.get("text", ""))) + flaws


def _citations(answer: Mapping[str, Any]) -> str:
    return "".join(
        f"<p>[{escape(str(c['number']))}] <cite>{escape(c['article']['title'])}</cite><br>"
        f"…{escape(c['before'])}<mark>{escape(c['quote'])}</mark>{escape(c['after'])}…</p>"
        for c in answer.get("citations", ())
    )


def _scores(outcome: Outcome) -> str:
    scores = [f"{name} {outcome.scores[name]:g}" for name in METRICS if name in outcome.scores]
    return ", ".join([*scores, f"confidence {outcome.confidence:.2f}"])


def _difference(move: Move | None) -> str:
    if move is None:
        return ""
    changed = ", ".join(f"{name} {old:g} → {new:g}" for name, (old, new) in move.scores.items())
    before = escape(str(move.before.answer.get("text", "")))
    return _pair("changed", escape(changed)) + _pair("before", before)
