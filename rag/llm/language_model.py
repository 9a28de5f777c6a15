"""A language model as Footnote asks it: any of LlamaIndex's.

Importing this imports LlamaIndex, which takes a second: only where a model is used.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, aclosing
from inspect import unwrap
from typing import Any

from llama_index.core.base.llms.types import ChatMessage, ChatResponse
from llama_index.core.llms import LLM, CustomLLM

from rag.answers import Usage
from rag.errors import ModelError
from rag.llm.failures import explained_failure
from rag.llm.messages import Message, Piece, Prompt
from rag.llm.script import in_threads, next_or_none
from rag.settings import HANDED_IN, Settings

_ENDINGS = {
    "max_tokens": "length",
    "length": "length",
    "content_filter": "content_filter",
    "safety": "content_filter",
    "refusal": "content_filter",
    "guardrail_intervened": "content_filter",
}
"""Providers' words for an end that is none, in ours; any other is the model's own end."""
_READ = ("prompt_tokens", "input_tokens", "prompt_eval_count", "prompt_token_count", "inputTokens")
_WRITTEN = (
    "completion_tokens",
    "output_tokens",
    "eval_count",
    "candidates_token_count",
    "outputTokens",
)


class LanguageModel(ABC):
    """A model to be asked, in threads or on an event loop."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def name(self) -> str:
        """The model, `PROVIDER:NAME`."""
        return self._settings.llm

    @property
    @abstractmethod
    def window(self) -> int:
        """The tokens it reads at once."""

    @property
    @abstractmethod
    def llm(self) -> LLM:
        """It as LlamaIndex's, for threads. Raises `ModelError` where it cannot be had."""

    async def llm_here(self) -> LLM:
        """It as LlamaIndex's, for the running event loop."""
        return self.llm

    def close(self) -> None:
        """Give up the connections that are kept."""
        return

    def explained(self) -> AbstractContextManager[None]:
        """What goes wrong inside, as a `ModelError` that says what to do."""
        return explained_failure(self.name)

    def stream(self, prompt: Prompt) -> Generator[Piece, None, None]:
        """The reply as it comes; closing the iterator ends the call. Raises `ModelError`."""
        heard, finish = False, None
        with self.explained():
            replies = iter(self.llm.stream_chat(_chat(prompt), **self._options(prompt)))
        try:
            while reply := self._next(replies):
                piece = self._piece(reply)
                heard, finish = True, finish or piece.finish
                yield piece
            yield from self._ended(finish, heard=heard)
        finally:
            if isinstance(replies, Generator):
                replies.close()

    def _next(self, replies: Any) -> ChatResponse | None:
        with self.explained():
            reply: ChatResponse | None = next(replies, None)
            return reply

    async def astream(self, prompt: Prompt) -> AsyncGenerator[Piece, None]:
        """The same without blocking the event loop; cancelling ends the call."""
        heard, finish = False, None
        with self.explained():
            llm = await self.llm_here()
            replies = await llm.astream_chat(_chat(prompt), **self._options(prompt))
        try:
            while reply := await self._anext(replies):
                piece = self._piece(reply)
                heard, finish = True, finish or piece.finish
                yield piece
            for piece in self._ended(finish, heard=heard):
                yield piece
        finally:
            if isinstance(replies, AsyncGenerator):
                await replies.aclose()

    async def _anext(self, replies: Any) -> ChatResponse | None:
        with self.explained():
            reply: ChatResponse | None = await next_or_none(replies)
            return reply

    def complete(self, messages: Sequence[Message], most: int | None = None) -> Piece:
        """The whole reply."""
        pieces = list(self.stream(Prompt(tuple(messages), most)))
        usage = next((piece.usage for piece in reversed(pieces) if piece.usage), None)
        return Piece("".join(piece.text for piece in pieces), pieces[-1].finish, usage)

    def _options(self, _: Prompt) -> dict[str, Any]:
        """What a call says beside its messages; LlamaIndex has no common word for a limit."""
        return {}

    def _ended(self, finish: str | None, *, heard: bool) -> Sequence[Piece]:  # noqa: ARG002
        """What is to be said of the end, where the model has not said it."""
        return () if finish else (Piece(finish="stop"),)

    def _piece(self, reply: ChatResponse) -> Piece:
        return Piece(reply.delta or "", _finish(reply.raw), self._usage(reply))

    def _usage(self, reply: ChatResponse) -> Usage | None:
        """Tokens as counted by the server, and the cost: by it, or by the price that is set."""
        raw = _field(reply.raw, "data") or reply.raw  # Mistral's events have it a step below
        told = _field(raw, "usage") or _field(raw, "usage_metadata")
        sources = [told, reply.additional_kwargs, raw]
        read, written = _count(sources, _READ), _count(sources, _WRITTEN)
        if read is None and written is None:
            return None
        cost = _field(told, "cost")
        if not isinstance(cost, int | float):
            cost = self._settings.cost(read or 0, written or 0)
        return Usage(read or 0, written or 0, None if cost is None else float(cost))


