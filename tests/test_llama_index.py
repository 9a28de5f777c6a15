"""The road as LlamaIndex's users have it: models, filters, events and nodes of their own."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from llama_index.core.base.response.schema import AsyncStreamingResponse, StreamingResponse
from llama_index.core.instrumentation.event_handlers import BaseEventHandler
from llama_index.core.llms import CompletionResponse, CompletionResponseGen, CustomLLM, LLMMetadata
from llama_index.core.llms.callbacks import llm_completion_callback
from llama_index.core.schema import NodeWithScore, TextNode
from llama_index.core.vector_stores import (
    FilterCondition,
    FilterOperator,
    MetadataFilter,
    MetadataFilters,
)
from llama_index_instrumentation import get_dispatcher

from rag import Article, Chatbot, Settings
from rag.errors import InputError, ModelError
from rag.llm.providers import PROVIDERS
from rag.settings import PROVIDERS as NAMED
from tests.openai_server import ModelServer, Reply

OLD = Article(
    "old", "Dam", "The dam at Ost holds 40 million litres.", "Gazette", published_at="2020-01-02"
)
NEW = Article(
    "new", "Dam", "The dam at Ost holds 55 million litres.", "Herald", published_at="2024-03-04"
)
QUESTION = "How much does the dam at Ost hold?"


class Parrot(CustomLLM):
    """A model that is nothing like OpenAI's: it completes a text, always in the same way."""

    said: str = "The dam at Ost holds 55 million litres [1]."

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name="parrot", context_window=4000)

    @llm_completion_callback()
    def complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponse:
        return CompletionResponse(text=self.said)

    @llm_completion_callback()
    def stream_complete(
        self, prompt: str, formatted: bool = False, **_: Any
    ) -> CompletionResponseGen:
        def pieces() -> CompletionResponseGen:
            for end in range(1, len(self.said) + 1):
                yield CompletionResponse(text=self.said[:end], delta=self.said[end - 1])

        return pieces()


class Unheard(Parrot):
    """A model that its own package has not heard of."""

    model: str = "newest"

    @property
    def metadata(self) -> LLMMetadata:
        raise ValueError("Unknown model: newest")


@pytest.fixture(scope="module")
def dams(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chatbot]:
    with Chatbot.open(tmp_path_factory.mktemp("dams") / "store", Settings(), llm=Parrot()) as bot:
        bot.add([OLD, NEW])
        yield bot


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """The names of the events that LlamaIndex's dispatcher tells of."""
    names: list[str] = []

    class Listener(BaseEventHandler):
        def handle(self, event: Any, **_: Any) -> None:
            names.append(event.class_name())

    root, listener = get_dispatcher(), Listener()
    root.add_event_handler(listener)
    yield names
    root.event_handlers.remove(listener)


def only(key: str, operator: FilterOperator, value: Any) -> MetadataFilters:
    return MetadataFilters(filters=[MetadataFilter(key=key, operator=operator, value=value)])


def test_any_model_of_llama_index_writes(dams: Chatbot) -> None:
    answer = dams.ask(QUESTION, as_of="2025-01-01", filters={"article": "new"})
    assert (answer.mode, answer.text) == (
        "generative",
        "The dam at Ost holds 55 million litres. [1]",
    )


def test_any_model_of_llama_index_writes_without_blocking(dams: Chatbot) -> None:
    answer = asyncio.run(dams.aask(QUESTION, filters={"article": "new"}))
    assert answer.text == "The dam at Ost holds 55 million litres. [1]"


class Waiting(Parrot):
    """It says nothing until it is let."""

    let: Any = None

    @llm_completion_callback()
    def stream_complete(
        self, prompt: str, formatted: bool = False, **_: Any
    ) -> CompletionResponseGen:
        assert self.let.wait(20)
        replies: CompletionResponseGen = super().stream_complete(prompt, formatted)
        return replies


