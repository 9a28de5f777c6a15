"""Scores that a language model gives, where that is asked for; they are no part of the gate."""

from dataclasses import replace
from typing import TYPE_CHECKING

from evals.cases import Case
from evals.metrics import Scores
from rag import Answer, Chatbot
from rag.settings import DEFAULT_OPENAI_MODEL

if TYPE_CHECKING:
    from rag.llm.judge import ModelJudge


def model_judge(bot: Chatbot) -> "ModelJudge":
    """The model that writes `bot`'s answers; without one, OpenAI's default model.

    Raises `ModelError` where there is no model and no key.
    """
    from rag.llm.judge import ModelJudge
    from rag.llm.language_model import language_model

    if not bot.settings.is_extractive:
        return ModelJudge(bot.language_model)
    settings = replace(bot.settings, llm=f"openai:{DEFAULT_OPENAI_MODEL}")
    return ModelJudge(language_model(settings))


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
