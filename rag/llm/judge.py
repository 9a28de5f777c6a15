"""A language model as the judge of answers, through LlamaIndex's evaluators.

Importing this imports LlamaIndex and openai, which takes a few seconds: only where it is asked for.
"""

import asyncio
import re
from collections.abc import Sequence
from typing import Any

from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    CompletionResponse,
    CompletionResponseGen,
    LLMMetadata,
    MessageRole,
)
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.evaluation import CorrectnessEvaluator, FaithfulnessEvaluator
from llama_index.core.llms import CustomLLM

from rag.errors import ModelError
from rag.llm.language_model import LanguageModel
from rag.llm.messages import Message

LEAST, MOST = 1.0, 5.0
"""LlamaIndex's scale of correctness."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


class ModelJudge:
    """Judges answers with a language model. Raises `ModelError` where it cannot be had."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
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
        return asyncio.run(self._scores(question, answer, reference, contexts))

    async def _scores(
        self, question: str, answer: str, reference: str | None, contexts: Sequence[str]
    ) -> dict[str, float]:
        llm = _Seam(self._model)
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


class _Seam(CustomLLM):
    """A language model as LlamaIndex's evaluators ask one: in threads, whatever it is."""

    _asked: LanguageModel = PrivateAttr()

    def __init__(self, model: LanguageModel) -> None:
        super().__init__()
        self._asked = model

    @property
    def metadata(self) -> LLMMetadata:
        """What the evaluators want to know."""
        return LLMMetadata(context_window=self._asked.window, model_name=self._asked.name)

    def chat(self, messages: Sequence[ChatMessage], **_: Any) -> ChatResponse:
        """The model's reply. Raises `ModelError`."""
        said = [Message(one.role.value, one.content or "") for one in messages]
        text = self._asked.complete(said).text
        return ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, content=text))

    async def achat(self, messages: Sequence[ChatMessage], **_: Any) -> ChatResponse:
        """The same, waited for in a thread: some models cannot be asked within an event loop."""
        return await asyncio.to_thread(self.chat, messages)

    def complete(self, prompt: str, *_: Any, **__: Any) -> CompletionResponse:
        """The model's reply. Raises `ModelError`."""
        return CompletionResponse(text=self._asked.complete([Message("user", prompt)]).text)

    async def acomplete(self, prompt: str, *_: Any, **__: Any) -> CompletionResponse:
        """The same, waited for in a thread."""
        return await asyncio.to_thread(self.complete, prompt)

    def stream_complete(self, prompt: str, *_: Any, **__: Any) -> CompletionResponseGen:
        """The model's reply, in one piece. Raises `ModelError`."""
        yield self.complete(prompt)


def _read(reply: str) -> tuple[float | None, str]:
    """The first number of a reply; LlamaIndex's own reading fails on a score without a reason."""
    number = _NUMBER.search(reply)
    return float(number[0]) if number else None, reply
