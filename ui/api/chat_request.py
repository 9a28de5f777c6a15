"""What a chat client sends, as OpenAI's API has it, and what is asked in it."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from rag.errors import InputError
from ui.api.chat_reply import SOURCES, Shape
from ui.api.front_ends import question_in
from ui.api.requests import Narrowed

MODEL = "footnote"
_SIDES = {"user": "user", "assistant": "agent"}


class Message(BaseModel):
    """One message; its content is a text or a list of parts of which some are texts."""

    role: str
    content: str | list[dict[str, Any]] | None = None

    @property
    def text(self) -> str:
        """What it says in words."""
        if not isinstance(self.content, list):
            return self.content or ""
        return "\n".join(str(part.get("text", "")) for part in self.content if _is_text(part))

    @property
    def has_more_than_text(self) -> bool:
        """Whether it holds an image or something else that is not read."""
        return isinstance(self.content, list) and not all(map(_is_text, self.content))


class StreamOptions(BaseModel):
    """How an answer is streamed."""

    include_usage: bool | None = False


class ChatRequest(Narrowed):
    """A conversation whose last question is to be answered.

    What OpenAI's API knows beside these is accepted and changes nothing. `as_of`, `filters`,
    `sources` and `citations` are Footnote's own; OpenAI's clients send them as `extra_body`.
    """

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [
                {
                    "model": MODEL,
                    "messages": [{"role": "user", "content": "When did the bridge reopen?"}],
                    "as_of": "2025-08-14",
                    "filters": {"source": "Brandau Courier"},
                }
            ]
        },
    )

    model: str = MODEL
    messages: Annotated[list[Message], Field(min_length=1)]
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    sources: Annotated[bool, Field(description="Whether a list of sources ends the text.")] = True
    citations: Annotated[
        Shape, Field(description="The shape of citations that the client shows.")
    ] = "openai"

    @property
    def wants_usage(self) -> bool:
        """Whether a stream is to end with the tokens used."""
        return bool(self.stream_options and self.stream_options.include_usage)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and the turns before it. `said` is the whole message it came in."""

    question: str
    history: list[dict[str, str]]
    said: str


def asked_in(messages: list[Message]) -> Asked:
    """The last question of a conversation. Raises `InputError` when there is none to be read."""
    place = max((n for n, one in enumerate(messages) if one.role == "user"), default=None)
    if place is None:
        raise InputError("No message has the role 'user'. Ask something in the last one.")
    last = messages[place]
    if last.has_more_than_text:
        raise InputError("Footnote reads text only. Leave the images and files out.")
    return Asked(question_in(last.text), _history(messages[:place]), last.text)


def _history(messages: list[Message]) -> list[dict[str, str]]:
    turns = [(_SIDES[one.role], one.text) for one in messages if one.role in _SIDES]
    return [{"role": side, "text": _without_sources(text)} for side, text in turns]


def _without_sources(text: str) -> str:
    """An answer as it was before its list of sources, which is nothing anybody talks about."""
    return text.partition(SOURCES)[0]


def _is_text(part: dict[str, Any]) -> bool:
    return part.get("type") == "text"