class HandedModel(LanguageModel):
    """A LlamaIndex model that a program has handed in."""

    def __init__(self, settings: Settings, llm: LLM) -> None:
        super().__init__(settings)
        self._llm = llm

    @property
    def llm(self) -> LLM:
        """The model as it was handed in."""
        return self._llm

    async def astream(self, prompt: Prompt) -> AsyncGenerator[Piece, None]:
        """The reply as it comes, without blocking the event loop; cancelling ends the call.

        What `CustomLLM` makes asynchronous by itself would block it, and is read in threads.
        """
        threaded = unwrap(type(self._llm).astream_chat) is unwrap(CustomLLM.astream_chat)
        async with aclosing(
            in_threads(self.stream(prompt)) if threaded else super().astream(prompt)
        ) as pieces:
            async for piece in pieces:
                yield piece

    @property
    def window(self) -> int:
        """The tokens it reads at once: as set, or as it says of itself. Raises `ModelError`."""
        if self._settings.context_window:
            return self._settings.context_window
        try:
            return self._llm.metadata.context_window
        except ValueError as error:  # its package has not heard of it
            raise ModelError(
                f"LlamaIndex does not know how much {self.name!r} reads. "
                "Say how many tokens in FOOTNOTE_CONTEXT_WINDOW."
            ) from error


def handed_in(llm: LLM) -> str:
    """What a model that is handed in goes by in the settings; also one its package has not met."""
    try:
        name = llm.metadata.model_name
    except ValueError:
        name = str(getattr(llm, "model", llm.class_name()))
    return f"{HANDED_IN}:{name}"


def language_model(settings: Settings, llm: LLM | None = None) -> LanguageModel:
    """The model that was handed in, or the one that the settings name.

    Raises `ModelError` where its package is not installed, or a key is wanting.
    """
    if llm is not None:
        return HandedModel(settings, llm)
    if settings.speaks_openai:
        from rag.llm.served import ServedModel

        return ServedModel(settings)
    from rag.llm.providers import ProvidedModel

    return ProvidedModel(settings)


def _chat(prompt: Prompt) -> list[ChatMessage]:
    return [ChatMessage(role=message.role, content=message.text) for message in prompt.messages]


def _finish(raw: Any) -> str | None:
    """Why a reply ended, where its last piece says so."""
    for place in _places(raw):
        for name in ("finish_reason", "stop_reason", "done_reason"):
            if said := _field(place, name):
                return _ENDINGS.get(str(getattr(said, "name", said)).lower(), "stop")
    return None


def _places(raw: Any) -> Iterator[Any]:
    """Where providers say it: at the top, in the first choice, in what has changed."""
    yield raw
    inner = [_field(raw, name) for name in ("data", "choices", "delta")]
    for one in inner:
        if isinstance(one, list | tuple):
            yield from one[:1]
        elif one is not None:
            yield from _places(one)


def _count(sources: Sequence[Any], names: Sequence[str]) -> int | None:
    counts = (_field(source, name) for source in sources for name in names)
    return next((count for count in counts if isinstance(count, int)), None)


def _field(value: Any, name: str) -> Any:
    """A field of what providers give back: some give mappings, some objects."""
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
