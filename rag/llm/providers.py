"""Language models by the packages that LlamaIndex has for their providers."""

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from rag.errors import ModelError
from rag.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

REPLY_TOKENS = 4_096
"""What a provider that insists on a limit is given: some stop at 256 or 512 by themselves."""


@dataclass(frozen=True, slots=True)
class Provider:
    """A package of LlamaIndex's, and the class in it that talks to a provider's models."""

    package: str
    class_name: str
    limit: str | None = None
    """What the class calls the most tokens of a reply, where it sets one unasked."""

    @property
    def module(self) -> str:
        """The module that the package brings."""
        return "llama_index.llms." + self.package.removeprefix("llama-index-llms-").replace(
            "-", "_"
        )


PROVIDERS = {
    "anthropic": Provider("llama-index-llms-anthropic", "Anthropic", "max_tokens"),
    "gemini": Provider("llama-index-llms-google-genai", "GoogleGenAI"),
    "mistral": Provider("llama-index-llms-mistralai", "MistralAI", "max_tokens"),
    "bedrock": Provider("llama-index-llms-bedrock-converse", "BedrockConverse", "max_tokens"),
    "ollama": Provider("llama-index-llms-ollama", "Ollama"),
}


def provided(settings: Settings) -> "LLM":
    """The model that the settings name, with the key that its provider's package looks for.

    Raises `ModelError` that names the package, where it is not installed.
    """
    kind, _, name = settings.llm.partition(":")
    provider = PROVIDERS.get(kind)
    if provider is None:
        raise ModelError(
            f"{settings.llm!r} is a model to be handed in: Chatbot.open(store, llm=...)"
        )
    options: dict[str, Any] = {"model": name, "temperature": 0.0}
    if provider.limit:
        options[provider.limit] = REPLY_TOKENS
    if kind == "ollama":
        options |= {"request_timeout": settings.timeout}
        if settings.context_window:
            options["context_window"] = settings.context_window
    made = _class_of(provider, settings.llm)
    try:
        llm: LLM = made(**options)
    except Exception as error:  # a key that is wanting, in the words of any package
        said = " ".join(str(error).split())[:200]
        raise ModelError(f"{settings.llm!r} cannot be had: {said}") from None
    return llm


def _class_of(provider: Provider, model: str) -> Any:
    try:
        return getattr(import_module(provider.module), provider.class_name)
    except ModuleNotFoundError as error:
        raise ModelError(
            f"{model!r} needs a package that is not installed. "
            f"Install it with: pip install {provider.package}"
        ) from error
