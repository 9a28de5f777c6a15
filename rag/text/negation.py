"""What a text denies, and the words that say its opposite."""

from rag.text.vocabulary import DENIALS, FRAME, NEGATIONS, OPPOSITES, listed
from rag.text.words import stem, words


def denied(text: str) -> set[str]:
    """The stems of what a text denies: up to two meaningful words after `not`, `failed to`, ..."""
    found: set[str] = set()
    told = words(text)
    for at, word in enumerate(told):
        if (word in DENIALS or word.endswith("n't")) and told[at + 1 : at + 2] != ["only"]:
            near = [stem(other) for other in told[at + 1 : at + 6] if other not in FRAME]
            found.update(near[:2])
    return found


def is_negated(text: str) -> bool:
    """Whether the text denies anything."""
    told = words(text)
    return any(word in NEGATIONS or word.endswith("n't") for word in told)


def opposed(text: str, other: str) -> str | None:
    """The word of `text` whose opposite stands in `other`, where the word itself does not."""
    mine, theirs = words(text), set(words(other))
    for one, another in OPPOSITES:
        for side, contrary in ((listed(one), listed(another)), (listed(another), listed(one))):
            said = [word for word in mine if word in side]
            if said and theirs.isdisjoint(side) and not theirs.isdisjoint(contrary):
                return said[0]
    return None
