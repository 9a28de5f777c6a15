"""A chatbot and the command line, end to end, against a scripted model's server."""

import asyncio
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from evals import load_cases, run
from rag import Answer, Article, Chatbot, Usage
from rag.answers import Cited, Done
from rag.documents import answer_json
from rag.errors import ModelError
from rag.llm.local_servers import local_servers
from tests.openai_server import KEY, ModelServer, Reply

BRIDGE = Article(
    "bridge",
    "The old bridge at Brandau reopens",
    "The old bridge at Brandau reopened on 3 May 2024 after two years of repairs. "
    "The engineer Mara Lindqvist led the work. The repairs cost 4.2 million euros.",
)
QUESTION = "Who led the repairs of the bridge at Brandau?"
WRITTEN = "Mara Lindqvist led the repairs [2]. The repairs cost 9 million euros [3]."
AGAIN = {"Retry-After": "0.01"}

Footnote = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture(scope="module")
def bot(server: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chatbot]:
    store = tmp_path_factory.mktemp("model") / "store"
    settings = server.settings(timeout=0.5, price="1/2", openai_base_url=server.url)
    with Chatbot.open(store, settings) as bot:
        bot.add(BRIDGE)
        yield bot


def streamed(bot: Chatbot) -> Answer:
    return next(e.answer for e in bot.stream(QUESTION) if isinstance(e, Done))


def streamed_asynchronously(bot: Chatbot) -> Answer:
    async def last() -> Answer:
        answers = [e.answer async for e in bot.astream(QUESTION) if isinstance(e, Done)]
        return answers[0]

    return asyncio.run(last())


def test_every_way_to_see_an_answer_says_what_is_unsupported(
    bot: Chatbot, server: ModelServer
) -> None:
    server.say(WRITTEN)
    answer = bot.ask(QUESTION)
    said = "Mara Lindqvist led the repairs. [1] The repairs cost 9 million euros. [2] (unsupported)"
    assert answer.text == said
    assert answer_json(answer)["statements"][1]["support"] == "unsupported"
    assert str(bot.as_query_engine().query(QUESTION)) == said


def test_an_answer_has_its_usage_and_its_cost(bot: Chatbot, server: ModelServer) -> None:
    server.say(WRITTEN)
    answer = bot.ask(QUESTION)
    assert answer.usage == Usage(100, 20, 0.00014)
    assert answer_json(answer)["usage"]["prompt_tokens"] == 100


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(status=429, headers=AGAIN), "takes no more calls now (429)"),
        (Reply(status=500, headers=AGAIN), "failed (500), 3 times"),
        (Reply(delay=1.5), "did not answer within 0.5 seconds"),
        (Reply(("Mara",), cut=1), "broke off in the middle"),
        (Reply(()), "wrote nothing"),
        (Reply(("Sorry",), finish="content_filter"), "withheld the answer"),
        (Reply(status=400, code="content_filter"), "withheld the answer"),
        (Reply(raw=b'data: {"error": {"message": "busy"}}\n\n'), "sent an error"),
    ],
)
def test_without_the_model_the_articles_own_sentences_answer(
    bot: Chatbot, server: ModelServer, reply: Reply, why: str
) -> None:
    server.say(reply)
    answer = bot.ask(QUESTION)
    assert (answer.mode, answer.statements) == ("extractive", bot_alone(bot).statements)
    assert answer.notes[0].startswith("Answered without the language model. ")
    assert why in answer.notes[0]
    assert "FOOTNOTE_LLM" not in answer.notes[0].replace("with FOOTNOTE_LLM.", "")


def bot_alone(bot: Chatbot) -> Answer:
    return bot.ask(QUESTION, mode="extractive")


@pytest.mark.parametrize("way", [streamed, streamed_asynchronously])
def test_a_stream_ends_without_the_model_too(
    bot: Chatbot, server: ModelServer, way: Callable[[Chatbot], Answer]
) -> None:
    server.say(Reply(("Mara Lind",), cut=1))
    assert way(bot).statements == bot_alone(bot).statements


def test_what_was_not_finished_is_withdrawn(bot: Chatbot, server: ModelServer) -> None:
    server.say(Reply(("Nothing of this ", "is finished"), cut=2))
    events = list(bot.stream(QUESTION))
    shown = [e.statement for e in events if isinstance(e, Cited)]
    assert tuple(shown) == bot_alone(bot).statements


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_mistake_in_the_settings_is_an_error(
    bot: Chatbot, server: ModelServer, status: int
) -> None:
    server.say(Reply(status=status, message=f"no {KEY}"))
    with pytest.raises(ModelError, match=str(status)) as error:
        bot.ask(QUESTION)
    assert KEY not in str(error.value)


