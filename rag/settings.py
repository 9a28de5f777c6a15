"""What can be set, where it is looked for, and what it is when nobody says."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rag.errors import SettingsError

EXTRACTIVE = "extractive"
BUILTIN_EMBEDDING = "minilm"
OPENAI_URL = "https://api.openai.com/v1"
DEFAULT_OPENAI_MODEL = "gpt-4.1-mini"
SPEAK_OPENAI = ("openai", "compatible")
PROVIDERS = (*SPEAK_OPENAI, "anthropic", "gemini", "mistral", "bedrock", "ollama")
HANDED_IN = "llama-index"
"""What stands before the name of a model that a program hands in."""

VARIABLES = {
    "store": "FOOTNOTE_STORE",
    "collection": "FOOTNOTE_COLLECTION",
    "store_token": "FOOTNOTE_STORE_TOKEN",
    "llm": "FOOTNOTE_LLM",
    "embedding": "FOOTNOTE_EMBEDDING",
    "passages": "FOOTNOTE_PASSAGES",
    "max_tokens": "FOOTNOTE_MAX_TOKENS",
    "context_window": "FOOTNOTE_CONTEXT_WINDOW",
    "price": "FOOTNOTE_PRICE",
    "timeout": "FOOTNOTE_TIMEOUT",
    "openai_api_key": "OPENAI_API_KEY",
    "openai_base_url": "OPENAI_BASE_URL",
    "api_keys": "FOOTNOTE_API_KEYS",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting, with its default.

    store            folder of the embedded store, or the URL of a Chroma server, which may have a
                     path and `?tenant=NAME&database=NAME`
    collection       the store's collection in Chroma: one server holds several stores
    store_token      what a Chroma server wants to be told in its header; never shown
    llm              `extractive`, or `PROVIDER:NAME`; with a key alone, OpenAI's default model
    embedding        `minilm`, `openai:NAME` or `compatible:NAME`
    passages         how many passages an answer is made from
    max_tokens       the most tokens one answer may cost, prompt and completion together
    context_window   the tokens a model reads at once, where its server does not say
    price            dollars for a million tokens read and written, `0.40/1.60`
    timeout          seconds to wait for a language model's server
    openai_api_key   never shown
    openai_base_url  the server of a compatible model; never shown whole
    api_keys         the file of the endpoint's keys, as `footnote key add` makes it
    """

    store: str = ".footnote"
    collection: str = "footnote"
    store_token: str | None = field(default=None, repr=False)
    llm: str = EXTRACTIVE
    embedding: str = BUILTIN_EMBEDDING
    passages: int = 10
    max_tokens: int | None = None
    context_window: int | None = None
    price: str | None = None
    timeout: float = 60.0
    openai_api_key: str | None = field(default=None, repr=False)
    openai_base_url: str | None = field(default=None, repr=False)
    api_keys: str | None = None

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9._-]{1,400}[a-zA-Z0-9]", self.collection):
            raise SettingsError(
                f"{VARIABLES['collection']} is {self.collection!r}; it must be 3 or more letters, "
                "digits, dots, dashes or underscores."
            )
        _check_model("llm", self.llm, EXTRACTIVE, (*PROVIDERS, HANDED_IN))
        _check_model("embedding", self.embedding, BUILTIN_EMBEDDING, SPEAK_OPENAI)
        for name in ("passages", "max_tokens", "context_window", "timeout"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise SettingsError(f"{VARIABLES[name]} is {value}; it must be more than 0.")
        _prices(self.price)

    @classmethod
    def load(cls, environ: Mapping[str, str], directory: Path = Path()) -> "Settings":
        """Settings from the environment, `.env`, `footnote.toml` and the defaults, in that order.

        Raises `SettingsError` for a value that means nothing, a file that cannot be read, and a
        key of the environment's where only a file of the folder says whom to send it to.
        """
        from dotenv import dotenv_values

        dotenv = dotenv_values(directory / ".env", interpolate=False)
        values = _from_toml(directory / "footnote.toml")
        for name, variable in VARIABLES.items():
            if given := environ.get(variable) or dotenv.get(variable):
                values[name] = given
        _check_trust(environ, values)
        if values.get("openai_api_key"):
            values.setdefault("llm", f"openai:{DEFAULT_OPENAI_MODEL}")
        return cls(**{name: _typed(name, value) for name, value in values.items()})

    @property
    def is_extractive(self) -> bool:
        """Whether answers are made without a language model."""
        return self.llm == EXTRACTIVE

    @property
    def speaks_openai(self) -> bool:
        """Whether the model is asked by OpenAI's protocol."""
        return self.llm.partition(":")[0] in SPEAK_OPENAI

    @property
    def server(self) -> str:
        """The name and port of the models' server, without what else its URL may hold."""
        try:
            parts = urlsplit(self.openai_base_url or OPENAI_URL)
            port = f":{parts.port}" if parts.port else ""
        except ValueError:
            return VARIABLES["openai_base_url"]
        return f"{parts.hostname or VARIABLES['openai_base_url']}{port}"

    def cost(self, read: int, written: int) -> float | None:
        """What so many tokens cost in dollars, by `price`; None when nobody said."""
        prices = _prices(self.price)
        return (prices[0] * read + prices[1] * written) / 1_000_000 if prices else None


def _check_model(name: str, value: str, builtin: str, providers: Sequence[str]) -> None:
    kind, _, model = value.partition(":")
    if value != builtin and (kind not in providers or not model):
        known = ", ".join(f"{p}:NAME" for p in providers if p != HANDED_IN)
        raise SettingsError(f"{VARIABLES[name]} is {value!r}; it must be {builtin!r} or {known}.")


def _check_trust(environ: Mapping[str, str], values: Mapping[str, Any]) -> None:
    """Refuse to send a secret of the environment's to an address that only a folder gives."""
    for secret, place in (("openai_api_key", "openai_base_url"), ("store_token", "store")):
        key, url = VARIABLES[secret], VARIABLES[place]
        is_address = "//" in str(values.get(place))
        if environ.get(key) and is_address and not environ.get(url):
            raise SettingsError(
                f"{url} is set in this folder, and {key} in the environment: the key is not sent "
                f"where a folder says. Set {url} in the environment as well, or {key} in the "
                "folder's .env."
            )


def _prices(price: str | None) -> tuple[float, float] | None:
    """Dollars for a million tokens read, and written."""
    if price is None:
        return None
    try:
        read, written = map(float, price.split("/"))
    except ValueError as error:
        raise SettingsError(
            f"{VARIABLES['price']} is {price!r}; it must be the dollars for a million tokens read "
            "and written, such as 0.40/1.60."
        ) from error
    return read, written


def _from_toml(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} cannot be read: {error}. Mend or remove it.") from error
    if unknown := sorted(set(values) - set(VARIABLES)):
        known = ", ".join(VARIABLES)
        raise SettingsError(f"{path} sets {unknown[0]!r}, which is unknown. Known: {known}.")
    return values


def _typed(name: str, value: Any) -> Any:
    kind = {f.name: str(f.type) for f in fields(Settings)}[name]
    convert = int if "int" in kind else float if "float" in kind else str
    try:
        return convert(value)
    except (TypeError, ValueError) as error:
        raise SettingsError(f"{VARIABLES[name]} is {value!r}; it must be a number.") from error
