"""The seeds and their gold cases fit each other."""

import re
from pathlib import Path

from evals import load_cases, problems, seeds_gold
from rag import Chatbot


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", re.sub("[’']", "", text.casefold()))


def runs_of_ten(text: list[str]) -> list[str]:
    return [" ".join(text[start : start + 10]) for start in range(len(text) - 9)]


def test_gold_cases_fit_the_seeds(bot: Chatbot) -> None:
    assert problems(bot, load_cases(seeds_gold())) == []


def test_there_are_enough_cases_of_both_kinds() -> None:
    cases = load_cases(seeds_gold())
    assert len(cases) >= 50
    assert sum(not case.answerable for case in cases) >= 18


def test_every_answerable_case_names_its_evidence() -> None:
    cases = [case for case in load_cases(seeds_gold()) if case.answerable]
    assert [case.id for case in cases if not case.answers or not case.evidence] == []


def test_the_seeds_are_retold_and_not_copied(shared: Path, bot: Chatbot) -> None:
    originals = [words(path.read_text()) for path in sorted(shared.glob("seeds/*.txt"))]
    theirs = {run for text in originals for run in runs_of_ten(text)}
    ours = [words(bot.article(article.id).text) for article in bot.articles()]
    assert [run for text in ours for run in runs_of_ten(text) if run in theirs] == []
