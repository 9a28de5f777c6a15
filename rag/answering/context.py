"""Sentences that lean on the one before: who is "he", and who said it?"""

import re

from rag.text.sentences import sentence_spans
from vectorstore.records import Article

# A sentence that begins so means somebody or something that an earlier one named.
_LEANS = re.compile(
    r"[\"“‘'(]*(?:he|she|it|they|his|her|its|their|this|that|these|those|such|both|but|and|so|yet"
    r"|then|there|instead|however|also|still|the (?:former|latter|two)"
    r"|(?:among|of|with|for|like) (?:them|these|those))\b",
    re.IGNORECASE,
)
_SAID = re.compile(r"[”\"]?,?\s*(?:he|she|they)\s+(?:said|says|added|told|wrote|asked)\b", re.I)


def leans(sentence: str) -> bool:
    """Whether a sentence cannot be understood without the one before it."""
    return bool(_LEANS.match(sentence) or _SAID.search(sentence))


def with_context(article: Article, start: int, end: int) -> tuple[int, int]:
    """The span of a sentence, with the one before it where it leans on that.

    Only within a paragraph: across one, what is before is seldom what is meant.
    """
    if not leans(article.text[start:end]):
        return start, end
    paragraph = article.text.rfind("\n", 0, start) + 1
    before = sentence_spans(article.text[paragraph:start])
    return (paragraph + before[-1][0] if before else start), end
