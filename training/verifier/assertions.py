"""Questions and their answers made into statements, by rule."""

from __future__ import annotations

import re
from collections.abc import Sequence

from training.verifier.words import PARTICIPLES, PREPOSITIONS, is_verb, past, third

_BE = {"is", "was", "are", "were"}
_MODAL = {"can", "could", "will", "would", "should", "may", "might", "must", "has", "have", "had"}
_DO = {"did", "does", "do"}
_EMPTY = PREPOSITIONS | {"there", "it", "he", "she", "they", "this", "that", "all", ""}
_PLACED = PREPOSITIONS | {"today", "now"}
LONGEST = 10
_WH = re.compile(
    r"(?P<before>(?:in|on|at|by|from|to|for|with|of|during|under) )?"
    r"(?P<wh>what|which|who|whom|when|where|how many|how much)\b (?P<rest>.+?)\s*\??$",
    re.IGNORECASE,
)
_NAMED = {"the", "a", "an", "his", "her", "its", "their", "this", "that", "these", "those"}
_MONTH = re.compile(
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december)"
    r" \d{1,2}\b|\b\d{1,2} (?:january|february|march|april|may|june|july|august|september|october"
    r"|november|december)\b|day$",
    re.IGNORECASE,
)


def assertion(question: str, answer: str) -> str | None:
    """The statement that answers a question so; None where no rule fits."""
    found = _WH.match(" ".join(question.split()))
    if not found or not 0 < len(answer.split()) <= LONGEST or answer.lower() in _EMPTY:
        return None
    before, wh, rest = found["before"] or "", found["wh"].lower(), found["rest"].split()
    said = _said(before.strip().lower(), wh, rest, answer.strip().rstrip(".,;:"))
    if said is None:
        return None
    said = " ".join(said.split())
    return said[0].upper() + said[1:] + "."


def _said(before: str, wh: str, rest: Sequence[str], answer: str) -> str | None:
    place = next((n for n, w in enumerate(rest[:6]) if w.lower() in _BE | _DO | _MODAL), None)
    if place is None:
        return _of_subject(wh, rest, answer) if not before else None
    noun, auxiliary, tail = rest[:place], rest[place].lower(), rest[place + 1 :]
    if not tail:
        return None
    filled = _filled(wh, noun, answer)
    if before:
        clause = _clause(auxiliary, tail, "")
        return clause and f"{before} {filled}, {clause}"
    if auxiliary in _DO:
        return _of_object(wh, auxiliary, tail, filled)
    if auxiliary in _MODAL:
        return _of_modal(wh, noun, auxiliary, tail, filled)
    return _of_being(wh, noun, auxiliary, tail, filled)


def _filled(wh: str, noun: Sequence[str], answer: str) -> str:
    """The answer in its place in the sentence, with the preposition or the noun that it needs."""
    if wh.startswith("how"):
        words = answer.lower().split()
        return answer if not noun or noun[-1].lower() in words else f"{answer} {' '.join(noun)}"
    first = answer.split(maxsplit=1)[0].lower()
    if wh in ("when", "where") and first not in _PLACED:
        on = wh == "when" and _MONTH.search(answer)
        return f"{'on' if on else 'in'} {answer}"
    return answer


def _of_subject(wh: str, rest: Sequence[str], answer: str) -> str | None:
    """Of "Who founded X" and "what city hosts X": what is asked for is the subject."""
    if wh in ("when", "where", "whom"):
        return None
    if wh == "who":
        return f"{answer} {' '.join(rest)}"
    for place, word in enumerate(rest[:4]):
        if is_verb(word.lower()) and (place or wh == "what"):
            filled = _filled(wh, rest[:place], answer)
            return f"{filled} {' '.join(rest[place:])}"
    return None


