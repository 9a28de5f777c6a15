"""The connections to a model's server: its key, its address, and how long silence is borne.

Importing this imports openai, which takes a second: only where a model is used.
"""

from asyncio import AbstractEventLoop, Task, create_task, gather, get_running_loop, shield
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import suppress
from functools import cached_property
from time import monotonic
from weakref import WeakSet, finalize

import httpx
import openai

from rag.errors import ModelError
from rag.llm.failures import RETRIES
from rag.settings import OPENAI_URL, Settings

_NO_KEY = "none"  # servers at home ask for no key, and the client insists on one

_LAST_EVENT = b"data: [DONE]"


class Connections:
    """The clients of one model's server, kept between calls: they ask again by themselves.

    There is one for threads, and one for each event loop, which is closed when the loop ends.
    """

    def __init__(self, settings: Settings, model: str) -> None:
        self._settings = settings
        self._model = model
        self._kept: dict[AbstractEventLoop, AsyncGenerator[openai.AsyncOpenAI, None]] = {}
        self._on_loops: dict[AbstractEventLoop, openai.AsyncOpenAI] = {}

    @cached_property
    def credentials(self) -> tuple[str, str]:
        """The key and the base URL. Raises `ModelError` without a key."""
        provider = self._model.partition(":")[0]
        key = self._settings.openai_api_key or (_NO_KEY if provider == "compatible" else None)
        if key is None:
            raise ModelError(
                f"{self._model!r} needs a key. Set OPENAI_API_KEY. "
                "Or answer without a model: FOOTNOTE_LLM=extractive"
            )
        return key, self._settings.openai_base_url or OPENAI_URL

    @cached_property
    def client(self) -> openai.OpenAI:
        """The client for threads. Raises `ModelError` without a key."""
        key, url = self.credentials
        seconds = self._settings.timeout

        def watch(response: httpx.Response) -> None:
            if isinstance(response.stream, httpx.SyncByteStream) and _is_stream(response):
                response.stream = _Watched(response.stream, Patience(seconds))

        http = openai.DefaultHttpxClient(event_hooks={"response": [watch]})
        # Whoever forgets to close this leaves no open socket behind.
        finalize(self, http.close)
        return openai.OpenAI(
            api_key=key, base_url=url, timeout=seconds, max_retries=RETRIES, http_client=http
        )

    async def async_client(self) -> openai.AsyncOpenAI:
        """The client for the running event loop. Raises `ModelError` without a key."""
        loop = get_running_loop()
        if loop not in self._on_loops:
            self._kept[loop] = self._until_the_end(loop)
            self._on_loops[loop] = await anext(self._kept[loop])
        return self._on_loops[loop]

    def close(self) -> None:
        """Close the client for threads."""
        if "client" in self.__dict__:
            self.client.close()
            del self.__dict__["client"]

    async def _until_the_end(
        self, loop: AbstractEventLoop
    ) -> AsyncGenerator[openai.AsyncOpenAI, None]:
        """The client, until the loop closes the generators that it has begun."""
        replies: WeakSet[httpx.Response] = WeakSet()
        closings: set[Task[None]] = set()
        client = self._new_async_client(replies, closings)
        try:
            yield client
        finally:
            del self._on_loops[loop], self._kept[loop]
            # Those that were left just before the end would be closed after it, and fail.
            for reply in list(replies):
                await reply.aclose()
            await gather(*closings, return_exceptions=True)
            await client.close()

    def _new_async_client(
        self, replies: "WeakSet[httpx.Response]", closings: "set[Task[None]]"
    ) -> openai.AsyncOpenAI:
        key, url = self.credentials
        seconds = self._settings.timeout

        async def watch(response: httpx.Response) -> None:
            replies.add(response)
            if isinstance(response.stream, httpx.AsyncByteStream) and _is_stream(response):
                response.stream = _AsyncWatched(response.stream, Patience(seconds), closings)

        http = openai.DefaultAsyncHttpxClient(event_hooks={"response": [watch]})
        return openai.AsyncOpenAI(
            api_key=key, base_url=url, timeout=seconds, max_retries=RETRIES, http_client=http
        )


class Patience:
    """Ends a reply in which nothing more comes but signs of life.

    The client's own time-out begins anew with every byte, and servers that keep a connection open
    send comments for as long as a model is stuck. Only the time spent waiting for the server is
    counted: whoever reads the pieces may take their time.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._waited = 0.0

    def heard(self, part: bytes, waited: float) -> None:
        """Part of a reply has come; raise `httpx.ReadTimeout` when all is too long silent."""
        self._waited = 0.0 if b"data:" in part else self._waited + waited
        if self._waited > self._seconds:
            raise httpx.ReadTimeout("Only signs of life have come.")


class _Watched(httpx.SyncByteStream):
    """The bytes of a response, as long as there is patience.

    openai's client closes a stream at its last event, before the end of the response, and a
    connection is kept only after the end: so that is read first.
    """

    def __init__(self, stream: httpx.SyncByteStream, patience: Patience) -> None:
        self._stream = stream
        self._parts = iter(stream)
        self._patience = patience
        self._last = b""

    def __iter__(self) -> Iterator[bytes]:
        since = monotonic()
        for part in self._parts:
            self._patience.heard(part, monotonic() - since)
            self._last = part
            yield part
            since = monotonic()

    def close(self) -> None:
        if _LAST_EVENT in self._last:
            with suppress(httpx.HTTPError):
                next(self._parts, None)
        self._stream.close()


class _AsyncWatched(httpx.AsyncByteStream):
    """The same on an event loop. Closing goes on, whatever becomes of who asked for it."""

    def __init__(
        self, stream: httpx.AsyncByteStream, patience: Patience, closings: "set[Task[None]]"
    ) -> None:
        self._closings = closings
        self._stream = stream
        self._parts = aiter(stream)
        self._patience = patience
        self._last = b""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        since = monotonic()
        async for part in self._parts:
            self._patience.heard(part, monotonic() - since)
            self._last = part
            yield part
            since = monotonic()

    async def aclose(self) -> None:
        closing = create_task(self._close())
        self._closings.add(closing)
        closing.add_done_callback(self._closings.discard)
        await shield(closing)

    async def _close(self) -> None:
        if _LAST_EVENT in self._last:
            with suppress(httpx.HTTPError):
                await anext(self._parts, None)
        await self._stream.aclose()


def _is_stream(response: httpx.Response) -> bool:
    return "event-stream" in response.headers.get("Content-Type", "")
