"""Multiple choice: which of several answers the articles support best."""

from collections.abc import Sequence

from evals.metrics import token_f1
from rag.answering.candidate_sentences import CandidateSentence
from rag.text.words import content, words

MATCH = 20.0
"""How many logits a sentence gains for holding the whole of a choice."""
IN_SENTENCE = 0.9
"""What the words of a choice count when they stand in the sentence, not in its span."""


def choose(choices: Sequence[str], candidates: Sequence[CandidateSentence]) -> int:
    """The index of the choice that is best supported; the first where no sentence was found."""
    support = [max((_support(choice, s) for s in candidates), default=0.0) for choice in choices]
    return support.index(max(support))


def _support(choice: str, candidate: CandidateSentence) -> float:
    wanted = content(choice) or words(choice)
    in_span = token_f1(_stemmed(candidate.short), [" ".join(wanted)])
    told = candidate.content.union(words(candidate.text))
    in_sentence = len(told.intersection(wanted)) / max(len(set(wanted)), 1)
    return candidate.score + MATCH * max(in_span, IN_SENTENCE * in_sentence)


def _stemmed(text: str) -> str:
    return " ".join(content(text) or words(text))
