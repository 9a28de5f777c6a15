"""A talk with one chatbot, in which follow-ups are understood."""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from rag.answers import Answer, Done, Event
from rag.conversation.history import Turn
from rag.conversation.query_rewriting import TURNS, asks_for_sources


class Answerer(Protocol):
    """Whoever answers one question at a time, such as a `Chatbot`."""

    @property
    def stream(self) -> Callable[..., Iterator[Event]]:
        """The events of one answer; see `Chatbot.stream`."""
        ...


class Conversation:
    """Questions to one chatbot, each understood in the light of those before it."""

    def __init__(self, bot: Answerer) -> None:
        self._bot = bot
        self.turns: list[Turn] = []
        self._cited: tuple[str, ...] = ()

    def ask(self, question: str, **options: Any) -> Answer:
        """The same as `Chatbot.ask`, with this conversation as its history."""
        for event in self.stream(question, **options):
            if isinstance(event, Done):
                return event.answer
        raise AssertionError("a stream ends with Done")

    def stream(self, question: str, **options: Any) -> Iterator[Event]:
        """The same as `Chatbot.stream`, with this conversation as its history."""
        if self._cited and asks_for_sources(question):
            options.setdefault("filters", {"article": self._cited})
        for event in self._bot.stream(question, history=tuple(self.turns), **options):
            if isinstance(event, Done):
                self._remember(question, event.answer)
            yield event

    def _remember(self, question: str, answer: Answer) -> None:
        self.turns += [Turn("user", question), Turn("agent", answer.text)]
        del self.turns[:-TURNS]
        self._cited = tuple(dict.fromkeys(c.article.id for c in answer.citations)) or self._cited
