"""The names in a text, by their capitals."""

import re
from collections.abc import Iterator, Sequence

from rag.text.sentences import Span, sentence_spans
from rag.text.vocabulary import COMMON_ENDINGS, NO_NAMES, NO_SUBJECTS, NUMBER_WORDS
from rag.text.words import WORD, fold, possessed, undotted

_SUBJECT_OF = re.compile(
    r"['’]?s? (?:[A-Z]|(?:is|was|has|had|does|did|will|said|says|won|became)\b)"
)
# Between two words of one name: `Bank of England`, `Germany's Olaf Scholz`, `J. R. Ewing`.
_JOINT = re.compile(r"(?:['’]s)?\s+(?:of\s+(?:the\s+)?)?|(?<=\b[A-Z])\.\s*")


def names(text: str) -> list[str]:
    """The words of its names, folded, each once; days, months and frame words are none.

    A sentence's first word counts as well, unless its form is that of a common word.
    """
    found = (_folded(match) for match in _name_words(text))
    return [word for word in dict.fromkeys(found) if len(word) > 1]


def name_spans(text: str) -> list[Span]:
    """Where its names stand, as `[start, end)`: `Xi Jinping` is one; no ending of possession."""
    spans: list[Span] = []
    for match in _name_words(text):
        end = match.start() + len(possessed(match[0]))
        if spans and _JOINT.fullmatch(text, spans[-1][1], match.start()):
            spans[-1] = spans[-1][0], end
        else:
            spans.append((match.start(), end))
    return [(start, end) for start, end in spans if end > start + 1]


def names_as_written(text: str) -> list[str]:
    """What stands at the `name_spans`, in order."""
    return [text[start:end] for start, end in name_spans(text)]


def is_spelt_out(acronym: str, told: Sequence[str]) -> bool:
    """Whether the initials of neighbouring words, `of` and `and` left out, spell the acronym."""
    letters = "".join(word[0] for word in told if word not in {"of", "and", "the", "for", "in"})
    return 2 <= len(acronym) <= 6 and acronym.isalpha() and acronym in letters


def _name_words(text: str) -> Iterator[re.Match[str]]:
    """The capitalised words that belong to names, initials among them."""
    starts = (start for start, _ in sentence_spans(text))
    first = {match.start() for start in starts if (match := WORD.search(text, start))}
    for match in WORD.finditer(text):
        if not match[0][0].isupper() or match[0] == "I":
            continue
        if _folded(match) in NO_NAMES and not match[0].isupper():
            continue
        if match.start() not in first or _is_subject(text, match):
            yield match


def _folded(match: re.Match[str]) -> str:
    return undotted(possessed(fold(match[0])))


def _is_subject(text: str, first: re.Match[str]) -> bool:
    """Whether a sentence's first word is a name: another follows, or a singular verb does."""
    word = fold(first[0])
    if word in NUMBER_WORDS or word in NO_SUBJECTS or word.endswith(COMMON_ENDINGS):
        return False
    return bool(_SUBJECT_OF.match(text, first.end()))
