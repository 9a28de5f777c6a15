"""Talk with a memory: a follow-up made into a question on its own."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rag import facts
from rag.answers import Answer, Done, Event

if TYPE_CHECKING:
    from rag.chatbot import Chatbot

TURNS = 8
"""How many of the last turns are looked at."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side said. `role` is `user` or `agent`."""

    role: str
    text: str

    @classmethod
    def of(cls, turn: "Turn | Mapping[str, Any]") -> "Turn":
        """A turn from a mapping with `role` and `text` or `content`."""
        if isinstance(turn, Turn):
            return turn
        text = turn.get("text") or turn.get("content") or ""
        return cls("user" if turn.get("role") == "user" else "agent", str(text))


@dataclass(frozen=True, slots=True)
class Standalone:
    """A question that can be understood by itself.

    `question` is shown, `search_text` is what is searched for, and `changed` says whether either
    took something from the conversation.
    """

    question: str
    search_text: str
    changed: bool = False


class Conversation:
    """Questions to one chatbot, each understood in the light of those before it."""

    def __init__(self, bot: "Chatbot") -> None:
        self._bot = bot
        self.turns: list[Turn] = []

    def ask(self, question: str, **options: Any) -> Answer:
        """The same as `Chatbot.ask`, with this conversation as its history."""
        for event in self.stream(question, **options):
            if isinstance(event, Done):
                return event.answer
        raise AssertionError("a stream ends with Done")

    def stream(self, question: str, **options: Any) -> Iterator[Event]:
        """The same as `Chatbot.stream`, with this conversation as its history."""
        for event in self._bot.stream(question, history=tuple(self.turns), **options):
            if isinstance(event, Done):
                self.turns += [Turn("user", question), Turn("agent", event.answer.text)]
                del self.turns[:-TURNS]
            yield event


def standalone(question: str, history: Sequence[Turn | Mapping[str, Any]]) -> Standalone:
    """Make a follow-up understandable by itself, by rules."""
    turns = [Turn.of(turn) for turn in history][-TURNS:]
    topic = next((turn.text for turn in reversed(turns) if turn.role == "user"), None)
    if topic is None or not _depends(question):
        return Standalone(question, question)
    carried = " ".join(dict.fromkeys(facts.words(topic)))
    return Standalone(question, f"{question} {carried}", changed=True)


_POINTS = re.compile(
    r"\b(?:it|its|he|him|his|she|her|hers|they|them|their|this|that|these|those|there|then|one)\b"
    r"|^(?:and|but|so|why|how come|what about|how about)\b",
    re.IGNORECASE,
)


def _depends(question: str) -> bool:
    return bool(_POINTS.search(question)) or len(facts.content(question)) < 3
