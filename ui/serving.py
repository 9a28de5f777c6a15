"""An ASGI application served over HTTP, until it is interrupted or closed."""

import asyncio
import errno
import socket
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread
from typing import TYPE_CHECKING

import uvicorn

from rag.errors import SettingsError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_GRACE = 5  # seconds that answers under way have when the server ends
_THREADS = 32  # twice the questions worked on at a time: the others are for what is no question


class Serving:
    """A server that listens, on a free port if it is 0; `run` it, or use it as a context.

    Raises `SettingsError` for an address that cannot be listened on, and says why. What a proxy
    says of the client and of TLS is believed of this machine's, and of those that uvicorn's
    variable FORWARDED_ALLOW_IPS names.
    """

    def __init__(self, app: "ASGIApp", host: str, port: int = 0) -> None:
        self._socket = _listening(host, port)
        name = f"[{host}]" if ":" in host else host
        self.url = f"http://{name}:{self._socket.getsockname()[1]}"
        self._started = Event()
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            ws="none",
            timeout_graceful_shutdown=_GRACE,
        )
        self._server = _Server(config, self._started)
        self._thread = Thread(target=self.run, daemon=True)

    def run(self) -> None:
        """Answer until interrupted."""
        asyncio.run(self._serve())

    def start(self) -> None:
        """Answer in the background, until `close`; returns when it can be asked."""
        self._thread.start()
        self._started.wait()

    def close(self) -> None:
        """Give what is under way its time, and end."""
        self._server.should_exit = True
        self._thread.join()

    def __enter__(self) -> "Serving":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def warm_up(self) -> None:
        """Do what the first to ask should not have to wait for."""

    async def _serve(self) -> None:
        threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="answering")
        asyncio.get_running_loop().set_default_executor(threads)
        try:
            await asyncio.to_thread(self.warm_up)
            await self._server.serve(sockets=[self._socket])
        finally:
            self._started.set()


class _Server(uvicorn.Server):
    """Says when it has started."""

    def __init__(self, config: uvicorn.Config, started: Event) -> None:
        super().__init__(config)
        self._has_started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._has_started.set()


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=_family(host), backlog=2048)
    except OSError as error:
        raise SettingsError(_why(error, host, port)) from error


def _why(error: OSError, host: str, port: int) -> str:
    """Why nothing can listen there, and what to do."""
    if error.errno == errno.EADDRNOTAVAIL or (error.errno or 0) < 0:  # the resolver's errors
        return f"This machine has no address {host!r}; choose one that it has with --host."
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} of {host} is taken; choose another with --port."
    if error.errno == errno.EACCES:
        return f"Port {port} is not open to this user; choose one above 1023 with --port."
    return f"Nothing can listen on port {port} of {host}: {error.strerror or error}."


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
