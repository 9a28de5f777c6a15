"""A reply as OpenAI's API sends it: whole, or in chunks as it is made."""

import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field
from time import time
from typing import Any
from uuid import uuid4

from starlette.exceptions import HTTPException

from rag.answers import Answer, Cited, Done, Event
from rag.errors import FootnoteError
from ui.api.chat_reply import annotations, beside, content, open_webui_sources, usage
from ui.api.chat_request import MODEL, ChatRequest
from ui.api.errors import openai_error, status_of, unforeseen

_LOG = logging.getLogger(__name__)
_NO_TOKENS = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
_END = "data: [DONE]\n\n"


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply to one request."""

    request: ChatRequest
    id: str = field(default_factory=lambda: f"chatcmpl-{uuid4().hex}")
    created: int = field(default_factory=lambda: int(time()))

    def whole(self, answer: Answer) -> dict[str, Any]:
        """The answer as one document."""
        message: dict[str, Any] = {"content": content(answer, sources=self.request.sources)}
        if self.request.citations == "openai":
            message["annotations"] = annotations(answer)
        return self._completion(message, usage(answer)) | beside(answer, self.request.citations)

    def said(self, text: str) -> dict[str, Any]:
        """A text that no article is behind, as one document."""
        return self._completion({"content": text}, _NO_TOKENS)

    async def streamed(self, events: AsyncGenerator[Event]) -> AsyncIterator[str]:
        """The answer as server-sent events, one statement after the other."""
        yield self._delta({"role": "assistant", "content": ""})
        try:
            async with aclosing(events):
                async for chunk in self._chunks(events):
                    yield chunk
        except (FootnoteError, HTTPException) as error:
            yield _failure(error)
        except Exception as error:
            _LOG.exception("An answer failed")
            yield _event(openai_error(500, unforeseen(error)))
        yield _END

    async def streamed_text(self, text: str) -> AsyncIterator[str]:
        """A text that no article is behind, as server-sent events."""
        yield self._delta({"role": "assistant", "content": text})
        yield self._delta({}, finish="stop")
        if self.request.wants_usage:
            yield self._usage(_NO_TOKENS)
        yield _END

    async def _chunks(self, events: AsyncIterator[Event]) -> AsyncIterator[str]:
        sent = ""
        async for event in events:
            if isinstance(event, Cited):
                piece = f"{' ' if sent else ''}{event.statement.marked}"
                sent += piece
                yield self._delta({"content": piece})
            elif isinstance(event, Done):
                for chunk in self._ending(event.answer, sent):
                    yield chunk

    def _ending(self, answer: Answer, sent: str) -> list[str]:
        """What follows the last statement: the rest of the text, the citations, and the usage."""
        rest = content(answer, sources=self.request.sources).removeprefix(sent)
        chunks = [self._delta({"content": rest})] if rest else []
        shape, last = self.request.citations, dict[str, Any]()
        if shape == "openai":
            last["annotations"] = annotations(answer)
        if shape == "open-webui":
            chunks += map(self._source, open_webui_sources(answer))
        chunks.append(self._delta(last, finish="stop", beside=beside(answer, shape)))
        if self.request.wants_usage:
            chunks.append(self._usage(usage(answer)))
        return chunks

    def _completion(self, message: dict[str, Any], tokens: dict[str, int]) -> dict[str, Any]:
        said = {"role": "assistant", "refusal": None, **message}
        choice = {"index": 0, "message": said, "logprobs": None, "finish_reason": "stop"}
        return {**self._head("chat.completion"), "choices": [choice], "usage": tokens}

    def _delta(
        self,
        delta: dict[str, Any],
        *,
        finish: str | None = None,
        beside: dict[str, Any] | None = None,
    ) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _event({**self._chunk(), "choices": [choice], **(beside or {})})

    def _source(self, source: dict[str, Any]) -> str:
        shown = {"type": "source", "data": source}
        return _event({**self._chunk(), "choices": [], "event": shown})

    def _usage(self, tokens: dict[str, int]) -> str:
        return _event({**self._chunk(), "choices": [], "usage": tokens})

    def _chunk(self) -> dict[str, Any]:
        return self._head("chat.completion.chunk")

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": MODEL}


def _failure(error: FootnoteError | HTTPException) -> str:
    if isinstance(error, HTTPException):
        return _event(openai_error(error.status_code, str(error.detail)))
    return _event(openai_error(status_of(error), str(error)))


def _event(document: dict[str, Any]) -> str:
    return f"data: {json.dumps(document, ensure_ascii=False)}\n\n"
