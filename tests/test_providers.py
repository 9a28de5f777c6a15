"""Other providers' models, driven through LlamaIndex's own packages where they are installed."""

import asyncio
from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from rag import Article, Chatbot, Settings
from rag.errors import ModelError
from rag.llm.providers import PROVIDERS
from tests.openai_server import Reply, pieces
from tests.provider_server import READ, WRITTEN, ProviderServer

# The packages leave their connections to the collector of garbage.
pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)

DAM = Article("dam", "Dam", "The dam at Ost holds 55 million litres. It was built in 1931.")
QUESTION = "How much does the dam at Ost hold?"
SAID = "The dam at Ost holds 55 million litres [1]."
TEXT = "The dam at Ost holds 55 million litres. [1]"
MODELS = {
    "anthropic": "claude-sonnet-4-5",
    "gemini": "gemini-2.5-flash",
    "mistral": "mistral-small-latest",
    "bedrock": "anthropic.claude-3-haiku-20240307-v1:0",
    "ollama": "llama3.1",
}
ADDRESSES = (
    "ANTHROPIC_BASE_URL",
    "GOOGLE_GEMINI_BASE_URL",
    "MISTRAL_ENDPOINT",
    "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
    "OLLAMA_HOST",
)
KEYS = {
    "ANTHROPIC_API_KEY": "sk-ant-hidden",
    "GOOGLE_API_KEY": "hidden",
    "MISTRAL_API_KEY": "hidden",
    "AWS_ACCESS_KEY_ID": "hidden",
    "AWS_SECRET_ACCESS_KEY": "hidden",
    "AWS_DEFAULT_REGION": "eu-west-1",
}


@pytest.fixture(params=PROVIDERS)
def provider(request: pytest.FixtureRequest) -> str:
    """Each provider whose package is here."""
    name = str(request.param)
    package = PROVIDERS[name].package
    if find_spec(PROVIDERS[name].module) is None:
        pytest.skip(f"needs an optional package: pip install {package}")
    return name


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ProviderServer]:
    with ProviderServer() as server:
        for name in ADDRESSES:
            monkeypatch.setenv(name, server.url)
        for name, key in KEYS.items():
            monkeypatch.setenv(name, key)
        server.say(SAID)
        yield server


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    place = tmp_path_factory.mktemp("dam") / "store"
    with Chatbot.open(place, Settings()) as bot:
        bot.add(DAM)
    return str(place)


@pytest.fixture
def bot(provider: str, server: ProviderServer, store: str) -> Iterator[Chatbot]:
    settings = Settings(store=store, llm=f"{provider}:{MODELS[provider]}", timeout=20.0)
    with Chatbot.open(settings=settings) as bot:
        yield bot


def test_it_writes(bot: Chatbot, server: ProviderServer) -> None:
    answer = bot.ask(QUESTION)
    assert (answer.mode, answer.text, answer.notes) == ("generative", TEXT, ())
    assert answer.usage
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (READ, WRITTEN)


def test_it_is_told_what_every_model_is(bot: Chatbot, server: ProviderServer) -> None:
    bot.ask(QUESTION)
    told = str(server.calls[-1])
    assert "holds 55 million litres" in told
    assert QUESTION in told


def test_it_writes_on_one_event_loop_after_the_other(bot: Chatbot) -> None:
    assert [asyncio.run(bot.aask(QUESTION)).text for _ in range(3)] == [TEXT] * 3


def test_an_end_that_is_none_is_noted(bot: Chatbot, provider: str, server: ProviderServer) -> None:
    length = {"ollama": "length", "mistral": "length"}.get(provider, "max_tokens")
    server.say(Reply(pieces(f"{SAID} It was"), finish=length))
    answer = bot.ask(QUESTION)
    assert answer.text == TEXT
    assert len(answer.notes) == 1


def test_a_wrong_key_is_told_without_the_key(bot: Chatbot, server: ProviderServer) -> None:
    server.say(Reply(status=401))
    with pytest.raises(ModelError, match="cannot be asked") as told:
        bot.ask(QUESTION)
    assert "hidden" not in str(told.value)


def test_leaving_a_stream_ends_its_call(bot: Chatbot, server: ProviderServer) -> None:
    server.say(Reply(("It holds ",) * 400, pause=0.02))
    events = bot.stream(QUESTION)
    assert [type(next(events)).__name__ for _ in range(2)] == ["Retrieved", "Delta"]
    events.close()
    assert server.hung_up.wait(5)


def test_cancelling_ends_its_call(bot: Chatbot, server: ProviderServer) -> None:
    async def given_up() -> None:
        asked = asyncio.ensure_future(bot.aask(QUESTION))
        while not server.calls:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked

    server.say(Reply(("It holds ",) * 400, pause=0.02))
    asyncio.run(given_up())
    assert server.hung_up.wait(5)
