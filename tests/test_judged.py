"""Answers judged by a language model, where that is asked for."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from llama_index.core.llms import CompletionResponse, CompletionResponseGen, CustomLLM, LLMMetadata

from evals import evaluate, show
from evals.judges.model import model_judge
from rag import Article, Chatbot, Settings
from rag.errors import ModelError
from rag.llm.judge import ModelJudge
from rag.llm.language_model import language_model
from tests.openai_server import ModelServer, Reply
from ui.cli.terminal import console

BRIDGE = Article(
    "bridge",
    "The old bridge at Brandau reopens",
    "The old bridge at Brandau reopened on 3 May 2024. The engineer Mara Lindqvist led the work.",
)
CASE = {"id": "a", "question": "Who led the work on the bridge?", "answers": ["Mara Lindqvist"]}


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(CASE), encoding="utf-8")
    return path


def judging(body: Mapping[str, Any]) -> Reply:
    """Writes an answer where one is asked for, and judges it where that is."""
    told = json.dumps(body["messages"])
    if "evaluation system" in told:
        return Reply(("4.0\nIt names the engineer.",))
    if "YES or NO" in told:
        return Reply(("YES",))
    return Reply(("The engineer Mara Lindqvist led the work [2].",))


def judge_says(server: ModelServer, *replies: str | Reply) -> dict[str, float]:
    server.say(*replies)
    return ModelJudge(language_model(server.settings())).scores("q", "a", "b", ["c"])


@pytest.mark.parametrize(
    ("faithful", "correct", "scores"),
    [
        ("YES", "5.0\nGood.", {"faithfulness": 1.0, "correctness": 1.0}),
        ("NO", "2\nOff.", {"faithfulness": 0.0, "correctness": 0.25}),
        ("yes", "Score: 4.0", {"faithfulness": 1.0, "correctness": 0.75}),
    ],
)
def test_scores_are_shares(
    server: ModelServer, faithful: str, correct: str, scores: dict[str, float]
) -> None:
    assert judge_says(server, faithful, correct) == scores


@pytest.mark.parametrize("said", ["", "Splendid!", "11"])
def test_a_judge_that_gives_no_score_is_an_error(server: ModelServer, said: str) -> None:
    with pytest.raises(ModelError, match="was to judge with a score from 1 to 5"):
        judge_says(server, "YES", said)


def test_a_judge_that_fails_is_an_error(server: ModelServer) -> None:
    with pytest.raises(ModelError, match=r"refused the key \(401\)"):
        judge_says(server, Reply(status=401))


def test_without_a_model_and_a_key_there_is_no_judge() -> None:
    with pytest.raises(ModelError, match="Set OPENAI_API_KEY"):
        model_judge(Chatbot(Settings()))


def test_extractive_answers_are_judged_by_openais_default_model() -> None:
    bot = Chatbot(Settings(openai_api_key="sk-1"))
    assert model_judge(bot).name == "openai:gpt-4.1-mini"


def test_a_run_is_judged_where_that_is_asked_for(
    server: ModelServer, gold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.say(judging)
    with Chatbot.open(tmp_path / "store", server.settings()) as bot:
        bot.add(BRIDGE)
        plain = evaluate(bot, [gold], save=tmp_path / "run.json")
        done = evaluate(bot, [gold], save=tmp_path / "run.json", reuse=True, judged=True)
    assert not plain.run.scores("faithfulness")
    assert (done.run.scores("correctness"), done.run.scores("faithfulness")) == ([0.75], [1.0])
    show(done.run, console=console())
    assert "Judged by a model" in capsys.readouterr().out


class Judge(CustomLLM):
    """A model that a program hands in: it writes and judges, and speaks no provider's protocol."""

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name="handed")

    def complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponse:
        asked = {"messages": [{"content": prompt}]}
        return CompletionResponse(text="".join(judging(asked).pieces))

    def stream_complete(
        self, prompt: str, formatted: bool = False, **_: Any
    ) -> CompletionResponseGen:
        said = self.complete(prompt).text
        yield CompletionResponse(text=said, delta=said)


def test_a_model_that_is_handed_in_judges(gold: Path, tmp_path: Path) -> None:
    with Chatbot.open(tmp_path / "store", Settings(), llm=Judge()) as bot:
        bot.add(BRIDGE)
        done = evaluate(bot, [gold], judged=True)
    assert done.run.about.settings["judge"] == "llama-index:handed"
    assert (done.run.scores("correctness"), done.run.scores("faithfulness")) == ([0.75], [1.0])


def test_llamaindex_is_loaded_only_when_a_model_is_to_judge(root: Path) -> None:
    code = "import sys, evals, ui.cli; print(any(m.startswith('llama_index') for m in sys.modules))"
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert said.stdout == "False\n"
