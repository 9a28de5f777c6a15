"""A model behind OpenAI's protocol: OpenAI's own, or a compatible server's.

Importing this imports LlamaIndex and openai, which takes a few seconds: only where a model is used.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from typing import Any

import openai
from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseAsyncGen,
    ChatResponseGen,
    LLMMetadata,
    MessageRole,
)
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.instrumentation.events.exception import ExceptionEvent
from llama_index.core.instrumentation.events.llm import LLMChatEndEvent, LLMChatStartEvent
from llama_index.core.instrumentation.span import active_span_id
from llama_index.core.llms import LLM
from llama_index.llms.openai import OpenAI
from llama_index_instrumentation import get_dispatcher

from rag.llm.client import Connections
from rag.llm.failures import FAILURES, explained
from rag.llm.language_model import LanguageModel
from rag.llm.messages import Piece, Prompt
from rag.settings import Settings

# What a model is taken to read at once when nobody says: few OpenAI models read less than the
# first, and servers at home are often set to the second.
OPENAI_WINDOW, COMPATIBLE_WINDOW = 128_000, 4_096
_SAID_AS = ("max_model_len", "context_length", "context_window")
"""What vLLM and SGLang, OpenRouter and Together, and Groq call it in their list of models."""
_LISTING = 5.0  # seconds that list may take


dispatcher = get_dispatcher(__name__)
Client = openai.OpenAI | openai.AsyncOpenAI


class ChatModel(OpenAI):
    """LlamaIndex's OpenAI model under any name, at any server, with the window it is told.

    It streams by itself, so that a stream that is left is closed there and then: LlamaIndex's and
    openai's end with the garbage collector.
    """

    _window: int = PrivateAttr()
    _served_by: Client = PrivateAttr()

    def __init__(self, *, window: int, client: Client, **options: Any) -> None:
        threads = isinstance(client, openai.OpenAI)
        options["openai_client" if threads else "async_openai_client"] = client
        super().__init__(**options)
        self._window = window
        self._served_by = client

    @property
    def metadata(self) -> LLMMetadata:
        """What LlamaIndex wants to know, without looking the name up."""
        return LLMMetadata(
            context_window=self._window,
            num_output=self.max_tokens or -1,
            is_chat_model=True,
            model_name=self.model,
        )

    def stream_chat(self, messages: Sequence[ChatMessage], **options: Any) -> ChatResponseGen:
        """The reply piece by piece; closing the generator ends the call."""
        span_id = active_span_id.get()

        def replies() -> ChatResponseGen:
            completions: Any = self._served_by.chat.completions
            with (
                self._traced(messages, options, span_id) as said,
                completions.create(**self._call(messages), **options) as stream,
            ):
                for reply in map(_reply, stream):
                    said.append(reply.delta or "")
                    yield reply

        return replies()

    async def astream_chat(
        self, messages: Sequence[ChatMessage], **options: Any
    ) -> ChatResponseAsyncGen:
        """The same on an event loop."""
        span_id = active_span_id.get()

        async def replies() -> ChatResponseAsyncGen:
            completions: Any = self._served_by.chat.completions
            with self._traced(messages, options, span_id) as said:
                async with await completions.create(**self._call(messages), **options) as stream:
                    async for chunk in stream:
                        reply = _reply(chunk)
                        said.append(reply.delta or "")
                        yield reply

        return replies()

    @contextmanager
    def _traced(
        self, messages: Sequence[ChatMessage], options: dict[str, Any], span_id: str | None
    ) -> Iterator[list[str]]:
        """Tell LlamaIndex's dispatcher of a call; what is said is put into the list.

        LlamaIndex's own decorator does the same, and does not close the stream of a call that is
        left.
        """
        model = {"model": self.model, "temperature": self.temperature}
        start: dict[str, Any] = {"additional_kwargs": options, "model_dict": model}
        dispatcher.event(LLMChatStartEvent(messages=list(messages), span_id=span_id, **start))
        said: list[str] = []
        try:
            yield said
        except BaseException as error:
            dispatcher.event(ExceptionEvent(exception=error, span_id=span_id))
            raise
        message = ChatMessage(role=MessageRole.ASSISTANT, content="".join(said))
        response = ChatResponse(message=message)
        end = LLMChatEndEvent(messages=list(messages), response=response, span_id=span_id)
        dispatcher.event(end)

    def _call(self, messages: Sequence[ChatMessage]) -> dict[str, Any]:
        said = [{"role": one.role.value, "content": one.content} for one in messages]
        return {
            "model": self.model,
            "temperature": self.temperature,
            "messages": said,
            "stream": True,
        }


def _reply(chunk: Any) -> ChatResponse:
    """A piece of a reply; the text before it is not told again."""
    delta = (chunk.choices[0].delta.content or "") if chunk.choices else ""
    message = ChatMessage(role=MessageRole.ASSISTANT, content=delta)
    return ChatResponse(message=message, delta=delta, raw=chunk)


class ServedModel(LanguageModel):
    """A model at a server; the connections to it are kept from call to call."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._provider, _, self._name = settings.llm.partition(":")
        # OpenAI's reasoning models know the limit only by its newer name, others by its older one.
        self._limit = "max_completion_tokens" if self._provider == "openai" else "max_tokens"
        self._connections = Connections(settings, settings.llm)

    @cached_property
    def window(self) -> int:
        """The tokens it reads at once: as set, as known, as its server says, or a small guess."""
        if self._settings.context_window:
            return self._settings.context_window
        if self._provider == "openai":
            return self._known.context_window if self._known else OPENAI_WINDOW
        return self._said_by_server() or COMPATIBLE_WINDOW

    @cached_property
    def llm(self) -> LLM:
        """It for threads. Raises `ModelError` without a key."""
        return self._chat_model(self._connections.client)

    async def llm_here(self) -> LLM:
        """It for the running event loop."""
        await asyncio.to_thread(lambda: self.window)  # which may have to ask the server
        return self._chat_model(await self._connections.async_client())

    def close(self) -> None:
        """Close the connections of threads; those of an event loop end with it."""
        self._connections.close()

    def explained(self) -> AbstractContextManager[None]:
        """What goes wrong inside, as a `ModelError` that says what to do and holds no key."""
        return explained(self._settings, self.name)

    @cached_property
    def _known(self) -> LLMMetadata | None:
        """What LlamaIndex knows of a model of OpenAI's; None of one it has not heard of."""
        try:
            return OpenAI(model=self._name, api_key="none").metadata
        except ValueError:
            return None

    def _chat_model(self, client: Client) -> ChatModel:
        key, url = self._connections.credentials
        unheard_of = self._provider == "openai" and self._known is None
        return ChatModel(
            model=self._name,
            window=self.window,
            # OpenAI's newest models take no temperature but 1.
            temperature=1.0 if unheard_of else 0.0,
            api_key=key,
            api_base=url,
            timeout=self._settings.timeout,
            max_retries=0,  # the client retries, and heeds Retry-After
            client=client,
        )

    def _said_by_server(self) -> int | None:
        """The window in the server's list of models; None where it does not say."""
        try:
            patience = min(_LISTING, self._settings.timeout)
            client = self._connections.client.with_options(timeout=patience, max_retries=0)
            entries = [m.model_extra or {} for m in client.models.list().data if m.id == self._name]
        except FAILURES:
            return None
        sizes = [entry.get(name) for entry in entries for name in _SAID_AS]
        return next((size for size in sizes if isinstance(size, int) and size > 0), None)

    def _options(self, prompt: Prompt) -> dict[str, Any]:
        options: dict[str, Any] = {"stream_options": {"include_usage": True}}
        if prompt.most is not None:
            options[self._limit] = prompt.most
        return options

    def _ended(self, finish: str | None, *, heard: bool) -> Sequence[Piece]:  # noqa: ARG002
        """Nothing: a server that does not say how it ended has broken off."""
        if not heard:
            with self.explained():
                raise ValueError("There is not even an empty reply.")
        return ()
