"""The endpoint served, until it is interrupted or closed."""

import asyncio
import logging
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event, Thread
from typing import TYPE_CHECKING

import uvicorn

from rag.errors import FootnoteError, SettingsError
from ui.api.answering import AT_ONCE
from ui.api.app import Access, endpoint
from ui.api.observed import LOG

if TYPE_CHECKING:
    from rag import Chatbot

_GRACE = 5  # seconds that answers under way have when the server ends


def serve(bot: "Chatbot", access: Access, *, port: int = 8000, log_questions: bool = False) -> None:
    """Serve the endpoint until interrupted; a line on standard error for each request.

    Raises `SettingsError` where other machines could ask and there is no key, and for a port in
    use.
    """
    if access.needs_key and not access.keys:
        raise SettingsError(
            "Others than this machine could ask, and no key was made. "
            "Make one with: footnote key add NAME --keys FILE, then serve with --keys FILE."
        )
    if access.keys:
        access.keys.read()
    _log_requests()
    server = Served(bot, access, port=port, log_questions=log_questions)
    _say(f"Footnote's endpoint is at {server.url}/v1 (its reference: {server.url}/docs)")
    server.run()


class Served:
    """An endpoint that listens, on a free port if it is 0; `run` it, or use it as a context.

    Raises `SettingsError` for a port in use.
    """

    def __init__(
        self, bot: "Chatbot", access: Access, *, port: int = 0, log_questions: bool = False
    ) -> None:
        self._socket = _listening(access.host, port)
        self._bot = bot
        self._started = Event()
        host = f"[{access.host}]" if ":" in access.host else access.host
        self.url = f"http://{host}:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(
            endpoint(bot, access, log_questions=log_questions),
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE,
        )
        self._server = uvicorn.Server(config)
        self._thread = Thread(target=self._in_background, daemon=True)

    def run(self) -> None:
        """Answer until interrupted."""
        asyncio.run(self._serve())

    def __enter__(self) -> "Served":
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()

    def _in_background(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        # As many threads as questions are worked on, and some for what is no question.
        threads = ThreadPoolExecutor(2 * AT_ONCE, thread_name_prefix="answering")
        asyncio.get_running_loop().set_default_executor(threads)
        await asyncio.to_thread(self._warm_up)
        self._started.set()
        await self._server.serve(sockets=[self._socket])

    def _warm_up(self) -> None:
        """Load the networks before somebody waits for them."""
        with suppress(FootnoteError):
            self._bot.ask("Is everything in place?", mode="extractive")


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=_family(host), backlog=2048)
    except OSError as error:
        raise SettingsError(
            f"Port {port} of {host} is taken; choose another with --port."
        ) from error


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _log_requests() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    LOG.propagate = False


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201
