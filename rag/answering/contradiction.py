"""Whether two articles disagree on the figure, the day or the name that was asked for."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from rag.answering.candidate_sentences import CandidateSentence, same_answer
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


def contradicting(
    question: str, kind: Kind, candidates: Sequence[CandidateSentence]
) -> CandidateSentence | None:
    """The best candidate of another article that answers otherwise than the first, as likely."""
    best, *others = candidates
    asked = set(content(question))
    if best.margin <= 0 or not _is_about(asked, best):
        return None
    return next((s for s in others if _is_likely(best, s) and _differ(asked, kind, best, s)), None)


def _is_likely(best: CandidateSentence, other: CandidateSentence) -> bool:
    """Whether a sentence of another article answers about as likely as the best one."""
    return other.article.id != best.article.id and other.margin > max(0.0, best.margin - CLOSE)


def _differ(
    asked: AbstractSet[str], kind: Kind, one: CandidateSentence, other: CandidateSentence
) -> bool:
    """Whether two sentences about what was asked give different answers of that kind."""
    if same_answer(one, other) or not _is_about(asked, other):
        return False
    if kind == "count":
        return _figures_differ(one.short, other.short)
    if kind == "when":
        return _days_differ(one.short, other.short)
    return kind in {"who", "where", "which"} and _names_differ(one, other)


def _is_about(asked: AbstractSet[str], sentence: CandidateSentence) -> bool:
    told = sentence.content.union(content(sentence.article.title))
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


def _names_differ(one: CandidateSentence, other: CandidateSentence) -> bool:
    """Names without a word in common, in sentences that otherwise say much the same."""
    if not names(one.short) or not names(other.short):
        return False
    mine, theirs = set(content(one.short)), set(content(other.short))
    rest, others = one.content - mine, other.content - theirs
    shared = len(rest & others) >= PARALLEL * max(1, min(len(rest), len(others)))
    return mine.isdisjoint(theirs) and shared
