import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
MINISTER = "Who is Russia's finance minister?"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cli") / "store"


@pytest.fixture(scope="module")
def footnote(store: Path, tmp_path_factory: pytest.TempPathFactory, root: Path) -> Run:
    """The command line in a process of its own, in an empty folder, over a filled store."""
    folder = tmp_path_factory.mktemp("empty")
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("FOOTNOTE", "OPENAI"))}

    def run(*words: str, store: Path = store) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ui.cli.app", *words],
            cwd=folder,
            env={**environ, "FOOTNOTE_STORE": str(store), "PYTHONPATH": str(root)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    added = run("add", str(root / "seeds"))
    assert added.returncode == 0, added.stderr
    return run


def test_help_lists_the_commands(footnote: Run) -> None:
    said = footnote("--help").stdout
    commands = "chat add ask retrieve articles article remove eval doctor".split()
    assert [c for c in commands if c not in said] == []


def test_an_answer_in_a_pipe_is_plain(footnote: Run) -> None:
    said = footnote("ask", MINISTER)
    assert said.returncode == 0
    assert "Siluanov" in said.stdout
    assert "[1]" in said.stdout
    assert "\x1b" not in said.stdout


def test_json_is_one_document_and_nothing_else(footnote: Run) -> None:
    document = json.loads(footnote("ask", MINISTER, "--json").stdout)
    assert document["question"] == MINISTER
    assert document["citations"][0]["quote"]
    assert set(document["elapsed_ms"]) == {"retrieve", "answer"}


def test_a_refusal_is_done(footnote: Run) -> None:
    said = footnote("ask", "Who won the chess world championship in 2019?", "--json")
    assert said.returncode == 0
    assert json.loads(said.stdout)["refused"] is True


def test_retrieve_prints_passages(footnote: Run) -> None:
    document = json.loads(footnote("retrieve", MINISTER, "-k", "2", "--json").stdout)
    assert len(document["passages"]) == 2
    assert set(document["passages"][0]) == {"article_id", "start", "end", "score", "text"}


def test_articles_are_listed_shown_and_removed(footnote: Run, tmp_path: Path) -> None:
    article = tmp_path / "a.txt"
    article.write_text("The heron stands in the reeds at dawn.\n", encoding="utf-8")
    place = tmp_path / "store"
    assert footnote("add", str(article), store=place).returncode == 0
    [listed] = json.loads(footnote("articles", "--json", store=place).stdout)
    shown = json.loads(footnote("article", listed["id"], "--json", store=place).stdout)
    assert shown["text"] == "The heron stands in the reeds at dawn."
    assert footnote("remove", listed["id"], store=place).returncode == 0
    assert json.loads(footnote("articles", "--json", store=place).stdout) == []


def test_articles_are_found_by_words_and_listed_in_part(footnote: Run) -> None:
    [found] = json.loads(footnote("articles", "alask", "summit", "--json").stdout)
    assert "Alaska" in found["title"]
    listed = footnote("articles", "--order", "newest", "--limit", "1", "--json")
    assert len(json.loads(listed.stdout)) == 1
    assert listed.stderr == "The first 1 of 2 articles. For more: --limit 2\n"


@pytest.mark.parametrize(
    ("words", "status", "named"),
    [
        (("ask",), 2, "QUESTION"),
        (("nonsense",), 2, "nonsense"),
        (("ask", "Who?", "--as-of", "soon"), 2, "'soon'"),
        (("article", "nobody"), 1, "'nobody'"),
        (("add", "nowhere.txt"), 1, "nowhere.txt"),
    ],
)
def test_a_mistake_is_one_message_and_a_status(
    footnote: Run, words: tuple[str, ...], status: int, named: str
) -> None:
    said = footnote(*words)
    assert said.returncode == status
    assert named in said.stderr
    assert "Traceback" not in said.stderr


def test_a_missing_store_says_how_to_fill_one(footnote: Run, tmp_path: Path) -> None:
    said = footnote("ask", "Who?", store=tmp_path / "none")
    assert said.returncode == 1
    assert "footnote add" in said.stderr
    assert not (tmp_path / "none").exists()


def test_doctor_is_honest(footnote: Run, tmp_path: Path) -> None:
    said = footnote("doctor", "--store", str(tmp_path / "none"))
    assert said.returncode == 0
    assert "No store" in said.stdout
    assert "Encoder" in said.stdout


def test_the_version_is_said(footnote: Run) -> None:
    said = footnote("--version")
    assert (said.returncode, said.stdout.split()[0]) == (0, "Footnote")


def test_a_table_in_a_pipe_has_no_blanks_at_the_ends_of_lines(footnote: Run) -> None:
    for words in (("articles",), ("retrieve", MINISTER)):
        lines = footnote(*words).stdout.splitlines()
        assert [line for line in lines if line != line.rstrip()] == []


def test_the_first_articles_say_where_their_store_is(footnote: Run, tmp_path: Path) -> None:
    text, place = tmp_path / "mill.txt", tmp_path / "new"
    text.write_text("The mill of Orsund grinds rye.")
    assert f"Making a store in {place}" in footnote("add", str(text), store=place).stderr
    assert "Making a store" not in footnote("add", str(text), store=place).stderr
