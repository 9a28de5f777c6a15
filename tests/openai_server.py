"""A scripted server that speaks OpenAI's chat API over real HTTP on loopback, for tests.

with ModelServer() as server:
    server.say("Paris is the capital of France. [1]")
    settings = server.settings()
    ...
    server.prompts[-1]   # what the model was told
"""

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from types import TracebackType
from typing import Any, Self

from rag.answering.generative import Generative
from rag.llm.language_model import language_model
from rag.models.verifier import Verifier
from rag.settings import Settings

KEY = "sk-test-do-not-show-this-key"


@dataclass(frozen=True)
class Reply:
    """What the server does with one call.

    `pieces` are streamed, `pause` seconds apart; after `cut` of them the connection is broken.
    `raw` replaces the whole body. A `status` other than 200 sends an OpenAI error. With `alive`,
    comments are sent for so many seconds before the pieces, a tenth of a second apart.
    """

    pieces: Sequence[str] = ()
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    pause: float = 0.0
    cut: int | None = None
    finish: str | None = "stop"
    raw: bytes | None = None
    message: str = "scripted error"
    code: str | None = None
    cost: float | None = None
    alive: float = 0.0


Script = Callable[[Mapping[str, Any]], Reply]


def pieces(text: str, size: int = 7) -> tuple[str, ...]:
    """The text in pieces of `size` characters."""
    return tuple(text[i : i + size] for i in range(0, len(text), size))


class ModelServer:
    """Answers each call with the next scripted reply, the last one for ever."""

    def __init__(self, handler: "type[Handler] | None" = None) -> None:
        self.calls: list[dict[str, Any]] = []
        self.models: list[dict[str, Any]] = []
        self.path = "/v1"
        self.keys: list[str] = []
        self.connections = 0
        self.hung_up = threading.Event()
        self._replies: list[Reply | Script] = [Reply()]
        self._server = _Server(self, handler or Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}{self.path}"

    @property
    def prompts(self) -> list[str]:
        """The last message of each call."""
        return [call["messages"][-1]["content"] for call in self.calls]

    def say(self, *replies: str | Reply | Script) -> None:
        """Script the next calls: a text, a `Reply`, or a function of the request's body."""
        self._replies = [Reply(pieces(r)) if isinstance(r, str) else r for r in replies]

    def settings(self, **changes: Any) -> Settings:
        """Settings that name this server and a model of no known name."""
        settings = Settings(
            llm="compatible:some-model",
            openai_base_url=self.url,
            openai_api_key=KEY,
            timeout=5.0,
        )
        return replace(settings, **changes)

    def writer(self, verifier: Verifier, **changes: Any) -> Generative:
        """A synthesizer that has this server's model write."""
        settings = self.settings(**changes)
        return Generative(settings, lambda: language_model(settings), lambda: verifier)

    def reply(self, body: dict[str, Any], key: str) -> Reply:
        """The reply to a call, which is noted."""
        self.calls.append(body)
        self.keys.append(key)
        scripted = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        return scripted if isinstance(scripted, Reply) else scripted(body)


class _Server(ThreadingHTTPServer):
    """Says nothing of clients who hang up."""

    daemon_threads = True

    def __init__(self, owner: ModelServer, handler: "type[Handler]") -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.owner = owner

    def get_request(self) -> tuple[socket, Any]:
        self.owner.connections += 1
        return super().get_request()

    def handle_error(self, request: Any, client_address: Any) -> None:
        return


class Handler(BaseHTTPRequestHandler):
    """Speaks OpenAI's protocol."""

    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        known = self.path == f"{self.server.owner.path}/models"
        listed = json.dumps({"object": "list", "data": self.server.owner.models})
        self.whole(Reply(status=200 if known else 404), listed.encode(), "application/json")

    def do_POST(self) -> None:
        if not self.path.startswith(self.server.owner.path + "/chat/"):
            self.whole(Reply(status=404), b"{}", "application/json")
            return
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        reply = self.server.owner.reply(body, self.headers.get("Authorization", ""))
        time.sleep(reply.delay)
        try:
            self._send(body, reply)
        except OSError:
            self.server.owner.hung_up.set()

    def _send(self, body: Mapping[str, Any], reply: Reply) -> None:
        if reply.status != 200:
            error = {"error": {"message": reply.message, "type": "scripted", "code": reply.code}}
            self.whole(reply, json.dumps(error).encode(), "application/json")
        elif reply.raw is not None:
            self.whole(reply, reply.raw, "text/event-stream")
        elif body.get("stream"):
            frames = (f"data: {event}\n\n".encode() for event in _events(body, reply))
            self.stream("text/event-stream", frames, reply)
        else:
            self.whole(reply, json.dumps(_completion(body, reply)).encode(), "application/json")

    def whole(self, reply: Reply, data: bytes, kind: str) -> None:
        """Send a reply in one piece."""
        self.send_response(reply.status)
        for name, value in {**reply.headers, "Content-Type": kind}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def stream(self, kind: str, frames: Iterable[bytes], reply: Reply) -> None:
        """Send the frames of a reply as they come."""
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for _ in range(round(reply.alive * 10)):
            self._chunk(b": still there\n\n")
            time.sleep(0.1)
        for frame in frames:
            self._chunk(frame)
            time.sleep(reply.pause)
        if reply.cut is None:
            self.wfile.write(b"0\r\n\r\n")
        self.close_connection = reply.cut is not None

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged."""


def _events(body: Mapping[str, Any], reply: Reply) -> Iterator[str]:
    head = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": body["model"]}
    for piece in reply.pieces[: reply.cut]:
        yield json.dumps({**head, "choices": [_choice({"content": piece}, None)]})
    if reply.cut is not None:
        return
    yield json.dumps({**head, "choices": [_choice({}, reply.finish)]})
    yield json.dumps({**head, "choices": [], "usage": _usage(reply)})
    yield "[DONE]"


def _completion(body: Mapping[str, Any], reply: Reply) -> dict[str, Any]:
    message = {"role": "assistant", "content": "".join(reply.pieces)}
    choice = {"index": 0, "message": message, "finish_reason": reply.finish}
    head = {"id": "1", "object": "chat.completion", "created": 0, "model": body["model"]}
    return {**head, "choices": [choice], "usage": _usage(reply)}


def _usage(reply: Reply) -> dict[str, float]:
    usage: dict[str, float] = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    return usage if reply.cost is None else usage | {"cost": reply.cost}


def _choice(delta: Mapping[str, str], finish: str | None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "finish_reason": finish}
