"""Questions to begin with, made from the articles at hand and known to be answered."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from rag.errors import FootnoteError
from ui.shelf import stored

if TYPE_CHECKING:
    from rag import Chatbot

SHOWN = 4
_ARTICLES = 4
_TRIED = 12
_READ = 5000  # characters of each article
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’-](?=[^\W\d_]))*(?:['’]s\b)?")


def examples(bot: "Chatbot") -> list[str]:
    """Up to `SHOWN` questions about people in the latest articles, each of which gets an answer.

    They are tried without a language model, so that nothing is spent; a name that is no person's
    is refused there.
    """
    tried = islice(_questions(bot), _TRIED)
    return list(islice((question for question in tried if _is_answered(bot, question)), SHOWN))


def _is_answered(bot: "Chatbot", question: str) -> bool:
    try:
        return not bot.ask(question, mode="extractive").refused
    except FootnoteError:
        return False


def _questions(bot: "Chatbot") -> Iterator[str]:
    """The names of several articles in turn, the most frequent of each first."""
    latest = sorted(stored(bot), key=lambda a: a.published_at or "", reverse=True)[:_ARTICLES]
    names = [names_in(bot.article(article.id).text[:_READ]) for article in latest]
    asked = set[str]()
    for place in range(max(map(len, names), default=0)):
        for some in names:
            if place < len(some) and some[place] not in asked:
                asked.add(some[place])
                yield f"Who is {some[place]}?"


def names_in(text: str) -> list[str]:
    """Pairs of words that end a run with capitals inside a sentence; most frequent first."""
    runs = (text[start:end].split() for start, end in _capitals(text))
    names = Counter(" ".join(run[-2:]) for run in runs if len(run) > 1)
    return [name for name, _ in names.most_common()]


def _capitals(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each run of words with capitals that does not begin a sentence."""
    start = end = 0
    for match in _WORD.finditer(text):
        capital = match[0][0].isupper() and not match[0].endswith(("'s", "’s"))
        if capital and end and text[end : match.start()] == " ":
            end = match.end()
            continue
        if end:
            yield start, end
        inside = re.search(r"\w,? $", text[max(0, match.start() - 3) : match.start()])
        start, end = match.span() if capital and inside else (0, 0)
    if end:
        yield start, end
