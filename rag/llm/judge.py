"""A language model as the judge of answers, through LlamaIndex's evaluators.

Importing this imports LlamaIndex and openai, which takes a few seconds: only where it is asked for.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace

from llama_index.core.evaluation import CorrectnessEvaluator, FaithfulnessEvaluator

from rag.errors import ModelError
from rag.llm.language_model import language_model
from rag.settings import DEFAULT_OPENAI_MODEL, Settings

LEAST, MOST = 1.0, 5.0
"""LlamaIndex's scale of correctness."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


class ModelJudge:
    """Judges answers with the model that writes them; without one, with OpenAI's default model.

    Raises `ModelError` where there is neither a model nor a key.
    """

    def __init__(self, settings: Settings) -> None:
        if settings.is_extractive:
            settings = replace(settings, llm=f"openai:{DEFAULT_OPENAI_MODEL}")
        self._model = language_model(settings)
        self._model.llm  # noqa: B018  a key that is wanting is told before anything is asked

    @property
    def name(self) -> str:
        """The judge, `PROVIDER:NAME`."""
        return self._model.name

    def scores(
        self, question: str, answer: str, reference: str | None, contexts: Sequence[str]
    ) -> dict[str, float]:
        """`faithfulness`, 0 or 1: whether the contexts support the answer; with a reference also
        `correctness`, LlamaIndex's 1 to 5 in [0, 1]. Not to be called within an event loop.

        Raises `ModelError` when the judge cannot be asked, or does not answer with a score.
        """
        with self._model.explained():
            return asyncio.run(self._scores(question, answer, reference, contexts))

    async def _scores(
        self, question: str, answer: str, reference: str | None, contexts: Sequence[str]
    ) -> dict[str, float]:
        llm = await self._model.llm_here()
        faithful = FaithfulnessEvaluator(llm=llm)
        found = await faithful.aevaluate(response=answer, contexts=contexts)
        scores = {"faithfulness": float(found.score or 0.0)}
        if reference is not None:
            correct = CorrectnessEvaluator(llm=llm, parser_function=_read)
            told = await correct.aevaluate(query=question, response=answer, reference=reference)
            scores["correctness"] = self._share(told.score, told.feedback)
        return scores

    def _share(self, score: float | None, reply: str | None) -> float:
        if score is None or not LEAST <= score <= MOST:
            said = " ".join((reply or "").split())[:60]
            raise ModelError(
                f"{self.name!r} was to judge with a score from 1 to 5, and wrote {said!r}. "
                "Judge with another model: FOOTNOTE_LLM=PROVIDER:NAME"
            )
        return (score - LEAST) / (MOST - LEAST)


def _read(reply: str) -> tuple[float | None, str]:
    """The first number of a reply; LlamaIndex's own reading fails on a score without a reason."""
    number = _NUMBER.search(reply)
    return float(number[0]) if number else None, reply
