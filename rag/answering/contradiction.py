"""Whether two articles disagree on the figure, the day or the name that was asked for."""

import re
from collections.abc import Set as AbstractSet

from rag.answering.evidence import Evidence, same_answer
from rag.answering.question_types import Kind
from rag.text.names import names
from rag.text.numbers import firm_numbers, months
from rag.text.vocabulary import DAYS
from rag.text.words import content, words

_MONEY = re.compile(r"[$€£¥]|\b(?:dollars?|euros?|pounds?|yen|cents?)\b", re.IGNORECASE)

CLOSE = 3.0
"""How many logits the other's margin may be below that of the best sentence."""
ABOUT = 0.45
"""The share of the question's words that each sentence must hold, its article's title included."""
PARALLEL = 0.5
"""The share of the shorter sentence's words, names apart, that two sentences about a name share."""


def differ(question: str, kind: Kind, one: Evidence, other: Evidence) -> bool:
    """Whether another article answers differently, and as likely as the `one` that answers best."""
    likely = other.margin > max(0.0, one.margin - CLOSE)
    if one.article.id == other.article.id or one.margin <= 0 or not likely:
        return False
    if same_answer(one, other) or not (_is_about(question, one) and _is_about(question, other)):
        return False
    if kind == "count":
        return _figures_differ(one.short, other.short)
    if kind == "when":
        return _days_differ(one.short, other.short)
    return kind in {"who", "where", "which"} and _names_differ(one, other)


def _is_about(question: str, evidence: Evidence) -> bool:
    asked = set(content(question))
    told = set(content(f"{evidence.article.title} {evidence.text}"))
    return len(asked & told) >= ABOUT * len(asked)


def _figures_differ(one: str, other: str) -> bool:
    """Sums of money, percentages or counts, none of which both give."""
    figures, others = firm_numbers(one), firm_numbers(other)
    if not figures or not others or figures[0].percent != others[0].percent:
        return False
    alike = bool(_MONEY.search(one)) == bool(_MONEY.search(other))
    return alike and {n.value for n in figures}.isdisjoint(n.value for n in others)


def _days_differ(one: str, other: str) -> bool:
    """Other years; or other months or days, where the years do not tell them apart."""
    for part in (_years, _months, _days):
        mine, theirs = part(one), part(other)
        if mine and theirs and mine.isdisjoint(theirs):
            return True
    return False


def _years(text: str) -> AbstractSet[str]:
    return {word for word in words(text) if len(word) == 4 and word.isdigit()}


def _months(text: str) -> AbstractSet[str]:
    return months(text) - set(DAYS)


def _days(text: str) -> AbstractSet[str]:
    return {word for word in words(text) if len(word) < 3 and word.isdigit()}


def _names_differ(one: Evidence, other: Evidence) -> bool:
    """Names without a word in common, in sentences that otherwise say much the same."""
    if not names(one.short) or not names(other.short):
        return False
    mine, theirs = set(content(one.short)), set(content(other.short))
    rest, others = set(content(one.text)) - mine, set(content(other.text)) - theirs
    shared = len(rest & others) >= PARALLEL * max(1, min(len(rest), len(others)))
    return mine.isdisjoint(theirs) and shared
