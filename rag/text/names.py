"""The names in a text, by their capitals."""

import re
from collections.abc import Sequence

from rag.text.sentences import sentence_spans
from rag.text.vocabulary import COMMON_ENDINGS, NO_NAMES, NUMBER_WORDS, OPENERS
from rag.text.words import WORD, fold, undotted

_SUBJECT_OF = re.compile(
    r"['’]?s? (?:[A-Z]|(?:is|was|has|had|does|did|will|said|says|won|became)\b)"
)


def names(text: str) -> list[str]:
    """The capitalised words, folded, each once; days, months and frame words are none.

    A sentence's first word counts as well, unless its form is that of a common word.
    """
    found: dict[str, None] = {}
    first = {
        match.start() for start, _ in sentence_spans(text) if (match := WORD.search(text, start))
    }
    for match in WORD.finditer(text):
        word = undotted(fold(match[0]).removesuffix("'s"))
        common = word in NO_NAMES and not match[0].isupper()
        common = common or (match.start() in first and not _is_subject(text, match))
        if match[0][0].isupper() and len(word) > 1 and not common:
            found[word] = None
    return list(found)


def _is_subject(text: str, first: re.Match[str]) -> bool:
    """Whether a sentence's first word is a name: another follows, or a singular verb does."""
    word = fold(first[0])
    if word in NUMBER_WORDS or word in OPENERS or word.endswith(COMMON_ENDINGS):
        return False
    return bool(_SUBJECT_OF.match(text, first.end()))


def is_spelt_out(acronym: str, told: Sequence[str]) -> bool:
    """Whether the initials of neighbouring words, `of` and `and` left out, spell the acronym."""
    letters = "".join(word[0] for word in told if word not in {"of", "and", "the", "for", "in"})
    return 2 <= len(acronym) <= 6 and acronym.isalpha() and acronym in letters
