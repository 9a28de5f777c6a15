"""Gold cases: read, refused with the line named, and checked against articles."""

import json
from pathlib import Path
from typing import Any

import pytest

from evals import Case, Evidence, GoldError, Problem, Turn, check, load_cases
from rag import Article

RIVER = Article("river", "Floods", "The river rose by 3 metres on Monday.")


def written(folder: Path, *records: Any) -> Path:
    path = folder / "gold.jsonl"
    path.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
    return path


def test_a_case_is_read_whole(tmp_path: Path) -> None:
    record = {
        "id": "a",
        "question": "How far did it rise?",
        "answers": ["3 metres"],
        "answerable": True,
        "evidence": [{"article_id": "river", "quote": "rose by 3 metres"}],
        "type": "how many",
        "asked_on": "2025-08-14",
        "choices": ["2 metres", "3 metres"],
        "history": [{"role": "user", "text": "Tell me about the river."}],
        "must": True,
        "quiz": "of another make",
    }
    assert load_cases(written(tmp_path, record)) == [
        Case(
            id="a",
            question="How far did it rise?",
            answers=("3 metres",),
            evidence=(Evidence("river", "rose by 3 metres"),),
            type="how many",
            asked_on="2025-08-14",
            choices=("2 metres", "3 metres"),
            history=(Turn("user", "Tell me about the river."),),
            must=True,
        )
    ]


def test_a_case_survives_its_json() -> None:
    case = Case("a", "Why?", evidence=(Evidence("river"),), history=(Turn("agent", "Well."),))
    assert Case.parse(json.loads(json.dumps(case.to_json()))) == case


def test_lines_may_hold_any_character_and_be_blank(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"id": "a", "question": "one\u2028two"}\n\n', encoding="utf-8")
    assert [case.question for case in load_cases(path)] == ["one\u2028two"]


@pytest.mark.parametrize(
    ("record", "complaint"),
    [
        ({"question": "Why?"}, "'id' is None"),
        ({"id": "a", "question": " "}, "'question' is ' '"),
        ({"id": "a", "question": "Why?", "answers": "yes"}, "'answers' is 'yes'"),
        ({"id": "a", "question": "Why?", "answerable": "no"}, "'answerable' is 'no'"),
        ({"id": "a", "question": "Why?", "evidence": ["x"]}, "'evidence' is"),
        (["a"], "is not a JSON object"),
    ],
)
def test_what_means_nothing_is_named_with_its_line(
    tmp_path: Path, record: Any, complaint: str
) -> None:
    path = written(tmp_path, {"id": "good", "question": "Who?"}, record)
    with pytest.raises(GoldError, match=rf"gold\.jsonl, line 2: .*{complaint}"):
        load_cases(path)


def test_broken_json_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "gold.jsonl").write_text('{"id": \n', encoding="utf-8")
    with pytest.raises(GoldError, match="line 1"):
        load_cases(tmp_path / "gold.jsonl")


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match="nowhere"):
        load_cases(tmp_path / "nowhere.jsonl")


def test_a_sound_case_has_no_problem() -> None:
    case = Case("a", "How far?", ("3 METRES",), evidence=(Evidence("river", "rose by 3"),))
    assert check([case], [RIVER]) == []


def test_every_problem_is_told() -> None:
    cases = [
        Case("a", "How far?", ("4 metres",), evidence=(Evidence("river", "fell"),)),
        Case("a", "Where?", evidence=(Evidence("lake"),)),
        Case("b", "Who?", answerable=False, evidence=(Evidence("river"),)),
    ]
    assert check(cases, [RIVER]) == [
        Problem("a", "Article 'river' does not contain 'fell'."),
        Problem("a", "No article contains '4 metres'."),
        Problem("a", "Its id is used twice."),
        Problem("a", "There is no article 'lake'."),
        Problem("b", "It cannot be answered, yet names evidence."),
    ]
