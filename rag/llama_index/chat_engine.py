"""Footnote as a LlamaIndex chat engine."""

from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing, closing

from llama_index.core.base.llms.types import ChatMessage, ChatResponse, MessageRole
from llama_index.core.chat_engine.types import (
    AgentChatResponse,
    BaseChatEngine,
    StreamingAgentChatResponse,
)

from rag.answers import Answer, Done, Retrieved
from rag.conversation.history import Turn
from rag.documents import answer_json
from rag.llama_index.engine import Parts, Question
from rag.llama_index.nodes import node_of
from rag.llama_index.responses import Text
from rag.llama_index.retriever import Scope


class CitingChatEngine(BaseChatEngine):
    """A talk in which follow-ups are understood; for one caller at a time.

    A response's metadata hold the answer as plain data, its source nodes the passages.
    """

    def __init__(self, parts: Parts, scope: Scope) -> None:
        self._parts = parts
        self._scope = scope
        self._messages: list[ChatMessage] = []

    @property
    def chat_history(self) -> list[ChatMessage]:
        """What was said, in order."""
        return self._messages

    def reset(self) -> None:
        """Forget what was said."""
        self._messages = []

    def chat(
        self, message: str, chat_history: list[ChatMessage] | None = None
    ) -> AgentChatResponse:
        """Answer one message; with `chat_history`, as if that had been said before."""
        return self._told(message, self._question(message, chat_history).answer())

    async def achat(
        self, message: str, chat_history: list[ChatMessage] | None = None
    ) -> AgentChatResponse:
        """`chat` without blocking the event loop; cancelling it ends the model's call."""
        return self._told(message, await self._question(message, chat_history).aanswer())

    def stream_chat(
        self, message: str, chat_history: list[ChatMessage] | None = None
    ) -> StreamingAgentChatResponse:
        """Answer one message statement by statement."""
        question = self._question(message, chat_history)
        return StreamingAgentChatResponse(
            chat_stream=self._stream(message, question), is_writing_to_memory=False
        )

    async def astream_chat(
        self, message: str, chat_history: list[ChatMessage] | None = None
    ) -> StreamingAgentChatResponse:
        """`stream_chat` without blocking the event loop."""
        question = self._question(message, chat_history)
        return StreamingAgentChatResponse(
            achat_stream=self._astream(message, question), is_writing_to_memory=False
        )

    def _question(self, message: str, chat_history: list[ChatMessage] | None) -> Question:
        if chat_history is not None:
            self._messages = list(chat_history)
        turns = [Turn(_role(said), said.content or "") for said in self._messages]
        return Question(self._parts, self._scope, message, turns)

    def _stream(self, message: str, question: Question) -> Generator[ChatResponse, None, None]:
        text = Text()
        with closing(question.events()) as events:
            for event in events:
                if isinstance(event, Done):
                    self._remember(message, event.answer)
                if not isinstance(event, Retrieved):
                    yield from map(_delta, text.of(event))

    async def _astream(
        self, message: str, question: Question
    ) -> AsyncGenerator[ChatResponse, None]:
        text = Text()
        async with aclosing(question.aevents()) as events:
            async for event in events:
                if isinstance(event, Done):
                    self._remember(message, event.answer)
                if not isinstance(event, Retrieved):
                    for part in text.of(event):
                        yield _delta(part)

    def _told(self, message: str, answer: Answer) -> AgentChatResponse:
        self._remember(message, answer)
        nodes = [node_of(hit) for hit in answer.hits]
        return AgentChatResponse(answer.text, source_nodes=nodes, metadata=answer_json(answer))

    def _remember(self, message: str, answer: Answer) -> None:
        self._messages += [
            ChatMessage(role=MessageRole.USER, content=message),
            ChatMessage(role=MessageRole.ASSISTANT, content=answer.text),
        ]


def _role(message: ChatMessage) -> str:
    return "user" if message.role is MessageRole.USER else "agent"


def _delta(text: str) -> ChatResponse:
    return ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, content=text), delta=text)
