"""The endpoint on loopback: OpenAI's real client, and `/api` by plain HTTP."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest
from openai import OpenAI

from rag import Article, Chatbot, Settings, answer_json, fact_check_json, hit_json
from tests.openai_server import ModelServer, Reply
from tests.web_site import Site
from ui.api.app import Access
from ui.api.chat_reply import SOURCES
from ui.api.server import Served

BRIDGE = Article(
    "bridge",
    "The old bridge at Brandau [reopens]",
    "The old bridge at Brandau reopened on 3 May 2024 after two years of repairs. "
    "The engineer Mara Lindqvist led the work. The repairs cost 4.2 million euros.",
    source="Brandau Courier",
    url="https://courier.example/bridge",
    published_at="2024-05-04",
)
QUESTION = "Who led the repairs of the bridge at Brandau?"
LED = "The engineer Mara Lindqvist led the work."
NEW = {"id": "ferry", "title": "Ferry", "text": "Captain Oskar Venn steered the ferry to Brandau."}


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chatbot]:
    with Chatbot.open(tmp_path_factory.mktemp("endpoint") / "store", Settings()) as bot:
        bot.add(BRIDGE)
        yield bot


@pytest.fixture(scope="module")
def url(bot: Chatbot) -> Iterator[str]:
    with Served(bot, Access()) as served:
        yield served.url


@pytest.fixture(scope="module")
def client(url: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{url}/v1", api_key="any", max_retries=0) as client:
        yield client


def asked(client: OpenAI, *said: str, **options: Any) -> Any:
    """The reply to a conversation whose sides speak in turn, the user first and last."""
    roles = ["user", "assistant"] * len(said)
    messages: Any = [{"role": r, "content": c} for r, c in zip(roles, said, strict=False)]
    return client.chat.completions.create(model="footnote", messages=messages, **options)


def text_of(chunks: list[Any]) -> str:
    return "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)


def test_the_only_model_is_listed(client: OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["footnote"]


def test_an_answer_ends_with_its_sources_unless_they_are_turned_off(
    client: OpenAI, bot: Chatbot
) -> None:
    text = bot.ask(QUESTION).text
    line = "- [1] [The old bridge at Brandau \\[reopens\\]](https://courier.example/bridge)"
    listed = f"{line}, Brandau Courier, 2024-05-04"
    assert asked(client, QUESTION).choices[0].message.content == text + SOURCES + listed
    bare = asked(client, QUESTION, extra_body={"sources": False})
    assert bare.choices[0].message.content == text


def test_every_footnote_is_the_article_s_own_words(client: OpenAI, bot: Chatbot) -> None:
    [citation] = bot.ask(QUESTION).citations
    assert BRIDGE.text[citation.start : citation.end] == citation.quote
    assert asked(client, QUESTION).footnotes == [
        {
            "number": 1,
            "quote": citation.quote,
            "start": citation.start,
            "end": citation.end,
            "title": BRIDGE.title,
            "source": "Brandau Courier",
            "date": "2024-05-04",
            "url": "https://courier.example/bridge",
            "article_id": "bridge",
            "support": "quoted",
        }
    ]


def test_annotations_are_where_the_markers_are(client: OpenAI) -> None:
    message = asked(client, QUESTION).choices[0].message
    [annotation] = message.annotations
    cited = annotation.url_citation
    assert message.content[cited.start_index : cited.end_index] == "[1]"
    assert cited.url == "https://courier.example/bridge"


def test_a_stream_says_the_same_as_a_whole_reply(client: OpenAI) -> None:
    whole = asked(client, QUESTION)
    chunks = list(asked(client, QUESTION, stream=True, stream_options={"include_usage": True}))
    assert text_of(chunks) == whole.choices[0].message.content
    assert chunks[-2].footnotes == whole.footnotes
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage.total_tokens == 0


def test_open_webui_is_sent_sources_as_events(client: OpenAI) -> None:
    chunks = list(asked(client, QUESTION, stream=True, extra_body={"citations": "open-webui"}))
    [event] = [chunk.event for chunk in chunks if hasattr(chunk, "event")]
    quote = chunks[-1].footnotes[0]["quote"]
    about = {"source": "footnote-1", "name": BRIDGE.title}
    source = {"id": "footnote-1", "name": BRIDGE.title, "url": BRIDGE.url}
    assert event == {
        "type": "source",
        "data": {"source": source, "document": [quote], "metadata": [about]},
    }


def test_search_results_are_as_perplexity_sends_them(client: OpenAI) -> None:
    reply = asked(client, QUESTION, extra_body={"citations": "perplexity"})
    assert reply.citations == [BRIDGE.url]
    assert reply.search_results[0]["date"] == "2024-05-04"


def test_a_follow_up_is_understood(client: OpenAI) -> None:
    before = asked(client, QUESTION).choices[0].message.content
    reply = asked(client, QUESTION, before, "And what did they cost?")
    assert "4.2 million euros" in reply.choices[0].message.content


def test_the_articles_not_saying_it_is_said(client: OpenAI, bot: Chatbot) -> None:
    reply = asked(client, "Who is the king of Spain?")
    assert (reply.refused, reply.footnotes) == (True, [])
    assert reply.choices[0].message.content == bot.ask("Who is the king of Spain?").text


def test_a_day_and_filters_narrow_the_question(client: OpenAI) -> None:
    assert asked(client, QUESTION, extra_body={"as_of": "2024-01-01"}).refused
    assert asked(client, QUESTION, extra_body={"filters": {"source": "Other"}}).refused
    assert not asked(
        client, QUESTION, extra_body={"filters": {"source": "Brandau Courier"}}
    ).refused


def test_content_may_be_parts_and_unknown_parameters_are_taken(client: OpenAI) -> None:
    parts: Any = [{"role": "user", "content": [{"type": "text", "text": QUESTION}]}]
    reply = client.chat.completions.create(
        model="footnote", messages=parts, temperature=0.3, seed=7, extra_body={"unheard_of": 1}
    )
    assert LED in (reply.choices[0].message.content or "")


@pytest.mark.parametrize(
    ("task", "said"),
    [
        (
            '### Task:\nGenerate a title.\nJSON format: { "title": "your title" }\n'
            "### Chat History:\n<chat_history>\nUSER: Who built it?\n</chat_history>",
            {"title": "Who built it?"},
        ),
        ('### Task:\nSuggest.\nJSON format: { "follow_ups": ["Question 1?"] }', {"follow_ups": []}),
    ],
)
def test_a_front_end_s_own_task_is_answered_without_the_articles(
    client: OpenAI, task: str, said: dict[str, Any]
) -> None:
    reply = asked(client, task)
    assert json.loads(reply.choices[0].message.content) == said
    assert text_of(list(asked(client, task, stream=True))) == reply.choices[0].message.content


def test_a_question_behind_a_front_end_s_context_is_found(client: OpenAI) -> None:
    wrapped = f"### Task:\nRespond using the context.\n<context>\nNone\n</context>\n\n{QUESTION}"
    assert LED in asked(client, wrapped).choices[0].message.content


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"as_of": "soon"}, "as_of is 'soon'; write a date such as 2025-08-14."),
        ({"filters": {"colour": "red"}}, "filters.colour: Extra inputs are not permitted"),
    ],
)
def test_a_wrong_request_is_told_why(client: OpenAI, body: dict[str, Any], message: str) -> None:
    for stream in (False, True):
        with pytest.raises(openai.BadRequestError) as caught:
            asked(client, QUESTION, stream=stream, extra_body=body)
        assert caught.value.body["message"] == message  # type: ignore[index]


def test_an_unknown_model_is_not_found(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="Ask 'footnote'"):
        client.chat.completions.create(model="gpt-5", messages=[{"role": "user", "content": "x"}])


def test_api_sends_what_the_command_line_prints(url: str, bot: Chatbot) -> None:
    def got(path: str, **body: Any) -> dict[str, Any]:
        document: dict[str, Any] = httpx.post(f"{url}/api/{path}", json=body, timeout=60).json()
        return without_times(document)

    passages = [hit_json(hit) for hit in bot.retrieve(QUESTION, 3)]
    assert got("ask", question=QUESTION) == without_times(answer_json(bot.ask(QUESTION)))
    assert got("retrieve", question=QUESTION, k=3) == {"question": QUESTION, "passages": passages}
    assert got("check", text=LED) == without_times(fact_check_json(bot.check(LED)))


def without_times(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "elapsed_ms"}


def test_an_article_comes_and_goes(url: str) -> None:
    articles = f"{url}/api/articles"
    assert httpx.post(articles, json=NEW).json()["added"] == 1
    assert httpx.post(articles, json=[NEW]).json()["unchanged"] == 1
    assert httpx.get(f"{articles}/ferry").json()["text"] == NEW["text"]
    assert [one["id"] for one in httpx.get(articles).json()] == ["bridge", "ferry"]
    found = httpx.get(articles, params={"order": "title", "limit": 1})
    assert (found.headers["X-Total-Count"], found.json()[0]["id"]) == ("2", "ferry")
    assert [one["id"] for one in httpx.get(articles, params={"query": "fer"}).json()] == ["ferry"]
    assert httpx.delete(f"{articles}/ferry").status_code == 204
    assert httpx.delete(f"{articles}/ferry").status_code == 404


def test_what_cannot_be_added_is_named_by_its_number(url: str) -> None:
    report = httpx.post(f"{url}/api/articles", json=[{"text": " ", "title": "Blank"}]).json()
    assert report["failures"] == [{"source": "article:1", "reason": "it is empty"}]


def test_a_problem_says_which_field_is_wrong(url: str) -> None:
    reply = httpx.post(f"{url}/api/retrieve", json={"question": "x", "k": 0})
    assert reply.status_code == 422
    assert reply.headers["content-type"] == "application/problem+json"
    assert [error["where"] for error in reply.json()["errors"]] == ["k"]


def test_the_reference_shows_every_route_with_examples(url: str) -> None:
    document, page = httpx.get(f"{url}/openapi.json").json(), httpx.get(f"{url}/docs").text
    assert [path for path in document["paths"] if path not in page] == []
    assert "When did the bridge reopen?" in page
    assert "http://" not in page.replace("https://", "")  # nothing is fetched from elsewhere


def test_figures_are_given_in_prometheus_s_format(url: str) -> None:
    httpx.post(f"{url}/api/ask", json={"question": QUESTION}, timeout=60)
    lines = httpx.get(f"{url}/metrics").text.splitlines()
    assert "footnote_articles 1" in lines
    counted = [line for line in lines if 'footnote_questions_total{outcome="answered"}' in line]
    assert int(counted[0].split()[-1]) >= 1
    assert httpx.get(f"{url}/readyz").json() == {"status": "ready"}
    assert httpx.get(f"{url}/healthz").json() == {"status": "ok"}


# With a language model


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture(scope="module")
def written(server: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenAI]:
    store = tmp_path_factory.mktemp("written") / "store"
    with Chatbot.open(store, server.settings(timeout=30.0)) as bot:
        bot.add(BRIDGE)
        with Served(bot, Access()) as served:
            yield OpenAI(base_url=f"{served.url}/v1", api_key="any", max_retries=0)


def test_a_model_s_statements_have_their_support_and_its_tokens(
    written: OpenAI, server: ModelServer
) -> None:
    server.say("Mara Lindqvist led the repairs [2]. The repairs cost 9 million euros [3].")
    chunks = list(asked(written, QUESTION, stream=True, stream_options={"include_usage": True}))
    said = "Mara Lindqvist led the repairs. [1] The repairs cost 9 million euros. [2] (unsupported)"
    assert text_of(chunks).partition(SOURCES)[0] == said
    assert [f["support"] for f in chunks[-2].footnotes] == ["supported", "unsupported"]
    assert chunks[-1].usage.model_dump(include={"prompt_tokens", "completion_tokens"}) == {
        "prompt_tokens": 100,
        "completion_tokens": 20,
    }


def test_a_model_that_fails_mid_stream_is_an_error_of_the_stream(
    written: OpenAI, server: ModelServer
) -> None:
    server.say(Reply(status=401))
    with pytest.raises(openai.APIError, match="key"):
        list(asked(written, QUESTION, stream=True))


def test_a_client_that_goes_away_ends_the_call_to_the_model(
    written: OpenAI, server: ModelServer
) -> None:
    endless = ["Mara Lindqvist led the repairs [2]. "] + ["On. "] * 4000
    server.hung_up.clear()
    server.say(Reply(endless, pause=0.05))
    with asked(written, QUESTION, stream=True) as chunks:
        said = (chunk.choices[0].delta.content for chunk in chunks)
        assert next(filter(None, said))  # before that, the model may not have been asked
    assert server.hung_up.wait(60)
    server.hung_up.clear()
    with pytest.raises(openai.APITimeoutError):
        asked(written, QUESTION, timeout=1.0)
    assert server.hung_up.wait(60)


def test_an_address_is_fetched_from_the_public_web_alone(url: str) -> None:
    with Site() as site:
        addresses = [{"url": site.url("/a")}, {"url": "http://169.254.169.254/"}]
        report = httpx.post(f"{url}/api/articles", json=addresses).json()
        assert (report["failed"], site.asked) == (2, [])
    assert all("not on the public internet" in one["reason"] for one in report["failures"])


def test_an_article_has_a_text_or_an_address_alone(url: str) -> None:
    given = [{}, {"title": "Ferry"}, {"url": "https://courier.example/", "title": "Ferry"}]
    replies = [httpx.post(f"{url}/api/articles", json=one).status_code for one in given]
    assert replies == [422, 422, 422]


def test_only_so_many_addresses_are_fetched_at_a_time(url: str) -> None:
    many = [{"url": f"https://courier.example/{n}"} for n in range(21)]
    reply = httpx.post(f"{url}/api/articles", json=many)
    assert (reply.status_code, "at most 20" in reply.text) == (400, True)
