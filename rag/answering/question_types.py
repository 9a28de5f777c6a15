"""What a question asks for: a person, a day, a number, a cause, several things."""

import re
from typing import Literal

Kind = Literal[
    "who", "when", "where", "count", "why", "how", "whether", "several", "event", "which"
]

_WHETHER = re.compile(
    r"(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|should|shall|may|might)\b"
)
_SEVERAL = re.compile(
    r"\b(?:what|which|who) (?:are|were)\b|\bdiffer|\bcompare|\bversus\b|\blist\b"
    r"|\bname (?:all|the)\b"
    r"|\b(?:reasons|ways|steps|conditions|demands|differences|similarities)\b"
)
_EVENT = re.compile(r"\bwhat (?:happened|is happening|has happened|did .* do\b)")
_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("several", _SEVERAL),
    ("event", _EVENT),
    ("count", re.compile(r"\bhow (?:many|much|old|long|far|tall|big|large|high|often|fast)\b")),
    ("count", re.compile(r"\bwhat (?:percent|percentage|number|share|amount|price|age)\b")),
    (
        "when",
        re.compile(r"\bwhen\b|\b(?:what|which) (?:year|month|day|date|time|century|decade)\b"),
    ),
    ("where", re.compile(r"\bwhere\b|\b(?:what|which) (?:country|city|state|place|region)\b")),
    ("who", re.compile(r"\bwho(?:m|se)?\b")),
    ("why", re.compile(r"\bwhy\b|\bfor what reason\b|\bwhat (?:caused|causes)\b")),
    ("how", re.compile(r"\bhow\b")),
)
SHORT: frozenset[Kind] = frozenset({"who", "when", "where", "count", "which"})
"""The kinds that a name, a date or a figure can answer by itself."""


def kind_of(question: str) -> Kind:
    """What kind of answer a question wants; `which` when nothing narrower shows."""
    asked = question.lower().strip()
    if _WHETHER.match(asked):
        return "whether"
    return next((kind for kind, pattern in _PATTERNS if pattern.search(asked)), "which")
