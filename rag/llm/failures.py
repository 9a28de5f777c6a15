"""What went wrong between us and a model's server, in words that say what to do.

Importing this imports openai, which takes a second: only where a model is used.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import openai

from rag.errors import ModelError, ModelUnavailable
from rag.settings import Settings

RETRIES = 2
"""How often the client asks again: after time-outs, 429 and 5xx, with back-off."""

# A body of another shape fails within the client, in one of the last four ways.
FAILURES = (
    openai.OpenAIError,
    httpx.HTTPError,
    httpx.InvalidURL,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
)


@contextmanager
def explained(settings: Settings, model: str) -> Iterator[None]:
    """Whatever the client raises, as one `ModelError` that says what to do and holds no key.

    It is a `ModelUnavailable` where nothing is set up wrongly.
    """
    try:
        yield
    except FAILURES as error:
        # Not chained: the client's errors carry the request, and the request the key.
        passing = _passing(error, settings)
        raise passing or ModelError(_mistake(error, settings, model)) from None


@contextmanager
def explained_failure(model: str, to_install: str = "") -> Iterator[None]:
    """Whatever a package of another provider raises, as a `ModelError` that names the model.

    It is a `ModelUnavailable` where the error's status, or its kind, says that it may pass.
    `to_install` is the command that installs packages that fit each other.
    """
    try:
        yield
    except ModelError:
        raise
    except Exception as error:
        status, kind = _status(error), type(error).__name__
        if "terminated early" in str(error):  # as the package for Gemini says of any end but one
            ended = str(error).rpartition(": ")[2][:40]
            raise ModelUnavailable(f"{model!r} ended its answer early ({ended}).") from None
        # What a server says may repeat the key; what a client says of itself is of use.
        told = f"{kind}, {status}" if status else f"{kind}: {' '.join(str(error).split())[:200]}"
        if status == 429 or (status or 0) >= 500 or (status is None and _is_network(error)):
            raise ModelUnavailable(f"{model!r} gave no answer ({kind}). Ask again later.") from None
        mend = "Or answer without a model: FOOTNOTE_LLM=extractive"
        if to_install and isinstance(error, TypeError | AttributeError):
            mend = f"Its packages may not fit each other; those that do: {to_install}"
        raise ModelError(f"{model!r} cannot be asked ({told}). {mend}") from None


def _status(error: Exception) -> int | None:
    """The HTTP status that an error carries, under the names that clients give it."""
    response: Any = getattr(error, "response", None)
    told = [getattr(error, name, None) for name in ("status_code", "code", "http_status")]
    told.append(getattr(response, "status_code", None))
    if isinstance(response, dict):  # botocore's
        told.append(response.get("ResponseMetadata", {}).get("HTTPStatusCode"))
    return next((status for status in told if isinstance(status, int)), None)


def _is_network(error: Exception) -> bool:
    """Whether a server was not reached, or not heard to the end."""
    kinds = [kind.__name__ for kind in type(error).__mro__]
    network = isinstance(error, OSError | TimeoutError | httpx.HTTPError)
    return network or any("Timeout" in kind or "Connection" in kind for kind in kinds)


def _passing(error: Exception, settings: Settings) -> ModelUnavailable | None:
    """What another time may go well, or None."""
    server, times = settings.server, f"{RETRIES + 1} times"
    match error:
        case openai.APITimeoutError():
            what = f"did not answer within {settings.timeout:g} seconds, {times}"
            mend = "Give it longer with FOOTNOTE_TIMEOUT."
        case httpx.TimeoutException():
            what = f"fell silent for {settings.timeout:g} seconds"
            mend = "Give it longer with FOOTNOTE_TIMEOUT."
        case openai.APIConnectionError() | httpx.InvalidURL():
            return ModelUnavailable(
                f"No server answers at {server}. Start it, or set OPENAI_BASE_URL to where it is."
            )
        case openai.RateLimitError():
            what = "takes no more calls now (429), for their number or for want of credit"
            mend = "Ask again later."
        case openai.BadRequestError(code="content_filter"):  # Azure's way to withhold an answer
            what = "withheld the answer, as its content filter does"
            mend = "Ask in other words."
        case openai.APIStatusError(status_code=status) if status >= 500:
            what, mend = f"failed ({status}), {times}", "Ask again later."
        case httpx.HTTPError():
            what, mend = "broke off in the middle of its answer", "Ask again."
        case openai.APIError() if type(error) is openai.APIError:
            what, mend = "sent an error in place of its answer", "Ask again."
        case _:
            return None
    return ModelUnavailable(f"{server} {what}. {mend}")


def _mistake(error: Exception, settings: Settings, model: str) -> str:
    """What will not go well until somebody mends it."""
    server, (provider, _, name) = settings.server, model.partition(":")
    match error:
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            what = f"refused the key ({error.status_code})"
            mend = "Set OPENAI_API_KEY to one it accepts."
        case openai.NotFoundError():
            variable = "FOOTNOTE_LLM" if model == settings.llm else "FOOTNOTE_EMBEDDING"
            what = f"has no model {name!r} (404)"
            mend = (
                f"Set {variable}={provider}:NAME to one it has, and see that OPENAI_BASE_URL is "
                "whole; most end in /v1."
            )
        case openai.APIStatusError(status_code=status):
            what = f"refused the request ({status})"
            mend = (
                f"See that it takes {name!r} for this. If it reads less than it was sent, say how "
                "much in FOOTNOTE_CONTEXT_WINDOW."
            )
        case _:
            what = "answered with something that is not a reply"
            mend = "See that OPENAI_BASE_URL is an OpenAI-compatible server's, ending in /v1."
    instead = " Or answer without a model: FOOTNOTE_LLM=extractive" if model == settings.llm else ""
    return f"{server} {what}. {mend}{instead}"
