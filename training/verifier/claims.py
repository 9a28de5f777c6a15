"""Statements with the evidence they are checked against, read from files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.files import read_json_lines

LABELS = ("supported", "contradicted", "absent", "not")
_CONTRADICTED = {"REFUTES", "Refutes", "contradiction", "CONTRADICTION", "c", "Conflict"}
_ABSENT = {"NOT_ENOUGH_INFO", "neutral", "NEUTRAL", "Neutral", "n", "not_entailment", "Baseless"}
# Sets that call a statement contradicted when it is only absent.
_VAGUE = {"factscore"}
_SENTENCE_END = re.compile(
    r"(?:(?<=[.!?])|(?<=[.!?][\"”’')\]]))\s+(?=[\"“‘'(\[]*[A-Z0-9])|\s*\n+\s*"
)

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement, the sentences it rests on and the passages these stand in.

    `label` is one of `LABELS`; "not" is contradicted or absent. `context` has the beginning of each
    passage up to its evidence. `faults` are the statement's characters that the evidence does not
    bear out, None where nobody marked them. `key` is what a split keeps together.
    """

    statement: str
    evidence: tuple[str, ...]
    label: str
    set: str
    key: str
    context: tuple[str, ...] = ()
    faults: tuple[Span, ...] | None = None
    id: str = ""
    kind: str = ""

    @property
    def supported(self) -> bool:
        """Does its evidence bear it out?"""
        return self.label == "supported"


def share_of(key: str) -> int:
    """A number from 0 to 99 that belongs to a key, to split by."""
    return int(hashlib.sha256(key.encode()).hexdigest()[:8], 16) % 100


def sentences(text: str) -> tuple[str, ...]:
    """A text's sentences and lines, by rule."""
    parts = (" ".join(part.split()) for part in _SENTENCE_END.split(text))
    return tuple(part for part in parts if part)


def read_claims(path: Path) -> Iterator[Claim]:
    """The claims of a file with `premise`, `hypothesis`, `label` and `set` in every row."""
    for row in read_json_lines(path):
        label = _label(
            str(row["label"]), "" if row["set"] in _VAGUE else str(row.get("fine") or "")
        )
        task = row.get("task_type")
        yield Claim(
            statement=str(row["hypothesis"]),
            evidence=sentences(str(row["premise"])),
            label=label,
            set=f"{row['set']}_{task}".lower() if task else str(row["set"]),
            key=_key(row),
            faults=() if label == "supported" else _marked(row.get("spans")),
            id=str(row["id"]),
            kind=str(row.get("response_id") or ""),
        )


def _label(label: str, fine: str) -> str:
    """The finer label, where a set has one that tells it."""
    if label == "supported":
        return label
    words = set(re.findall(r"[\w-]+", fine))
    contradicted, absent = words & _CONTRADICTED, words & _ABSENT
    if bool(contradicted) == bool(absent):
        return "not"
    return "contradicted" if contradicted else "absent"


def _marked(spans: object) -> tuple[Span, ...] | None:
    """The characters that a row's `spans` mark; None where it has none."""
    if not isinstance(spans, list) or not spans:
        return None
    return tuple((int(s["start"]), int(s["end"])) for s in spans)


def read_statements(path: Path) -> Iterator[Claim]:
    """The claims of a file of statements as a language model writes them."""
    for row in read_json_lines(path):
        evidence, label = row["evidence"], str(row["label"])
        assert isinstance(evidence, list)
        yield Claim(
            statement=str(row["statement"]),
            evidence=tuple(map(str, evidence)),
            label=label,
            set="statements",
            key=str(row["question"]),
            context=passages(str(row["context"]), tuple(map(str, evidence))),
            faults=() if label == "supported" else None,
            id=str(row["id"]),
            kind=str(row["kind"]),
        )


def passages(context: str, evidence: Sequence[str]) -> tuple[str, ...]:
    """A context's lines, one a passage, without the evidence and without repeats.

    A line that another one begins with is left out, as the same passage cited earlier.
    """
    lines = [line.strip() for line in context.split("\n") if line.strip()]
    kept = [
        line
        for n, line in enumerate(lines)
        if not any(
            o.startswith(line) and (o != line or m < n) for m, o in enumerate(lines) if m != n
        )
    ]
    for sentence in evidence:
        kept = [line.replace(sentence, " ") for line in kept]
    return tuple(" ".join(line.split()) for line in kept)


def read_written(
    path: Path, premises: Mapping[tuple[str, str], tuple[str, str]]
) -> Iterator[Claim]:
    """Our own statements, which point at the characters of premises of other sets.

    `premises` has texts and their keys by set and id; `cited` holds the characters of each cited
    sentence, `before` those of the sentences that come before them.
    """
    for row in read_json_lines(path):
        text, key = premises[str(row["set"]), str(row["id"])]
        cited, before = row["cited"], row["before"]
        assert isinstance(cited, list)
        assert isinstance(before, list)
        evidence, context = ([" ".join(text[a:b].split()) for a, b in s] for s in (cited, before))
        label = str(row["label"])
        yield Claim(
            statement=str(row["statement"]),
            evidence=tuple(evidence),
            label=label,
            set="written",
            key=key,
            context=(" ".join(context),) if context else (),
            faults=() if label == "supported" else None,
            id=f"{row['id']}#{cited[0][0]}",
            kind=str(row["kind"]),
        )


def premises_of(paths: Sequence[Path]) -> dict[tuple[str, str], tuple[str, str]]:
    """The premises of files of claims and their keys, by set and id."""
    rows = (row for path in paths for row in read_json_lines(path))
    return {(str(r["set"]), str(r["id"])): (str(r["premise"]), _key(r)) for r in rows}


def _key(row: Mapping[str, object]) -> str:
    """What a split keeps a row together with: its document or question."""
    return str(row.get("source_id") or row.get("source_key") or row["id"])
