"""Questions and the paragraphs they are asked of, read from files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from training.files import find_rows


@dataclass(frozen=True, slots=True)
class Example:
    """A question with the paragraph it is asked of; `start` is negative when it has no answer."""

    id: str
    question: str
    context: int
    answer: str
    start: int
    title: str
    set: str
    how: str = ""

    @property
    def answerable(self) -> bool:
        """Does its paragraph hold an answer?"""
        return self.start >= 0


def read_contexts(folder: Path) -> list[str]:
    """The paragraphs, by their number."""
    rows = {int(str(r["context"])): str(r["text"]) for r in find_rows(folder, "contexts")}
    return [rows.get(n, "") for n in range(max(rows) + 1)]


def read_examples(folder: Path) -> list[Example]:
    """Every question of a data folder."""
    found = []
    for row in find_rows(folder, "questions"):
        answers = row["answers"]
        assert isinstance(answers, list)
        first = answers[0] if answers and row["answerable"] else {"text": "", "start": -1}
        found.append(
            Example(
                id=str(row["id"]),
                question=str(row["question"]),
                context=int(str(row["context"])),
                answer=str(first["text"]),
                start=int(str(first["start"])),
                title=str(row.get("title") or ""),
                set=str(row["set"]),
                how=str(row.get("span_how") or ""),
            )
        )
    return found