def test_a_query_engine_answers_without_the_model_too(bot: Chatbot, server: ModelServer) -> None:
    server.say(Reply(()))
    response = bot.as_query_engine().query(QUESTION)
    assert response.metadata is not None
    assert response.metadata["mode"] == "extractive"


def test_an_eval_counts_an_answer_without_the_model_as_an_error(
    bot: Chatbot, server: ModelServer, tmp_path: Path
) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps({"id": "a", "question": QUESTION, "answers": ["Mara Lindqvist"]}))
    server.say(WRITTEN, Reply(()))
    good, bad = (run(bot, load_cases(gold)).outcomes[0] for _ in range(2))
    assert (good.error, good.passed, bad.passed) == (None, True, False)
    assert "wrote nothing" in str(bad.error)


def test_keys_are_in_no_log_and_no_saved_run(
    bot: Chatbot, server: ModelServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps({"id": "a", "question": QUESTION, "answers": ["Mara Lindqvist"]}))
    server.say(Reply(status=429, headers=AGAIN, message=KEY), WRITTEN)
    run(bot, load_cases(gold)).save(tmp_path / "run.json")
    assert KEY not in (tmp_path / "run.json").read_text(encoding="utf-8")
    assert KEY not in caplog.text


@pytest.fixture(scope="module")
def footnote(server: ModelServer, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Footnote:
    """The command line, in a process of its own, with the scripted model."""
    folder = tmp_path_factory.mktemp("cli")
    (folder / "bridge.txt").write_text(f"{BRIDGE.title}\n\n{BRIDGE.text}\n", encoding="utf-8")
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("FOOTNOTE", "OPENAI"))}
    environ |= {
        "PYTHONPATH": str(root),
        "FOOTNOTE_LLM": "compatible:some-model",
        "OPENAI_BASE_URL": server.url,
        "OPENAI_API_KEY": KEY,
    }

    def called(*words: str, **more: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ui.cli.app", *words],
            cwd=folder,
            env=environ | more,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    assert called("add", "bridge.txt").returncode == 0
    return called


def test_the_command_line_shows_doubts_and_cost(footnote: Footnote, server: ModelServer) -> None:
    server.say("Mara Lindqvist led the work [3]. The repairs cost 9 million euros [4].")
    said = footnote("ask", QUESTION, FOOTNOTE_PRICE="1/2")
    assert (said.returncode, said.stderr) == (0, "")
    assert "(unsupported: " in said.stdout
    assert "100 tokens read, 20 written, $0.0001" in said.stdout


def test_the_command_line_answers_while_the_model_is_away(footnote: Footnote) -> None:
    said = footnote("ask", QUESTION, OPENAI_BASE_URL="http://127.0.0.1:9/v1")
    assert said.returncode == 0
    assert "Mara Lindqvist led the work." in said.stdout
    assert "Answered without the language model. No server answers at 127.0.0.1:9." in said.stdout


def test_the_command_line_fails_in_one_line_on_a_wrong_key(
    footnote: Footnote, server: ModelServer
) -> None:
    server.say(Reply(status=401, message=f"bad {KEY}"))
    said = footnote("ask", QUESTION)
    assert (said.returncode, said.stdout, said.stderr.count("\n")) == (1, "", 1)
    assert "refused the key (401)" in said.stderr
    assert KEY not in said.stderr


def test_doctor_asks_one_real_question(footnote: Footnote, server: ModelServer) -> None:
    server.calls.clear()
    server.say("The bridge at Brandau reopened on 3 May 2024 [1].")
    said = footnote("doctor")
    assert (said.returncode, len(server.calls)) == (0, 1)
    told = "compatible:some-model answered 'The bridge at Brandau reopened on 3 May 2024. [1]'"
    assert told in said.stdout


def test_doctor_says_of_a_model_that_cites_nothing(footnote: Footnote, server: ModelServer) -> None:
    server.say("Brazil won the World Cup five times [1].")
    assert "none    Language model" in footnote("doctor").stdout


def test_a_local_server_is_found(server: ModelServer) -> None:
    server.models = [{"id": "llama3.1", "object": "model"}]
    port = int(server.url.split(":")[2].partition("/")[0])
    [found] = local_servers({"Ollama": port, "vLLM": 9})
    server.models = []
    assert found.settings == (
        f"export FOOTNOTE_LLM=compatible:llama3.1 OPENAI_BASE_URL=http://127.0.0.1:{port}/v1"
    )


def test_doctor_says_what_is_broken(footnote: Footnote) -> None:
    said = footnote("doctor", OPENAI_BASE_URL="http://127.0.0.1:9/v1")
    assert said.returncode == 1
    assert "broken  Language model: No server answers at 127.0.0.1:9." in said.stdout
