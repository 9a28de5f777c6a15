"""Why there is no answer, in words."""

import re
from collections.abc import Sequence

from rag.answering.question_types import Kind, kind_of
from rag.text.names import names_as_written
from rag.text.words import content, squashed
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

# `European`, `Friday`: they say which officials, which talks, and are no subject by themselves.
_QUALIFIES = re.compile(r"^\w+(?:ans?|ese|ish|day|days)$")


def reason(question: str, hits: Sequence[Hit]) -> str:
    """One sentence that says what the passages found lack."""
    if not content(question):
        return NO_QUESTION
    if not hits:
        return NO_ARTICLES
    found = " ".join(squashed(f"{hit.article.title} {hit.passage.text}") for hit in hits)
    asked = names_as_written(question)
    absent = [name for name in asked if not _is_told(name, found)]
    if absent:
        return f"No passage found mentions {absent[0]}."
    wanted = _WANTED.get(kind_of(question))
    subjects = [name for name in asked if not _QUALIFIES.search(name)]
    if subjects and wanted:
        return f"The articles speak of {subjects[0]}, but do not say {wanted}."
    return NOT_SAID


def _is_told(name: str, found: str) -> bool:
    """Whether a squashed text has a name, or what stands on either side of its `of`."""
    return all(squashed(part) in found for part in name.split(" of "))
