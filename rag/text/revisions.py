"""What changed from one version of an article to the next, by sentences."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from rag.text.sentences import sentence_spans
from vectorstore.records import Article


@dataclass(frozen=True, slots=True)
class Edit:
    """Sentences that were taken out in one place, and those put there instead; either may be ""."""

    removed: str
    added: str


@dataclass(frozen=True, slots=True)
class Revision:
    """A change of an article's text, at a moment, ISO 8601 in UTC."""

    changed_at: str
    before: Article
    after: Article

    @property
    def edits(self) -> tuple[Edit, ...]:
        """What was removed and added, in reading order."""
        return edits(self.before.text, self.after.text)


def edits(before: str, after: str) -> tuple[Edit, ...]:
    """The sentences that one text has in the place of another's, in reading order.

    Sentences are the same when they have the same words; only white space may have changed.
    """
    old, new = _sentences(before), _sentences(after)
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return tuple(
        Edit(" ".join(old[i:j]), " ".join(new[k:m])) for tag, i, j, k, m in steps if tag != "equal"
    )


def _sentences(text: str) -> list[str]:
    return [" ".join(text[start:end].split()) for start, end in sentence_spans(text)]
