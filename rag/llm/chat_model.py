"""The language model: choosing it and calling it.

Importing this imports LlamaIndex and openai, which takes a few seconds: only where a model is used.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import openai
from llama_index.core.base.llms.types import ChatMessage, LLMMetadata
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.llms.openai import OpenAI
from llama_index.llms.openai.utils import ALL_AVAILABLE_MODELS, O1_MODELS

from rag.answers import Usage
from rag.llm.client import Patience, client_for
from rag.llm.failures import FAILURES, explained
from rag.llm.messages import Message, Piece
from rag.settings import Settings

# What a model is taken to read at once when nobody says: few OpenAI models read less than the
# first, and servers at home are often set to the second.
OPENAI_WINDOW, COMPATIBLE_WINDOW = 128_000, 4_096
_SAID_AS = ("max_model_len", "context_length", "context_window")
"""What vLLM and SGLang, OpenRouter and Together, and Groq call it in their list of models."""
_LISTING = 5.0  # seconds that list may take


class ChatModel(OpenAI):
    """LlamaIndex's OpenAI model under any name, at any server, with the window it is told."""

    _window: int = PrivateAttr()

    def __init__(self, *, window: int, **options: Any) -> None:
        super().__init__(**options)
        self._window = window

    @property
    def metadata(self) -> LLMMetadata:
        """What LlamaIndex wants to know, without looking the name up."""
        return LLMMetadata(
            context_window=self._window,
            num_output=self.max_tokens or -1,
            is_chat_model=True,
            model_name=self.model,
        )

    @property
    def _tokenizer(self) -> None:
        """None: tiktoken would fetch its tables from the network."""
        return


def language_model(
    settings: Settings, client: openai.OpenAI | openai.AsyncOpenAI, window: int
) -> ChatModel:
    """The model that the settings name, as a LlamaIndex one that asks through the client."""
    through = "openai_client" if isinstance(client, openai.OpenAI) else "async_openai_client"
    provider, _, name = settings.llm.partition(":")
    unheard_of = provider == "openai" and name not in ALL_AVAILABLE_MODELS
    return ChatModel(
        model=name,
        window=window,
        # OpenAI's newest models take no temperature but 1.
        temperature=1.0 if name in O1_MODELS or unheard_of else 0.0,
        api_key=client.api_key,
        api_base=str(client.base_url),
        timeout=settings.timeout,
        max_retries=0,  # the client retries, and heeds Retry-After
        **{through: client},
    )


class Model:
    """A model to be asked. Each call has its own connection, which ends with it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._provider, _, self._name = settings.llm.partition(":")
        # OpenAI's reasoning models know the limit only by its newer name, others by its older one.
        self._limit = "max_completion_tokens" if self._provider == "openai" else "max_tokens"
        self._served: int | None = None

    @property
    def window(self) -> int:
        """The tokens it reads at once: as set, as known, as its server says, or a small guess."""
        if self._settings.context_window:
            return self._settings.context_window
        if self._provider == "openai":
            return ALL_AVAILABLE_MODELS.get(self._name, OPENAI_WINDOW)
        if self._served is None:
            self._served = self._said_by_server()
        return self._served or COMPATIBLE_WINDOW

    def _said_by_server(self) -> int | None:
        """The window in the server's list of models; None where it does not say."""
        try:
            with client_for(self._settings, self._settings.llm) as client:
                patience = min(_LISTING, self._settings.timeout)
                listed = client.with_options(timeout=patience, max_retries=0).models.list().data
            entries = [model.model_extra or {} for model in listed if model.id == self._name]
        except FAILURES:
            return None
        sizes = [entry.get(name) for entry in entries for name in _SAID_AS]
        return next((size for size in sizes if isinstance(size, int) and size > 0), None)

    def stream(self, messages: Sequence[Message], most: int | None = None) -> Iterator[Piece]:
        """The reply as it comes, of at most `most` tokens; closing the iterator ends the call.

        Raises `ModelError` once the client's own retries are used up.
        """
        options: dict[str, Any] = {"stream_options": {"include_usage": True}}
        if most is not None:
            options[self._limit] = most
        patience = Patience(self._settings.timeout)
        chat = [ChatMessage(role=message.role, content=message.text) for message in messages]
        with (
            explained(self._settings, self._settings.llm),
            client_for(self._settings, self._settings.llm, patience) as client,
        ):
            llm = language_model(self._settings, client, self.window)
            heard = False
            for reply in llm.stream_chat(chat, **options):
                heard = True
                yield self._piece(reply.delta or "", reply.raw)
                patience.renew()  # only here: whoever reads the pieces may take their time
            if not heard:
                raise ValueError("There is not even an empty reply.")

    def complete(self, messages: Sequence[Message], most: int | None = None) -> Piece:
        """The whole reply."""
        pieces = list(self.stream(messages, most))
        usage = next((piece.usage for piece in reversed(pieces) if piece.usage), None)
        return Piece("".join(piece.text for piece in pieces), pieces[-1].finish, usage)

    def _piece(self, text: str, raw: Any) -> Piece:
        choices = getattr(raw, "choices", None) or ()
        finish = choices[0].finish_reason if choices else None
        return Piece(text, finish, self._usage(getattr(raw, "usage", None)))

    def _usage(self, usage: Any) -> Usage | None:
        """Tokens as counted by the server, and the cost: by it, or by the price that is set."""
        if usage is None:
            return None
        read, written = usage.prompt_tokens or 0, usage.completion_tokens or 0
        cost = getattr(usage, "cost", None)
        if not isinstance(cost, int | float):
            cost = self._settings.cost(read, written)
        return Usage(read, written, None if cost is None else float(cost))
