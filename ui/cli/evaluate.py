"""`footnote eval`: ask gold questions, report, compare, and say by the exit status how it went."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from evals import (
    Evaluation,
    Problem,
    evaluate,
    html,
    junit,
    load_cases,
    problems,
    propose,
    seeds_gold,
    show,
)
from evals.corpus import open_corpus
from rag import Chatbot, Settings
from ui.cli import terminal

SEEDS = Path("seeds")


@dataclass(frozen=True, slots=True)
class Request:
    """What `footnote eval` was asked to do; see its options."""

    gold: Sequence[str]
    articles: Sequence[str]
    store: str | None
    save: Path | None
    baseline: Path | None
    page: Path | None
    junit: Path | None
    reuse: bool
    strict: bool
    judged: bool


def check(request: Request) -> bool:
    """Print what is wrong with the gold cases, one a line; whether nothing is."""
    with _chatbot(request) as bot:
        wrong = problems(bot, load_cases(request.gold or [seeds_gold()]))
    for problem in wrong:
        sys.stdout.write(f"{problem}\n")
    return not wrong


def run(request: Request) -> bool:
    """Ask every case, print the table and write the files asked for; whether nothing failed."""
    with _chatbot(request) as bot, terminal.progress("Asking") as progress:
        done = evaluate(
            bot,
            request.gold,
            save=request.save,
            baseline=request.baseline,
            reuse=request.reuse,
            strict=request.strict,
            judged=request.judged,
            progress=progress,
        )
    _warn(done.problems)
    show(done.run, done.comparison, console=terminal.console())
    _write(request, done)
    return not done.failures


def draft(request: Request) -> None:
    """Print proposed cases as JSON Lines, from articles that no gold case rests on yet."""
    cases = load_cases(request.gold)
    covered = {evidence.article_id for case in cases for evidence in case.evidence}
    with _chatbot(request) as bot:
        new = [bot.article(a.id) for a in bot.articles() if a.id not in covered]
    for case in propose(new):
        sys.stdout.write(json.dumps(case.to_json(), ensure_ascii=False) + "\n")


@contextmanager
def _chatbot(request: Request) -> Iterator[Chatbot]:
    """Over the articles named; else the store named; else the seeds; else the usual store."""
    settings = Settings.load(os.environ)
    sources = request.articles
    if not sources and not request.store and not request.gold and SEEDS.is_dir():
        sources = [str(SEEDS)]
    if not sources:
        with Chatbot.open(request.store, settings) as bot:
            yield bot
        return
    with (
        terminal.progress("Reading") as progress,
        open_corpus(sources, settings, progress=progress) as bot,
    ):
        yield bot


def _warn(wrong: Sequence[Problem]) -> None:
    for problem in wrong[:10]:
        sys.stderr.write(f"footnote: {problem}\n")
    if len(wrong) > 10:
        sys.stderr.write(f"footnote: and {len(wrong) - 10} more; see footnote eval --check\n")


def _write(request: Request, done: Evaluation) -> None:
    if request.page:
        request.page.write_text(html(done.run, done.comparison), encoding="utf-8")
    if request.junit:
        request.junit.write_text(junit(done.run, done.comparison), encoding="utf-8")
