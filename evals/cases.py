"""Gold cases: questions whose answers are known, read from JSON Lines and checked."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from rag import Article, FootnoteError, Turn


class GoldError(FootnoteError):
    """A file of gold cases, or of an earlier run, cannot be used as it is."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where an article says it. An empty quote means that the article as a whole does."""

    article_id: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A question and what a good answer to it must be.

    Any one of `answers` counts. `answerable` is False where the articles do not say, so that a
    refusal is right. `asked_on` is the day the question is asked as of, `choices` the options of
    a multiple-choice question, `must` marks a case whose failure alone fails a comparison.
    """

    id: str
    question: str
    answers: tuple[str, ...] = ()
    answerable: bool = True
    evidence: tuple[Evidence, ...] = ()
    type: str = ""
    asked_on: str | None = None
    choices: tuple[str, ...] = ()
    history: tuple[Turn, ...] = ()
    must: bool = False

    @classmethod
    def parse(cls, record: Mapping[str, Any]) -> Self:
        """A case from plain data; fields that are not known are ignored.

        Raises `GoldError` naming the field that means nothing.
        """
        if not isinstance(record, Mapping):
            raise GoldError(f"{record!r} is not a JSON object.")
        return cls(
            id=_text(record, "id"),
            question=_text(record, "question"),
            answers=tuple(_texts(record, "answers")),
            answerable=_flag(record, "answerable", default=True),
            evidence=tuple(
                Evidence(_text(e, "article_id"), _text(e, "quote", needed=False))
                for e in _objects(record, "evidence")
            ),
            type=_text(record, "type", needed=False),
            asked_on=_text(record, "asked_on", needed=False) or None,
            choices=tuple(_texts(record, "choices")),
            history=tuple(
                Turn(_text(turn, "role"), _text(turn, "text", needed=False))
                for turn in _objects(record, "history")
            ),
            must=_flag(record, "must", default=False),
        )

    def to_json(self) -> dict[str, Any]:
        """The case as plain data, without the fields that say nothing."""
        always = {"id", "question", "answers", "answerable", "evidence"}
        return {name: value for name, value in asdict(self).items() if value or name in always}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a case, in a sentence."""

    case_id: str
    text: str

    def __str__(self) -> str:
        return f"{self.case_id}: {self.text}"


def load_cases(paths: str | Path | Iterable[str | Path]) -> list[Case]:
    """The cases of one or more files of JSON Lines, in order; blank lines are skipped.

    Raises `GoldError`, naming file and line.
    """
    paths = [paths] if isinstance(paths, str | Path) else paths
    return [case for path in paths for case in _load(Path(path))]


def _load(path: Path) -> Iterator[Case]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError(f"{path} cannot be read: {error}. Name a file of gold cases.") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield Case.parse(json.loads(line))
        except (ValueError, GoldError) as error:
            raise GoldError(f"{path}, line {number}: {error}") from error


def check(cases: Sequence[Case], articles: Iterable[Article]) -> list[Problem]:
    """What is wrong with cases before anything is asked; nothing when all is well.

    Told are ids used twice, articles that are not there, quotes that are not in their article,
    answers that no article contains, and cases that contradict themselves.
    """
    texts = {article.id: f"{article.title}\n{article.text}" for article in articles}
    everything = "\n".join(texts.values()).casefold()
    seen: set[str] = set()
    problems: list[Problem] = []
    for case in cases:
        if case.id in seen:
            problems.append(Problem(case.id, "Its id is used twice."))
        seen.add(case.id)
        problems += (Problem(case.id, text) for text in _flaws(case, texts, everything))
    return problems


def _flaws(case: Case, texts: Mapping[str, str], everything: str) -> Iterator[str]:
    for evidence in case.evidence:
        if evidence.article_id not in texts:
            yield f"There is no article {evidence.article_id!r}."
        elif evidence.quote not in texts[evidence.article_id]:
            yield f"Article {evidence.article_id!r} does not contain {evidence.quote!r}."
    if case.answers and not any(answer.casefold() in everything for answer in case.answers):
        yield f"No article contains {' or '.join(map(repr, case.answers))}."
    if not case.answerable and case.evidence:
        yield "It cannot be answered, yet names evidence."


def _text(record: Mapping[str, Any], name: str, *, needed: bool = True) -> str:
    value = record.get(name) or ""
    if not isinstance(value, str) or (needed and not value.strip()):
        raise GoldError(f"{name!r} is {record.get(name)!r}; it must be a text.")
    return value


def _flag(record: Mapping[str, Any], name: str, *, default: bool) -> bool:
    value = record.get(name, default)
    if not isinstance(value, bool):
        raise GoldError(f"{name!r} is {value!r}; it must be true or false.")
    return value


def _texts(record: Mapping[str, Any], name: str) -> list[str]:
    values = record.get(name) or []
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise GoldError(f"{name!r} is {values!r}; it must be a list of texts.")
    return values


def _objects(record: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    values = record.get(name) or []
    if not isinstance(values, list) or not all(isinstance(value, Mapping) for value in values):
        raise GoldError(f"{name!r} is {values!r}; it must be a list of objects.")
    return values
