"""Questions to begin with, made of sentences in the articles at hand and known to be answered."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice, zip_longest
from typing import TYPE_CHECKING, NamedTuple

from rag.errors import FootnoteError
from rag.text.sentences import sentence_spans
from ui.web.render.article_list import stored
from ui.web.rephrasing import questions_of
from vectorstore.records import Article

if TYPE_CHECKING:
    from rag import Chatbot

SHOWN = 4
_ARTICLES = 12
_TRIED = 12
_READ = 6000  # characters of each article


class Example(NamedTuple):
    """A question, and the characters `[start, end)` of the article that it was made of."""

    question: str
    article: str
    start: int
    end: int


def examples(bot: "Chatbot") -> list[str]:
    """Up to `SHOWN` questions about the latest articles, each answered by what it was made of.

    They are tried without a language model, so that nothing is spent.
    """
    latest = sorted(stored(bot), key=lambda a: a.published_at or "", reverse=True)[:_ARTICLES]
    found = [examples_in(bot.article(article.id)) for article in latest]
    tried = islice(_alternating(found), _TRIED)
    answered = (example.question for example in tried if _is_answered(bot, example))
    return list(islice(dict.fromkeys(answered), SHOWN))


def examples_in(article: Article) -> list[Example]:
    """What the article's sentences answer, questions of each kind in turn."""
    kinds: dict[int, list[Example]] = {}
    for start, end in sentence_spans(article.text[:_READ]):
        for kind, question in questions_of(article.text[start:end]):
            kinds.setdefault(kind, []).append(Example(question, article.id, start, end))
    return list(_alternating(kinds[kind] for kind in sorted(kinds)))


def _alternating(lists: Iterable[list[Example]]) -> Iterator[Example]:
    """The first of each list, then the second of each, and so on."""
    return filter(None, chain.from_iterable(zip_longest(*lists)))


def _is_answered(bot: "Chatbot", example: Example) -> bool:
    """Whether the answer begins with the sentence, and does not echo the question."""
    try:
        answer = bot.ask(example.question, mode="extractive")
    except FootnoteError:
        return False
    if answer.refused or not answer.short or answer.short.quote in example.question:
        return False
    first = answer.citations[0]
    return (
        first.article.id == example.article
        and first.start < example.end
        and example.start < first.end
    )
