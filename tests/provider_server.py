"""The scripted server in the languages of other providers: theirs as their own clients read them.

Which language is spoken is told by the path that is asked: Anthropic's messages, Gemini's
`streamGenerateContent`, Mistral's chat completions, Bedrock's `converse-stream`, Ollama's chat.
"""

import json
import struct
import time
from binascii import crc32
from collections.abc import Callable, Iterator
from typing import Any

from tests.openai_server import Handler, ModelServer, Reply

READ, WRITTEN = 100, 20
"""The tokens that every reply is said to have cost."""
Frames = Iterator[bytes]


class ProviderServer(ModelServer):
    """A `ModelServer` that speaks as its clients do; `url` has no path."""

    def __init__(self) -> None:
        super().__init__(ProviderHandler)
        self.path = ""


class ProviderHandler(Handler):
    """Answers as whoever is asked would."""

    def do_GET(self) -> None:  # noqa: N802
        sizes = {"name": self.path, "inputTokenLimit": 1_000_000, "outputTokenLimit": 8_192}
        self.whole(Reply(), json.dumps(sizes).encode(), "application/json")

    def do_POST(self) -> None:  # noqa: N802
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        kind, frames = next(told for part, told in LANGUAGES.items() if part in self.path)
        reply = self.server.owner.reply(body, self.headers.get("Authorization", ""))
        time.sleep(reply.delay)
        try:
            if reply.status != 200:
                said = {"message": reply.message, "type": "scripted"}
                error = json.dumps({"type": "error", "error": said}).encode()
                self.whole(reply, error, "application/json")
            else:
                self.stream(kind, frames(reply), reply)
        except OSError:
            self.server.owner.hung_up.set()


def _anthropic(reply: Reply) -> Frames:
    message: dict[str, Any] = {
        "id": "1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": READ, "output_tokens": 1},
    }
    block = {"type": "text", "text": ""}
    yield _event("message_start", message=message)
    yield _event("content_block_start", index=0, content_block=block)
    for piece in reply.pieces[: reply.cut]:
        yield _event("content_block_delta", index=0, delta={"type": "text_delta", "text": piece})
    if reply.cut is None:
        yield _event("content_block_stop", index=0)
        end = {"stop_reason": reply.finish, "stop_sequence": None}
        yield _event("message_delta", delta=end, usage={"output_tokens": WRITTEN})
        yield _event("message_stop")


def _event(kind: str, **fields: Any) -> bytes:
    return f"event: {kind}\n".encode() + _data({"type": kind, **fields})


def _gemini(reply: Reply) -> Frames:
    usage = {"promptTokenCount": READ, "candidatesTokenCount": WRITTEN, "totalTokenCount": 120}
    for number, piece in enumerate(reply.pieces[: reply.cut], 1):
        told: dict[str, Any] = {"content": {"role": "model", "parts": [{"text": piece}]}}
        if number == len(reply.pieces):
            told["finishReason"] = (reply.finish or "").upper()
        yield _data({"candidates": [told], "usageMetadata": usage})


def _mistral(reply: Reply) -> Frames:
    head = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m"}
    for piece in reply.pieces[: reply.cut]:
        delta = {"role": "assistant", "content": piece}
        yield _data({**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
    if reply.cut is None:
        end = {"index": 0, "delta": {"content": ""}, "finish_reason": reply.finish}
        usage = {"prompt_tokens": READ, "completion_tokens": WRITTEN, "total_tokens": 120}
        yield _data({**head, "choices": [end], "usage": usage})
        yield b"data: [DONE]\n\n"


def _data(document: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(document)}\n\n".encode()


def _ollama(reply: Reply) -> Frames:
    head = {"model": "m", "created_at": "2024-01-01T00:00:00Z"}
    for piece in reply.pieces[: reply.cut]:
        yield _line({**head, "message": {"role": "assistant", "content": piece}, "done": False})
    if reply.cut is None:
        counts = {"prompt_eval_count": READ, "eval_count": WRITTEN}
        message = {"role": "assistant", "content": ""}
        end = {"message": message, "done": True, "done_reason": reply.finish}
        yield _line({**head, **end, **counts})


def _line(document: dict[str, Any]) -> bytes:
    return f"{json.dumps(document)}\n".encode()


def _bedrock(reply: Reply) -> Frames:
    yield _message("messageStart", {"role": "assistant"})
    for piece in reply.pieces[: reply.cut]:
        yield _message("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": piece}})
    if reply.cut is None:
        yield _message("contentBlockStop", {"contentBlockIndex": 0})
        yield _message("messageStop", {"stopReason": reply.finish})
        usage = {"inputTokens": READ, "outputTokens": WRITTEN, "totalTokens": 120}
        yield _message("metadata", {"usage": usage, "metrics": {"latencyMs": 1}})


def _message(kind: str, document: dict[str, Any]) -> bytes:
    """A message of Amazon's event stream: lengths, headers, JSON, and a check sum of each part."""
    told = {":event-type": kind, ":content-type": "application/json", ":message-type": "event"}
    headers = b"".join(_header(name, value) for name, value in told.items())
    payload = json.dumps(document).encode()
    prelude = struct.pack("!II", 16 + len(headers) + len(payload), len(headers))
    message = prelude + struct.pack("!I", crc32(prelude)) + headers + payload
    return message + struct.pack("!I", crc32(message))


def _header(name: str, value: str) -> bytes:
    return (
        struct.pack("!B", len(name))
        + name.encode()
        + struct.pack("!BH", 7, len(value))
        + value.encode()
    )


LANGUAGES: dict[str, tuple[str, Callable[[Reply], Frames]]] = {
    "/v1/messages": ("text/event-stream", _anthropic),
    "/v1/chat/completions": ("text/event-stream", _mistral),
    ":streamGenerateContent": ("text/event-stream", _gemini),
    "/converse-stream": ("application/vnd.amazon.eventstream", _bedrock),
    "/api/chat": ("application/x-ndjson", _ollama),
}
"""By what is in the path: the type of what is sent, and its frames."""
