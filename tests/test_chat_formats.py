"""What goes over the wire to chat clients, byte by byte, where their programs look closely."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from rag import Article, Chatbot, Settings
from ui.api.app import Access
from ui.api.keys import KeyFile
from ui.api.server import Served

FERRY = Article("ferry", "Ferry", "The ferry at Ost was steered by Oskar Venn.", url="https://f.ex")
DAM = Article("dam", "Dam", "The dam at Ost was built by Mara Lindqvist in 1931.")
QUESTION = "Who steered the ferry at Ost and who built the dam?"


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chatbot]:
    with Chatbot.open(tmp_path_factory.mktemp("formats") / "store", Settings()) as bot:
        bot.add([FERRY, DAM])
        yield bot


@pytest.fixture(scope="module")
def v1(bot: Chatbot) -> Iterator[httpx.Client]:
    with Served(bot, Access()) as served, httpx.Client(base_url=f"{served.url}/v1") as client:
        yield client


def body(said: str = QUESTION, **options: Any) -> dict[str, Any]:
    return {"model": "footnote", "messages": [{"role": "user", "content": said}], **options}


def events(v1: httpx.Client, **options: Any) -> list[str]:
    """What is streamed, event by event."""
    reply = v1.post("/chat/completions", json=body(stream=True, **options))
    assert reply.headers["Content-Type"].startswith("text/event-stream")
    return [event.removeprefix("data: ") for event in reply.text.split("\n\n") if event]


def test_the_list_of_models_is_openai_s(v1: httpx.Client) -> None:
    model = {"id": "footnote", "object": "model", "created": 0, "owned_by": "footnote"}
    assert v1.get("/models").json() == {"object": "list", "data": [model]}


@pytest.mark.parametrize("key", ["sk-whatever", "none", "a b"])
def test_any_key_is_taken_where_none_was_made(v1: httpx.Client, key: str) -> None:
    assert v1.get("/models", headers={"Authorization": f"Bearer {key}"}).status_code == 200


def test_a_stream_ends_as_openai_s(v1: httpx.Client) -> None:
    *chunks, end = events(v1)
    last = json.loads(chunks[-1])
    assert end == "[DONE]"
    assert last["choices"][0]["finish_reason"] == "stop"
    assert not any("usage" in json.loads(chunk) for chunk in chunks)


def test_usage_comes_last_and_only_where_it_is_asked_for(v1: httpx.Client) -> None:
    *chunks, usage, _ = events(v1, stream_options={"include_usage": True})
    tokens = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    assert (json.loads(usage)["choices"], json.loads(usage)["usage"]) == ([], tokens)
    assert not any("usage" in json.loads(chunk) for chunk in chunks)


def test_open_webui_has_sources_in_order_and_no_annotations_beside(v1: httpx.Client) -> None:
    *chunks, _ = events(v1, citations="open-webui")
    told = [json.loads(chunk) for chunk in chunks]
    ids = [one["event"]["data"]["source"]["id"] for one in told if "event" in one]
    assert ids == ["footnote-1", "footnote-2"]
    assert "annotations" not in "".join(chunks)
    whole = v1.post("/chat/completions", json=body(citations="open-webui")).json()
    assert [one["source"]["id"] for one in whole["sources"]] == ids
    assert "annotations" not in whole["choices"][0]["message"]


@pytest.mark.parametrize(
    ("task", "said"),
    [
        ('JSON format: { "tags": ["tag1", "tag2", "tag3"] }', {"tags": []}),
        ('```json\n{\n  "queries": ["query"]\n}\n```', {"queries": []}),
        ('JSON format: { "text": "<your_completion>" }', {"text": ""}),
    ],
)
def test_open_webui_s_own_tasks_are_answered_in_their_own_form(
    v1: httpx.Client, task: str, said: dict[str, Any]
) -> None:
    reply = v1.post("/chat/completions", json=body(f"### Task:\nDo it.\n{task}")).json()
    assert json.loads(reply["choices"][0]["message"]["content"]) == said
    assert "footnotes" not in reply


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        (
            body() | {"model": "gpt-5"},
            (404, "invalid_request_error", None, "not_found"),
        ),
        (
            body() | {"messages": []},
            (400, "invalid_request_error", "messages", "bad_request"),
        ),
    ],
)
def test_an_error_has_openai_s_four_fields(
    v1: httpx.Client, sent: dict[str, Any], error: tuple[int, str, str | None, str]
) -> None:
    reply = v1.post("/chat/completions", json=sent)
    told = reply.json()["error"]
    assert (reply.status_code, told["type"], told["param"], told["code"]) == error
    assert told["message"]


def test_a_wrong_key_and_a_key_used_too_often_are_openai_s_errors(
    bot: Chatbot, tmp_path_factory: pytest.TempPathFactory
) -> None:
    keys = KeyFile(tmp_path_factory.mktemp("keys") / "keys")
    headers = {"Authorization": f"Bearer {keys.add('rare', rate=1)}"}
    with Served(bot, Access(keys=keys)) as served:
        url = f"{served.url}/v1/models"
        replies = [httpx.get(url), httpx.get(url, headers=headers), httpx.get(url, headers=headers)]
    assert [reply.status_code for reply in replies] == [401, 200, 429]
    kinds = [replies[place].json()["error"]["type"] for place in (0, 2)]
    assert kinds == ["authentication_error", "rate_limit_error"]
    assert int(replies[2].headers["Retry-After"]) > 0