def _verb_at(tail: Sequence[str]) -> int | None:
    """Where the bare verb stands after a subject."""
    for place in range(1, min(len(tail), 10)):
        before, word = tail[place - 1].lower(), tail[place].lower()
        bare = is_verb(word) and not word.endswith(("s", "ed", "ing"))
        if bare and before not in _NAMED | PREPOSITIONS | {"and", "or"}:
            return place
    return None


def _clause(auxiliary: str, tail: Sequence[str], filled: str) -> str | None:
    """The clause in the order of a statement, with `filled` after its verb."""
    if auxiliary in _BE | _MODAL:
        place = _participle_at(tail)
        if place is None:
            return None
        return _joined(tail[:place], auxiliary, tail[place], tail[place + 1 :], filled)
    place = _verb_at(tail)
    if place is None:
        return None
    verb = tail[place].lower()
    inflected = {"did": past(verb), "does": third(verb)}.get(auxiliary, verb)
    return _joined(tail[:place], "", inflected, tail[place + 1 :], filled)


def _joined(
    subject: Sequence[str], auxiliary: str, verb: str, rest: Sequence[str], filled: str
) -> str:
    last = bool(rest) and rest[-1].lower() in PREPOSITIONS
    parts = [*subject, auxiliary, verb, *([*rest, filled] if last else [filled, *rest])]
    return " ".join(part for part in parts if part)


def _of_object(wh: str, auxiliary: str, tail: Sequence[str], filled: str) -> str | None:
    """Of "When did X start Y": what is asked for stands after the verb, or at the end."""
    if wh in ("when", "where"):
        clause = _clause(auxiliary, tail, "")
        return clause and f"{clause} {filled}"
    return _clause(auxiliary, tail, filled)


def _of_modal(
    wh: str, noun: Sequence[str], auxiliary: str, tail: Sequence[str], filled: str
) -> str | None:
    """Of "Who can do X" and "what would X do"."""
    first = tail[0].lower()
    owned = wh == "who" and auxiliary in {"has", "have", "had"}
    open_verb = is_verb(first) or first in PARTICIPLES or first in {"been", "be"}
    if owned or (wh in ("who", "what", "which") and open_verb):
        return f"{filled} {auxiliary} {' '.join(tail)}"
    place = _verb_at(tail)
    if place is None or noun:
        return None
    return _joined(tail[:place], auxiliary, tail[place], tail[place + 1 :], filled)


def _participle_at(tail: Sequence[str]) -> int | None:
    """Where the participle stands after a subject."""
    for place in range(1, min(len(tail), 10)):
        word = tail[place].lower()
        if word in PARTICIPLES or (word.endswith("ed") and len(word) > 4):
            return place
    return None


def _of_being(
    wh: str, noun: Sequence[str], auxiliary: str, tail: Sequence[str], filled: str
) -> str | None:
    """Of "Who was X", "when was X built", "how many Y are in X"."""
    first, last = tail[0], tail[-1].lower()
    if first.lower() == "there":
        return f"there {auxiliary} {filled} {' '.join(tail[1:])}"
    if wh in ("when", "where"):
        return _placed(auxiliary, tail, filled)
    if last in PREPOSITIONS:
        return _clause(auxiliary, tail, filled)
    named = first.lower() in _NAMED or first[0].isupper()
    if wh == "what" and not noun and named:
        return f"{' '.join(tail)} {auxiliary} {filled}"
    return f"{filled} {auxiliary} {' '.join(tail)}"


def _placed(auxiliary: str, tail: Sequence[str], filled: str) -> str:
    """Where or when something is, or was done."""
    if tail[-1].lower() in PREPOSITIONS:
        return f"{' '.join(tail[:-1])} {auxiliary} {tail[-1]} {filled.removeprefix('in ')}"
    place = _participle_at(tail)
    if place is None:
        return f"{' '.join(tail)} {auxiliary} {filled}"
    return f"{' '.join(tail[:place])} {auxiliary} {' '.join(tail[place:])} {filled}"
