"""Multiple choice: which of several answers the articles support best."""

from collections import Counter
from collections.abc import Sequence

from rag.answering.evidence import Evidence
from rag.text.words import content, words

MATCH = 20.0
"""How many logits a sentence gains for holding the whole of a choice."""
IN_SENTENCE = 0.9
"""What the words of a choice count when they stand in the sentence, not in its span."""


def choose(choices: Sequence[str], evidence: Sequence[Evidence]) -> int:
    """The index of the choice that is best supported; the first where none has evidence."""
    support = [max((_support(choice, e) for e in evidence), default=0.0) for choice in choices]
    return support.index(max(support))


def _support(choice: str, evidence: Evidence) -> float:
    wanted = content(choice) or words(choice)
    in_span = _overlap(wanted, content(evidence.short) or words(evidence.short))
    told = set(content(evidence.text)) | set(words(evidence.text))
    in_sentence = len(set(wanted) & told) / max(len(set(wanted)), 1)
    return evidence.score + MATCH * max(in_span, IN_SENTENCE * in_sentence)


def _overlap(one: Sequence[str], other: Sequence[str]) -> float:
    """The F1 of two bags of words."""
    shared = (Counter(one) & Counter(other)).total()
    return 2 * shared / (len(one) + len(other)) if shared else 0.0
