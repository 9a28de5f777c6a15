"""The language model: choosing it, calling it, and saying what went wrong.

Importing this imports LlamaIndex and openai, which takes a few seconds: only where a model is used.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import openai
from llama_index.core.base.llms.types import ChatMessage, LLMMetadata
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.llms.openai import OpenAI
from llama_index.llms.openai.utils import ALL_AVAILABLE_MODELS, O1_MODELS

from rag.answers import Usage
from rag.errors import ModelError
from rag.prompts import Message
from rag.settings import Settings

# What a model is taken to read at once when nobody says: few OpenAI models read less than the
# first, and servers at home are often set to the second.
OPENAI_WINDOW, COMPATIBLE_WINDOW = 128_000, 4_096
RETRIES = 2
_NO_KEY = "none"  # servers at home ask for no key, and the client insists on one
# A body of another shape fails within the client, in one of the last four ways.
_FAILURES = (
    openai.OpenAIError,
    httpx.HTTPError,
    httpx.InvalidURL,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
)
_INSTEAD = "Or answer without a model: FOOTNOTE_LLM=extractive"


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a reply; the last ones say why it ended and what it cost."""

    text: str = ""
    finish: str | None = None
    usage: Usage | None = None


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


def language_model(settings: Settings, client: openai.OpenAI | None = None) -> ChatModel:
    """The model that the settings name, as a LlamaIndex one. Raises `ModelError` without a key."""
    provider, _, name = settings.llm.partition(":")
    client = client or _client(settings)
    unheard_of = provider == "openai" and name not in ALL_AVAILABLE_MODELS
    return ChatModel(
        model=name,
        window=_window(provider, name),
        # OpenAI's newest models take no temperature but 1.
        temperature=1.0 if name in O1_MODELS or unheard_of else 0.0,
        api_key=client.api_key,
        api_base=str(client.base_url),
        timeout=settings.timeout,
        max_retries=0,  # the client retries, and heeds Retry-After
        openai_client=client,
    )


def try_out(settings: Settings) -> str:
    """What the model says to a small call. Raises `ModelError`."""
    said = Model(settings).complete([Message("user", "Reply with the word: ready")], 200)
    return " ".join(said.split())[:40]


class Model:
    """A model to be asked. Each call has its own connection, which ends with it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        provider, _, name = settings.llm.partition(":")
        self.window = _window(provider, name)

    def stream(self, messages: Sequence[Message], most: int | None = None) -> Iterator[Piece]:
        """The reply as it comes, of at most `most` tokens; closing the iterator ends the call.

        Raises `ModelError` once the client's own retries are used up.
        """
        options: dict[str, Any] = {"stream_options": {"include_usage": True}}
        with explained(self._settings, self._settings.llm), _client(self._settings) as client:
            llm = language_model(self._settings, client)
            llm.max_tokens = most
            chat = [ChatMessage(role=message.role, content=message.text) for message in messages]
            for reply in llm.stream_chat(chat, **options):
                yield _piece(reply.delta or "", reply.raw)

    def complete(self, messages: Sequence[Message], most: int | None = None) -> str:
        """The whole reply."""
        return "".join(piece.text for piece in self.stream(messages, most))


def credentials(settings: Settings, model: str) -> tuple[str, str]:
    """The key and the base URL for a `PROVIDER:NAME`. Raises `ModelError` without a key."""
    provider = model.partition(":")[0]
    key = settings.openai_api_key or (_NO_KEY if provider == "compatible" else None)
    if key is None:
        raise ModelError(f"{model!r} needs a key. Set OPENAI_API_KEY. {_INSTEAD}")
    return key, settings.openai_base_url or "https://api.openai.com/v1"


def _client(settings: Settings) -> openai.OpenAI:
    key, url = credentials(settings, settings.llm)
    return openai.OpenAI(api_key=key, base_url=url, timeout=settings.timeout, max_retries=RETRIES)


def _window(provider: str, name: str) -> int:
    if provider == "openai":
        return ALL_AVAILABLE_MODELS.get(name, OPENAI_WINDOW)
    return COMPATIBLE_WINDOW


def _piece(text: str, raw: Any) -> Piece:
    choices = getattr(raw, "choices", None) or ()
    finish = choices[0].finish_reason if choices else None
    return Piece(text, finish, _usage(getattr(raw, "usage", None)))


def _usage(usage: Any) -> Usage | None:
    """Tokens as counted by the server; some servers say the cost as well."""
    if usage is None:
        return None
    cost = getattr(usage, "cost", None)
    return Usage(
        usage.prompt_tokens or 0,
        usage.completion_tokens or 0,
        float(cost) if isinstance(cost, int | float) else None,
    )


@contextmanager
def explained(settings: Settings, model: str) -> Iterator[None]:
    """Whatever the client raises, as one `ModelError` that says what to do and holds no key."""
    try:
        yield
    except _FAILURES as error:
        # Not chained: the client's errors carry the request, and the request the key.
        raise ModelError(_message(error, settings, model)) from None


def _message(error: Exception, settings: Settings, model: str) -> str:
    provider, _, name = model.partition(":")
    server = _server(settings)
    match error:
        case openai.APITimeoutError() | httpx.TimeoutException():
            what = f"{server} did not answer within {settings.timeout:g} seconds. "
            mend = "Give it longer with FOOTNOTE_TIMEOUT."
        case openai.APIConnectionError() | httpx.InvalidURL():
            what = f"No server answers at {server}. "
            mend = "Start it, or set OPENAI_BASE_URL to where it is."
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            what = f"{server} refused the key ({error.status_code}). "
            mend = "Set OPENAI_API_KEY to one it accepts."
        case openai.NotFoundError():
            what = f"{server} has no model {name!r} (404). "
            mend = f"Set FOOTNOTE_LLM={provider}:NAME to one it has."
        case openai.RateLimitError():
            what = (
                f"{server} takes no more calls now (429), for their number or for want of credit. "
            )
            mend = "Ask again later."
        case openai.APIStatusError(status_code=status) if status >= 500:
            what = f"{server} failed ({status}), {RETRIES + 1} times. "
            mend = "Ask again later."
        case openai.APIStatusError(status_code=status):
            what = f"{server} refused the request ({status}). "
            mend = f"See that {name!r} is a chat model and that the question is not too long."
        case httpx.HTTPError():
            what = f"{server} broke off in the middle of its answer. "
            mend = "Ask again."
        case _:
            what = f"{server} answered with something that is not a reply. "
            mend = "See that OPENAI_BASE_URL is an OpenAI-compatible server's, ending in /v1."
    return f"{what}{mend} {_INSTEAD}"


def _server(settings: Settings) -> str:
    """The server's name and port, without what else a URL may hold."""
    try:
        parts = urlsplit(settings.openai_base_url or "https://api.openai.com/v1")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "OPENAI_BASE_URL"
    return f"{parts.hostname or 'OPENAI_BASE_URL'}{port}"
