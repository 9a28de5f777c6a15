"""Language models by the packages that LlamaIndex has for their providers.

Each finds its key, and any other address, in the environment, as its provider's package does.
"""

import asyncio
import gc
from asyncio import AbstractEventLoop
from collections.abc import AsyncGenerator, Callable, Generator, Iterator, Mapping
from contextlib import AbstractContextManager, aclosing, closing
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any
from weakref import WeakKeyDictionary

from llama_index.core.llms import LLM

from rag.errors import ModelError
from rag.llm.failures import RETRIES, explained_failure
from rag.llm.language_model import LanguageModel
from rag.llm.messages import Piece, Prompt
from rag.llm.script import in_threads
from rag.settings import Settings

REPLY_TOKENS = 4_096
"""What a provider that insists on a limit is given: some stop at 256 or 512 by themselves."""
OLLAMA_WINDOW = 8_192
"""What Ollama is to read at once when nobody says: it sets memory aside for all of it, and
LlamaIndex would ask for as much as the model can ever read."""

Options = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Provider:
    """A package of LlamaIndex's, and the class in it that talks to a provider's models.

    `options` is how the class is told of the settings, `limited` how a call is told the most
    tokens it may write. `window` is what a model reads that LlamaIndex has not heard of. With
    `in_threads` its asynchronous stream cannot be ended, and its other one is read in threads.
    `collected` says that a stream of its holds itself, so that only the collector of garbage
    closes it. `beside` is what must be installed as well, where the package demands too little.
    """

    package: str
    class_name: str
    options: Callable[[Settings], Options]
    limited: Callable[[int], Options]
    window: int
    in_threads: bool = False
    collected: bool = False
    beside: str = ""

    @property
    def to_install(self) -> str:
        """The command that installs it."""
        return f"pip install {self.package}{self.beside}"

    @property
    def module(self) -> str:
        """The module that the package brings."""
        return "llama_index.llms." + self.package.removeprefix("llama-index-llms-").replace(
            "-", "_"
        )


class ProvidedModel(LanguageModel):
    """A model by its provider's package; one object for threads, and one for each event loop.

    Raises `ModelError` that names the package, where it is not installed.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        kind, _, self._model = settings.llm.partition(":")
        if kind not in PROVIDERS:
            raise ModelError(
                f"{settings.llm!r} is a model to be handed in: Chatbot.open(store, llm=...)"
            )
        self._provider = PROVIDERS[kind]
        self._class = _class_of(self._provider, settings.llm)
        self._on_loops: WeakKeyDictionary[AbstractEventLoop, LLM] = WeakKeyDictionary()

    @cached_property
    def llm(self) -> LLM:
        """It for threads. Raises `ModelError` where a key is wanting."""
        return self._made()

    async def llm_here(self) -> LLM:
        """It for the running event loop, which its connections belong to."""
        loop = asyncio.get_running_loop()
        if loop not in self._on_loops:
            self._on_loops[loop] = await asyncio.to_thread(self._made)
        return self._on_loops[loop]

    @cached_property
    def window(self) -> int:
        """The tokens it reads at once: as set, as known, or as its provider's models do."""
        return self._settings.context_window or self._known_window or self._provider.window

    def explained(self) -> AbstractContextManager[None]:
        """What goes wrong inside, as a `ModelError` that says what to do."""
        return explained_failure(self.name, self._provider.to_install)

    def stream(self, prompt: Prompt) -> Generator[Piece, None, None]:
        """The reply as it comes; closing the iterator ends the call. Raises `ModelError`."""
        ended = False
        try:
            yield from super().stream(prompt)
            ended = True
        finally:
            if self._provider.collected and not ended:
                gc.collect()

    async def astream(self, prompt: Prompt) -> AsyncGenerator[Piece, None]:
        """The reply as it comes, without blocking the event loop; cancelling ends the call."""
        threaded = self._provider.in_threads
        async with aclosing(
            in_threads(self.stream(prompt)) if threaded else super().astream(prompt)
        ) as pieces:
            async for piece in pieces:
                yield piece

    def _options(self, prompt: Prompt) -> dict[str, Any]:
        return dict(self._provider.limited(min(prompt.most or REPLY_TOKENS, REPLY_TOKENS)))

    @cached_property
    def _known_window(self) -> int | None:
        """What LlamaIndex knows; None of a model it has not heard of."""
        try:
            return self.llm.metadata.context_window
        except ValueError:
            return None

    def _made(self) -> LLM:
        with self.explained():
            llm: LLM = self._class(model=self._model, **self._provider.options(self._settings))
            return llm