def test_a_model_that_blocks_does_not_block_the_event_loop(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    let = Event()
    place = tmp_path_factory.mktemp("waiting") / "store"

    async def both(bot: Chatbot) -> str:
        asked = asyncio.create_task(bot.aask(QUESTION))
        await asyncio.sleep(0.2)
        let.set()  # never, if the loop were waiting for the model
        return (await asked).text

    with Chatbot.open(place, Settings(), llm=Waiting(let=let)) as bot:
        bot.add(NEW)
        assert asyncio.run(both(bot)) == "The dam at Ost holds 55 million litres. [1]"


def test_a_model_its_package_has_not_heard_of_needs_a_window(dams: Chatbot) -> None:
    unheard = Chatbot(replace(dams.settings, llm="extractive"), llm=Unheard())
    assert unheard.settings.llm == "llama-index:newest"
    with pytest.raises(ModelError, match="FOOTNOTE_CONTEXT_WINDOW"):
        _ = unheard.language_model.window


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (only("source", FilterOperator.EQ, "Gazette"), {"old"}),
        (only("article_id", FilterOperator.IN, ["new"]), {"new"}),
        (only("published_at", FilterOperator.GTE, "2022-01-01"), {"new"}),
        (only("published_at", FilterOperator.LTE, "2022-01-01"), {"old"}),
    ],
)
def test_metadata_filters_are_understood(
    dams: Chatbot, filters: MetadataFilters, found: set[str]
) -> None:
    nodes = dams.as_retriever(filters=filters).retrieve(QUESTION)
    assert {node.node.metadata["article_id"] for node in nodes} == found


@pytest.mark.parametrize(
    ("filters", "named"),
    [
        (only("colour", FilterOperator.EQ, "red"), "colour == 'red'"),
        (only("source", FilterOperator.NE, "CNBC"), "source != 'CNBC'"),
        (MetadataFilters(filters=[], condition=FilterCondition.OR), "'or'"),
    ],
)
def test_a_filter_that_is_not_understood_is_named(
    dams: Chatbot, filters: MetadataFilters, named: str
) -> None:
    with pytest.raises(InputError, match=named):
        dams.as_query_engine(filters=filters)


def test_every_step_is_told_to_the_dispatcher(dams: Chatbot, heard: list[str]) -> None:
    dams.ask(QUESTION)
    steps = ["QueryStartEvent", "RetrievalStartEvent", "RetrievalEndEvent", "SynthesizeStartEvent"]
    steps += ["LLMChatStartEvent", "LLMChatEndEvent", "SynthesizeEndEvent", "QueryEndEvent"]
    assert [name for name in heard if name in steps] == steps


