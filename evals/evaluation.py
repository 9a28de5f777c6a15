"""The whole of `footnote eval` in one call: load, check, run, save, compare."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.cases import Case, Problem, check, load_cases
from evals.gate import Comparison, compare, failures_alone
from evals.results import Run
from evals.runner import run
from rag import Chatbot
from rag.ingestion.pipeline import Progress


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A run, what it is next to its baseline, and what is wrong with its gold cases."""

    run: Run
    comparison: Comparison | None
    problems: tuple[Problem, ...]

    @property
    def failures(self) -> tuple[str, ...]:
        """Why it fails, in a sentence each; nothing when it does not."""
        return self.comparison.failures if self.comparison else tuple(failures_alone(self.run))


def seeds_gold() -> Path:
    """The gold cases of the seeds, which are part of the package."""
    return Path(__file__).parent / "gold" / "seeds.jsonl"


def problems(bot: Chatbot, cases: Sequence[Case]) -> list[Problem]:
    """What is wrong with gold cases, by the articles in the chatbot's store; see `check`."""
    return check(cases, (bot.article(article.id) for article in bot.articles()))


def evaluate(
    bot: Chatbot,
    gold: Sequence[str | Path] = (),
    *,
    save: str | Path | None = None,
    baseline: str | Path | None = None,
    reuse: bool = False,
    strict: bool = False,
    judged: bool = False,
    progress: Progress | None = None,
) -> Evaluation:
    """Ask the cases of gold files, the seeds' by default, and compare with a saved baseline.

    The run is saved to `save`; while it goes on, what is done stands in a file beside it, from
    which the same call goes on after an interruption. With `reuse`, cases of the run saved there
    before are taken over where nothing changed; with `judged`, a language model judges the answers
    as well. Raises `GoldError`, `StoreError`, and `ModelError` where there is no model to judge.
    """
    before = Run.load(baseline) if baseline else None
    cases = load_cases(gold or [seeds_gold()])
    wrong = problems(bot, cases)
    journal = Path(f"{save}.partial") if save else None
    previous = Run.load(save) if save and reuse and Path(save).exists() else None
    done = run(bot, cases, journal=journal, previous=previous, judged=judged, progress=progress)
    if save and journal:
        done.save(save)
        journal.unlink()
    comparison = compare(before, done, strict=strict) if before else None
    return Evaluation(done, comparison, tuple(wrong))