def _class_of(provider: Provider, model: str) -> Any:
    try:
        return getattr(import_module(provider.module), provider.class_name)
    except ImportError as error:
        raise ModelError(
            f"{model!r} needs a package that is not installed. "
            f"Install it with: {provider.to_install}"
        ) from error


def _max_tokens(most: int) -> Options:
    return {"max_tokens": most}


def _usual(settings: Settings) -> Options:
    """As Anthropic's and Mistral's classes have it."""
    return {
        "temperature": 0.0,
        "max_tokens": REPLY_TOKENS,
        "timeout": settings.timeout,
        "max_retries": RETRIES,
    }


def _gemini(settings: Settings) -> Options:
    """No temperature: the newest models refuse any, and the class knows which."""
    return {"max_retries": RETRIES, "http_options": {"timeout": round(1000 * settings.timeout)}}


def _bedrock(settings: Settings) -> Options:
    boto3, config = import_module("boto3"), import_module("botocore.config").Config
    patience = {"connect_timeout": settings.timeout, "read_timeout": settings.timeout}
    retries = {"max_attempts": RETRIES, "mode": "standard"}
    client = boto3.client("bedrock-runtime", config=config(retries=retries, **patience))
    return {"temperature": 0.0, "max_tokens": REPLY_TOKENS, "client": BedrockClient(client)}


class BedrockClient:
    """botocore's client, whose streams are closed where they are left, and say why they ended.

    botocore's own are closed by the collector of garbage, and LlamaIndex passes the reason over.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self.exceptions = client.exceptions

    def converse_stream(self, **call: Any) -> dict[str, Any]:
        """The reply, its events in `stream`."""
        reply: dict[str, Any] = self._client.converse_stream(**call)
        return reply | {"stream": _bedrock_events(reply["stream"])}


def _bedrock_events(stream: Any) -> Iterator[dict[str, Any]]:
    reason = None
    with closing(stream):
        for event in stream:
            reason = event.get("messageStop", {}).get("stopReason", reason)
            yield event | {"stop_reason": reason} if "metadata" in event else event


def _ollama(settings: Settings) -> Options:
    """The clients are Ollama's own, which look for its server in `OLLAMA_HOST`."""
    ollama = import_module("ollama")
    return {
        "temperature": 0.0,
        "context_window": settings.context_window or OLLAMA_WINDOW,
        "additional_kwargs": {"num_predict": settings.max_tokens or REPLY_TOKENS},
        "client": ollama.Client(timeout=settings.timeout),
        "async_client": ollama.AsyncClient(timeout=settings.timeout),
    }


PROVIDERS = {
    "anthropic": Provider(
        "llama-index-llms-anthropic",
        "Anthropic",
        _usual,
        _max_tokens,
        window=200_000,
        in_threads=True,
        collected=True,
        beside=" 'anthropic<1'",
    ),
    "gemini": Provider(
        "llama-index-llms-google-genai",
        "GoogleGenAI",
        _gemini,
        lambda most: {"generation_config": {"max_output_tokens": most}},
        window=200_000,
        in_threads=True,
    ),
    "mistral": Provider(
        "llama-index-llms-mistralai", "MistralAI", _usual, _max_tokens, window=32_000
    ),
    "bedrock": Provider(
        "llama-index-llms-bedrock-converse",
        "BedrockConverse",
        _bedrock,
        _max_tokens,
        window=32_000,
        in_threads=True,
    ),
    "ollama": Provider(
        "llama-index-llms-ollama", "Ollama", _ollama, lambda _: {}, window=OLLAMA_WINDOW
    ),
}
