"""Regression evals: gold cases asked, scored, compared with a baseline, reported.

>>> from evals import compare, load_cases, run
>>> now = run(bot, load_cases("evals/gold/seeds.jsonl"))
>>> compare(Run.load("baseline.json"), now).ok
"""

from evals.cases import Case, Evidence, GoldError, Problem, check, load_cases
from evals.evaluation import Evaluation, evaluate, problems, seeds_gold
from evals.gate import Comparison, compare
from evals.metrics import METRICS, Metric
from evals.proposals import propose
from evals.report.page import html
from evals.report.summary import junit, show
from evals.results import Figure, Outcome, Run
from evals.runner import run
from rag import Turn

__all__ = [
    "METRICS",
    "Case",
    "Comparison",
    "Evaluation",
    "Evidence",
    "Figure",
    "GoldError",
    "Metric",
    "Outcome",
    "Problem",
    "Run",
    "Turn",
    "check",
    "compare",
    "evaluate",
    "html",
    "junit",
    "load_cases",
    "problems",
    "propose",
    "run",
    "seeds_gold",
    "show",
]
