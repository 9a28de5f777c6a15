"""Which of many sentences are worth checking a statement against."""

from collections import Counter
from collections.abc import Sequence
from math import log

from rag.text.words import content


def likeliest(statement: str, sentences: Sequence[str], most: int) -> list[int]:
    """The places of the sentences that share most with a statement, best first, at most `most`.

    Words that are rare among the sentences count for more; a sentence that shares none is left out.
    """
    told = [set(content(sentence)) for sentence in sentences]
    many = Counter(word for words in told for word in words)
    wanted = set(content(statement))
    worth = [sum(log(1 + len(told) / many[word]) for word in wanted & words) for words in told]
    best = sorted(range(len(told)), key=lambda place: -worth[place])
    return [place for place in best[:most] if worth[place] > 0]
