"""The connections to the web: only to an address that was checked, and never for too long.

The one place that knows `httpcore2`, below the client of `client.py`.
"""

import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import local
from time import monotonic
from typing import TYPE_CHECKING, Any

import httpcore2
import httpx2

from rag.errors import SourceError
from rag.ingestion.web.addresses import Resolve, public_addresses

if TYPE_CHECKING:
    from ssl import SSLContext

CONNECTIONS = 16


def resolved(host: str, port: int) -> list[str]:
    """The numeric addresses of a host. Raises `OSError`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


class GuardedTransport(httpx2.HTTPTransport):
    """One pool of connections, each to an address that was checked just before.

    No proxy, no certificate and no password of the environment's is used.
    """

    def __init__(self, resolve: Resolve, *, allow_private: bool) -> None:
        """Without the parent's own pool: were it named otherwise one day, nothing would connect."""
        self._backend = _GuardedBackend(resolve, allow_private)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=httpx2.create_ssl_context(trust_env=False),
            max_connections=CONNECTIONS,
            keepalive_expiry=15.0,
            network_backend=self._backend,
        )

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Whatever this thread sends or receives meanwhile must be done after so many seconds."""
        self._backend.clock.end = monotonic() + seconds
        try:
            yield
        finally:
            del self._backend.clock.end


class _GuardedBackend(httpcore2.NetworkBackend):
    def __init__(self, resolve: Resolve, allow_private: bool) -> None:  # noqa: FBT001
        self._resolve = resolve
        self._allow_private = allow_private
        self._tcp = httpcore2.SyncBackend()
        self.clock = local()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to one of the host's addresses, by its number, so that it is the one checked."""
        name = host.strip("[]")
        try:
            if self._allow_private:
                found = self._resolve(name, port)
            else:
                found = public_addresses(name, port, self._resolve)
            last = found[-1]
        except (OSError, UnicodeError, IndexError) as error:
            raise SourceError(f"there is no host '{name}'") from error
        for address in found[:-1]:
            try:
                return self._connect(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return self._connect(last, port, timeout, local_address, socket_options)

    def _connect(
        self,
        address: str,
        port: int,
        timeout: float | None,
        local_address: str | None,
        socket_options: Iterable[Any] | None,
    ) -> httpcore2.NetworkStream:
        seconds = _left(self.clock, timeout)
        stream = self._tcp.connect_tcp(address, port, seconds, local_address, socket_options)
        return _TimedStream(stream, self.clock)


class _TimedStream(httpcore2.NetworkStream):
    """A connection that keeps to the time of the request that uses it."""

    def __init__(self, stream: httpcore2.NetworkStream, clock: local) -> None:
        self._stream = stream
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._clock, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._clock, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: "SSLContext",
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        seconds = _left(self._clock, timeout)
        return _TimedStream(
            self._stream.start_tls(ssl_context, server_hostname, seconds), self._clock
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(clock: local, timeout: float | None) -> float | None:
    """The seconds that a step may take. Raises `ReadTimeout` when the request's time is over."""
    end: float | None = getattr(clock, "end", None)
    if end is None:
        return timeout
    left = end - monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("the time is over")
    return left if timeout is None else min(timeout, left)
