"""What a run says: on a terminal, as a page, as JUnit XML."""

from dataclasses import replace
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

from evals import Case, Outcome, Run, compare, html, junit, show
from evals.about import About

ABOUT = About({}, {}, "engine", "corpus", {"river": "1"})
HOSTILE = "<script>alert('&')</script>"


def outcome(name: str, *, good: bool, **values: object) -> Outcome:
    citation = {
        "number": 1,
        "quote": f"It rose {HOSTILE}.",
        "before": "On Monday. ",
        "after": " Then it fell.",
        "article": {"id": "river", "title": HOSTILE},
    }
    answer = {
        "text": f"It rose {HOSTILE}. [1]",
        "refused": False,
        "confidence": 0.75,
        "citations": [citation],
    }
    case = Case(name, f"What did {HOSTILE} do?", ("rose",), type=HOSTILE)
    score = float(good)
    whole = Outcome(case, answer, scores={"first": score, "any": score}, elapsed_ms={"answer": 5.0})
    return replace(whole, **values)  # type: ignore[arg-type]


@pytest.fixture
def before() -> Run:
    return Run(ABOUT, tuple(outcome(f"case-{n}", good=True) for n in range(20)), seconds=1.0)


@pytest.fixture
def after(before: Run) -> Run:
    wrong = tuple(outcome(f"case-{n}", good=False) for n in range(10))
    return replace(before, outcomes=wrong + before.outcomes[10:])


def printed(run: Run, baseline: Run | None = None) -> str:
    console = Console(file=StringIO(), width=140)
    show(run, compare(baseline, run) if baseline else None, console=console)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_the_table_has_figures_with_intervals(before: Run) -> None:
    lines = printed(before).splitlines()
    first = next(line for line in lines if "right in the first statement" in line)
    assert first.split()[-5:] == ["1.000", "0.839", "to", "1.000", "20"]
    assert lines[-1] == "20 of 20 cases passed, 5 ms an answer (p95 5 ms), 1.0 s in all."


def test_the_comparison_says_what_got_worse(before: Run, after: Run) -> None:
    text = printed(after, before)
    assert "FAILED: first got worse: 1.000 to 0.500 over 20 cases" in text
    assert "Of 20 cases in common: 0 better, 10 worse, 0 mixed, 10 the same." in text


def test_the_page_escapes_everything(before: Run, after: Run) -> None:
    page = html(after, compare(before, after))
    assert HOSTILE not in page
    assert page.count("<script>") == 1


def test_the_page_fetches_nothing(before: Run) -> None:
    page = html(before)
    assert "http" not in page.replace("http-equiv", "")
    assert "default-src 'none'" in page


def test_the_page_highlights_the_quote_in_its_place(before: Run) -> None:
    assert "…On Monday. <mark>It rose &lt;script" in html(before)


def test_the_page_shows_the_answer_before(before: Run, after: Run) -> None:
    page = html(after, compare(before, after))
    assert page.count("<dt>before</dt>") == 10
    assert page.count('data-move="worse"') == 10


def test_junit_fails_what_fails_the_run(before: Run, after: Run) -> None:
    flawed = outcome("flawed", good=True, flaws=("river[0:2] is not 'It'.",))
    raised = outcome("raised", good=True, error="ModelError: \x07")
    run = replace(after, outcomes=(*after.outcomes, flawed, raised))
    suite = ElementTree.fromstring(junit(run, compare(before, run)))
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("23", "5", "1")
    failed = {test.get("name") for test in suite if test.find("failure") is not None}
    assert failed == {"flawed", "baseline"}


def test_a_run_survives_its_json(after: Run, tmp_path: Path) -> None:
    after.save(tmp_path / "run.json")
    assert Run.load(tmp_path / "run.json") == after
