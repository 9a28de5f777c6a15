"""Scores that a language model gives, where that is asked for; they are no part of the gate."""

from typing import TYPE_CHECKING

from evals.cases import Case
from evals.metrics import Scores
from rag import Answer, Settings

if TYPE_CHECKING:
    from rag.llm.judge import ModelJudge


def model_judge(settings: Settings) -> "ModelJudge":
    """The judge that the settings name. Raises `ModelError` where there is no model and no key."""
    from rag.llm.judge import ModelJudge

    return ModelJudge(settings)


def judged_scores(case: Case, answer: Answer, judge: "ModelJudge") -> Scores:
    """Faithfulness to the passages, and correctness by the accepted answers; none of a refusal.

    Raises `ModelError`.
    """
    if answer.refused:
        return {}
    said = " ".join(statement.text for statement in answer.statements)
    passages = [f"{hit.article.title}\n{hit.passage.text}" for hit in answer.hits]
    reference = " or ".join(case.answers) if case.answerable and case.answers else None
    return judge.scores(case.question, said, reference, passages)