def test_the_tracing_that_is_documented_shows_every_step(
    dams: Chatbot, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (root / "docs" / "python.md").read_text(encoding="utf-8")
    [code] = re.findall(
        r"^```py\n(from llama_index.core.instrumentation.*?)^```", text, re.S | re.M
    )
    handlers = get_dispatcher().event_handlers
    before = list(handlers)
    try:
        exec(code, {})
        dams.ask(QUESTION)
    finally:
        handlers[:] = before
    steps = {"QueryStartEvent", "RetrievalEndEvent", "LLMChatEndEvent", "SynthesizeEndEvent"}
    assert steps <= set(capsys.readouterr().out.split())


def test_a_served_models_call_is_told_too(
    heard: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("told") / "store"
    with ModelServer() as server, Chatbot.open(place, server.settings()) as bot:
        bot.add(NEW)
        server.say("The dam at Ost holds 55 million litres [1].")
        bot.ask(QUESTION)
    assert [name for name in heard if name.startswith("LLM")] == [
        "LLMChatStartEvent",
        "LLMChatEndEvent",
    ]


def test_a_streaming_engine_streams_the_same_text(dams: Chatbot) -> None:
    response = dams.as_query_engine(streaming=True, filters={"article": "new"}).query(QUESTION)
    assert isinstance(response, StreamingResponse)
    text = "".join(response.response_gen)
    assert response.metadata is not None
    whole = dams.as_query_engine(filters={"article": "new"}).query(QUESTION)
    assert text == response.metadata["text"] == str(whole)


def test_an_asynchronous_stream_says_the_same(dams: Chatbot) -> None:
    async def streamed() -> str:
        engine = dams.as_query_engine(streaming=True, filters={"article": "new"})
        response = await engine.aquery(QUESTION)
        assert isinstance(response, AsyncStreamingResponse)
        return "".join([part async for part in response.async_response_gen()])

    whole = dams.as_query_engine(filters={"article": "new"}).query(QUESTION)
    assert asyncio.run(streamed()) == str(whole)


def test_a_chat_engine_remembers(dams: Chatbot) -> None:
    chat = dams.as_chat_engine(filters={"article": "new"})
    first = chat.chat(QUESTION)
    second = "".join(chat.stream_chat(QUESTION).response_gen)
    assert str(first) == second
    assert [message.content for message in chat.chat_history] == [QUESTION, second] * 2


def test_nodes_of_others_are_answered_where_an_article_says_them(dams: Chatbot) -> None:
    engine = dams.as_query_engine()
    node = NodeWithScore(node=TextNode(text=NEW.text), score=0.5)
    response = engine.synthesize(QUESTION, [node])  # type: ignore[arg-type]
    assert response.metadata is not None
    assert response.metadata["citations"][0]["article"]["id"] == "new"


def test_nodes_of_no_article_are_refused(dams: Chatbot) -> None:
    node = NodeWithScore(node=TextNode(text="Nobody ever said this."), score=0.5)
    with pytest.raises(InputError, match="No article says 'Nobody ever said this"):
        dams.as_query_engine().synthesize(QUESTION, [node])  # type: ignore[arg-type]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_package_that_is_not_installed_is_named(provider: str, dams: Chatbot) -> None:
    settings = Settings(store=dams.settings.store, llm=f"{provider}:some-model")
    with pytest.raises(ModelError, match=f"pip install {PROVIDERS[provider].package}"):
        _ = Chatbot(settings).language_model


def test_every_provider_can_be_set() -> None:
    assert set(PROVIDERS) < set(NAMED)


def test_a_cancelled_question_ends_the_models_call(
    dams: Chatbot, tmp_path_factory: pytest.TempPathFactory
) -> None:
    async def given_up(bot: Chatbot, server: ModelServer) -> None:
        asked = asyncio.ensure_future(bot.aask(QUESTION))
        while not server.calls:
            await asyncio.sleep(0.01)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked

    place = tmp_path_factory.mktemp("cancelled") / "store"
    with ModelServer() as server, Chatbot.open(place, server.settings(timeout=30.0)) as bot:
        bot.add(NEW)
        server.say(Reply(("It holds ",) * 400, pause=0.02))
        asyncio.run(given_up(bot, server))
        assert server.hung_up.wait(5)


def test_leaving_a_stream_ends_the_models_call(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    place = tmp_path_factory.mktemp("left") / "store"
    with ModelServer() as server, Chatbot.open(place, server.settings(timeout=30.0)) as bot:
        bot.add(NEW)
        server.say(Reply(("It holds ",) * 400, pause=0.02))
        events = bot.stream(QUESTION)
        assert [type(next(events)).__name__ for _ in range(2)] == ["Retrieved", "Delta"]
        events.close()
        assert server.hung_up.wait(5)


def test_a_connection_is_kept_between_calls(tmp_path_factory: pytest.TempPathFactory) -> None:
    place = tmp_path_factory.mktemp("kept") / "store"
    with ModelServer() as server, Chatbot.open(place, server.settings()) as bot:
        bot.add(NEW)
        server.say("The dam at Ost holds 55 million litres [1].")
        for _ in range(3):
            bot.ask(QUESTION)
        assert (len(server.calls), server.connections) == (3, 1)
