"""A text checked against the articles, from Python and on the command line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from rag import Article, Chatbot, Settings, fact_check_json
from rag.errors import InputError

BRIDGE = Article(
    "bridge",
    "Elmford bridge",
    "The Elmford bridge reopens on 4 May, the county said. The works cost two million dollars. "
    "Mayor Ann Poe called the delay a disgrace.",
    "Herald",
    None,
    None,
    "2025-04-28",
)
TEXT = "The Elmford bridge reopens on 4 May, the county said. Will it last? Whales sing in Norway."


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> "Chatbot":
    bot = Chatbot.open(tmp_path_factory.mktemp("check") / "store", Settings())
    bot.add(BRIDGE)
    return bot


def test_each_sentence_has_its_verdict_and_its_place(bridge: Chatbot) -> None:
    checked = bridge.check(TEXT)
    assert [TEXT[s.start : s.end] for s in checked.statements] == [
        s.text for s in checked.statements
    ]
    assert [s.verdict for s in checked.statements] == ["supported", "unchecked", "not found"]
    assert not checked.holds


def test_what_supports_is_cited_exactly(bridge: Chatbot) -> None:
    (citation,) = bridge.check(TEXT).citations
    assert citation.quote == "The Elmford bridge reopens on 4 May, the county said."
    assert citation.article.text[citation.start : citation.end] == citation.quote


def test_a_day_and_a_source_narrow_what_is_looked_in(bridge: Chatbot) -> None:
    for narrowed in ({"as_of": "2025-04-01"}, {"filters": {"source": "Gazette"}}):
        verdicts = [s.verdict for s in bridge.check(BRIDGE.text, **narrowed).statements]
        assert verdicts == ["not found"] * 3


def test_a_date_that_is_none_is_refused(bridge: Chatbot) -> None:
    with pytest.raises(InputError, match="as_of is 'soon'"):
        bridge.check(TEXT, as_of="soon")


def test_a_text_without_sentences_holds(bridge: Chatbot) -> None:
    assert (bridge.check("").statements, bridge.check("").holds) == ((), True)


def test_the_document_is_whole(bridge: Chatbot) -> None:
    document = fact_check_json(bridge.check(TEXT[:53]))
    del document["elapsed_ms"]
    assert document == {
        "text": TEXT[:53],
        "statements": [
            {
                "text": TEXT[:53],
                "start": 0,
                "end": 53,
                "verdict": "supported",
                "score": 1.0,
                "citations": [1],
                "note": None,
            }
        ],
        "citations": [
            {
                "number": 1,
                "quote": TEXT[:53],
                "start": 0,
                "end": 53,
                "article": {
                    "id": "bridge",
                    "title": "Elmford bridge",
                    "source": "Herald",
                    "url": None,
                    "author": None,
                    "published_at": "2025-04-28",
                },
            }
        ],
    }


def footnote(*words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ui.cli.app", "check", *words]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    place = tmp_path_factory.mktemp("cli") / "store"
    with Chatbot.open(place, Settings()) as bot:
        bot.add(BRIDGE)
    return str(place)


def test_the_command_reads_standard_input_and_is_strict_when_asked(store: str) -> None:
    loose = footnote("-", "--store", store, stdin=TEXT)
    strict = footnote("-", "--store", store, "--strict", stdin=TEXT)
    assert (loose.returncode, strict.returncode) == (0, 1)
    assert loose.stdout.splitlines()[:3] == [
        "supported    The Elmford bridge reopens on 4 May, the county said. [1]",
        "unchecked    Will it last?",
        "not found    Whales sing in Norway.",
    ]


def test_the_command_prints_one_document(store: str, tmp_path: Path) -> None:
    file = tmp_path / "draft.txt"
    file.write_text(TEXT, encoding="utf-8")
    document = json.loads(footnote(str(file), "--store", store, "--json").stdout)
    assert [s["verdict"] for s in document["statements"]] == [
        "supported",
        "unchecked",
        "not found",
    ]


def test_a_file_that_is_not_there_is_wrong_usage(store: str) -> None:
    done = footnote("absent.txt", "--store", store)
    said = "'absent.txt' cannot be read: No such file or directory. Name a text file, or -."
    assert (done.returncode, done.stderr) == (2, f"footnote: {said}\n")
