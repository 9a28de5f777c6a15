"""The connection to a model's server: its key, its address, and how long silence is borne.

Importing this imports openai, which takes a second: only where a model is used.
"""

from collections.abc import Iterator
from time import monotonic

import httpx
import openai

from rag.errors import ModelError
from rag.llm.failures import RETRIES
from rag.settings import OPENAI_URL, Settings

_NO_KEY = "none"  # servers at home ask for no key, and the client insists on one


def credentials(settings: Settings, model: str) -> tuple[str, str]:
    """The key and the base URL for a `PROVIDER:NAME`. Raises `ModelError` without a key."""
    provider = model.partition(":")[0]
    key = settings.openai_api_key or (_NO_KEY if provider == "compatible" else None)
    if key is None:
        raise ModelError(
            f"{model!r} needs a key. Set OPENAI_API_KEY. "
            "Or answer without a model: FOOTNOTE_LLM=extractive"
        )
    return key, settings.openai_base_url or OPENAI_URL


def client_for(settings: Settings, model: str, patience: "Patience | None" = None) -> openai.OpenAI:
    """A client of a model's server, which asks again by itself. Raises `ModelError` without a key.

    With `patience`, replies are read only as long as there is some.
    """
    key, url = credentials(settings, model)
    hooks = {"response": [patience.watch]} if patience else {}
    watched = openai.DefaultHttpxClient(event_hooks=hooks) if patience else None
    return openai.OpenAI(
        api_key=key,
        base_url=url,
        timeout=settings.timeout,
        max_retries=RETRIES,
        http_client=watched,
    )


class Patience:
    """Ends a reply in which nothing more comes but signs of life.

    The client's own time-out begins anew with every byte, and servers that keep a connection open
    send comments for as long as a model is stuck.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.renew()

    def renew(self) -> None:
        """Something of the reply has come."""
        self._since = monotonic()

    def watch(self, response: httpx.Response) -> None:
        """Read the response only while there is patience."""
        self.renew()
        if isinstance(response.stream, httpx.SyncByteStream):
            response.stream = _Watched(response.stream, self)

    def check(self) -> None:
        """Raise `httpx.ReadTimeout` when nothing has come for too long."""
        if monotonic() - self._since > self._seconds:
            raise httpx.ReadTimeout("Only signs of life have come.")


class _Watched(httpx.SyncByteStream):
    """The bytes of a response, as long as there is patience."""

    def __init__(self, stream: httpx.SyncByteStream, patience: Patience) -> None:
        self._stream = stream
        self._patience = patience

    def __iter__(self) -> Iterator[bytes]:
        for part in self._stream:
            self._patience.check()
            yield part

    def close(self) -> None:
        self._stream.close()
