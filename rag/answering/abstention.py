"""Why there is no answer, in words."""

import re
from collections.abc import Sequence

from rag.answering.question_types import Kind, kind_of
from rag.text.vocabulary import FRAME
from rag.text.words import content, fold, squashed
from vectorstore.records import Hit

NO_QUESTION = "That is not a question about the articles. Ask who, what, when, where or why."
NO_ARTICLES = "No article may be used for this: there are none in the range asked for."
NOT_SAID = "The articles do not say."

_WANTED: dict[Kind, str] = {
    "who": "who",
    "when": "when",
    "where": "where",
    "count": "how much or how many",
    "why": "why",
    "how": "how",
}


_CAPITALISED = r"(?:(?:[^\W\d_a-z]\.)+|[^\W\d_a-z][\w’'-]*)"
_NAME = re.compile(rf"{_CAPITALISED}(?:\s+{_CAPITALISED})*")


# `European`, `Friday`: they say which officials, which talks, and are no subject by themselves.
_QUALIFIES = re.compile(r"^\w+(?:ans?|ese|ish|day|days)$")


def proper_names(question: str) -> list[str]:
    """The names in a question as written, `Xi Jinping`; the word it begins with is not one."""
    found = []
    for match in _NAME.finditer(question):
        words = match[0].rstrip(".'’-").split()
        while words and fold(words[0]) in FRAME:
            words.pop(0)
        if words:
            found.append(re.sub(r"['’]s$", "", " ".join(words)))
    return found


def reason(question: str, hits: Sequence[Hit]) -> str:
    """One sentence that says what the passages found lack."""
    if not content(question):
        return NO_QUESTION
    if not hits:
        return NO_ARTICLES
    found = " ".join(squashed(f"{hit.article.title} {hit.passage.text}") for hit in hits)
    asked = proper_names(question)
    absent = [name for name in asked if squashed(name) not in found]
    if absent:
        return f"No passage found mentions {absent[0]}."
    wanted = _WANTED.get(kind_of(question))
    subjects = [name for name in asked if not _QUALIFIES.search(name)]
    if subjects and wanted:
        return f"The articles speak of {subjects[0]}, but do not say {wanted}."
    return NOT_SAID
