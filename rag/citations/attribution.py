"""A model's words made into statements: ids into exact citations, and each one checked."""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rag.answers import Citation, Cited, Delta, Draft, Statement, Support, Usage
from rag.citations.groundedness import Embed, Verdict, check
from rag.citations.parser import Marked, MarkerParser
from rag.llm.injection import gives_orders
from rag.llm.prompts import CANNOT_ANSWER, SourceSentence, is_visible, plain
from vectorstore.records import Article

MATCHES = 3  # how many sentences are tried for a statement that cites none

NOT_SAID = "The articles do not say. The nearest passages are listed."
UNSUPPORTED = "What the model wrote could not be tied to the articles, so it is not shown."
NO_SENTENCE = "No sentence of the articles was found that says this."
PARTLY = "The articles do not say all of what was asked."


class Attribution:
    """Takes a model's text as it comes and gives statements that have been checked.

    No input or output of its own, so that whoever holds the connection may drive it.
    """

    def __init__(self, sentences: Sequence[SourceSentence], embed: Embed) -> None:
        self._sentences = {sentence.id: sentence for sentence in sentences}
        self._embed = embed
        self._parser = MarkerParser()
        self._numbers: dict[tuple[str, int, int], int] = {}
        self._statements: list[Statement] = []
        self._scores: list[float] = []
        self._said: set[str] = set()  # small models tend to go round in circles
        self._declined = False
        self.length = 0
        """How many characters the model has written, but for what it thought aloud."""

    @property
    def said_something(self) -> bool:
        """Whether the model has made a statement, or has said that it cannot."""
        return bool(self._statements) or self._declined

    def feed(self, piece: str) -> Iterator[Delta | Cited]:
        """Take more of the text; give the words and the statements it brought."""
        seen = "".join(c for c in piece if c.isspace() or is_visible(c))
        yield from self._events(self._parser.feed(seen))

    def finish(self, *, whole: bool) -> Iterator[Delta | Cited]:
        """The end of the text. Unless it is `whole`, a last sentence without its end is dropped."""
        left = self._parser.finish()
        cut = [item for item in left if isinstance(item, str) or whole or _is_finished(item)]
        yield from self._events(cut)

    def draft(self, notes: tuple[str, ...] = (), usage: Usage | None = None) -> Draft:
        """The answer so far; a refusal when nothing in it is supported."""
        if not any(statement.support != "unsupported" for statement in self._statements):
            reason = UNSUPPORTED if self._statements else NOT_SAID
            return Draft(refused=True, reason=reason, notes=notes, usage=usage)
        return Draft(
            statements=tuple(self._statements),
            confidence=float(np.mean(self._scores)),
            notes=(PARTLY, *notes) if self._declined else notes,
            usage=usage,
        )

    def _events(self, parsed: Sequence[str | Marked]) -> Iterator[Delta | Cited]:
        for item in parsed:
            if isinstance(item, str):
                self.length += len(item)
                yield Delta(item)
            elif _declines(item.text):
                self._declined = True
            elif item.text not in self._said:
                self._said.add(item.text)
                yield Cited(self._verified(item))

    def _verified(self, marked: Marked) -> Statement:
        cited = [self._sentences[i] for i in marked.ids if i in self._sentences]
        if cited:
            verdict = self._check(marked.text, cited)
        else:
            cited, verdict = self._matched(marked.text)
        statement = Statement(
            marked.text,
            tuple(self._citations(cited)),
            _kind(marked.text, cited) if verdict.supported else "unsupported",
            verdict.reason,
        )
        self._statements.append(statement)
        self._scores.append(verdict.score if verdict.supported else 0.0)
        return statement

    @cached_property
    def _vectors(self) -> NDArray[np.float32]:
        return self._embed([sentence.text for sentence in self._sentences.values()])

    def _check(self, text: str, cited: Sequence[SourceSentence]) -> Verdict:
        return check(text, [s.text for s in cited], self._embed, self._context(cited))

    def _context(self, cited: Sequence[SourceSentence]) -> str:
        """Titles and dates of the articles, and what the model was shown before each sentence."""
        parts = []
        for sentence in cited:
            article = sentence.hit.article
            title = "" if gives_orders(plain(article.title)) else article.title
            parts.append(" ".join([title, _spoken(article), *self._before(sentence)]))
        return "\n".join(parts)

    def _before(self, sentence: SourceSentence) -> list[str]:
        """The sentences of the same passage that come before one."""
        numbered = self._sentences.values()
        return [s.text for s in numbered if s.hit is sentence.hit and s.start < sentence.start]

    def _matched(self, text: str) -> tuple[list[SourceSentence], Verdict]:
        """The sentence that best supports a statement without ids, if one does."""
        sentences = list(self._sentences.values())
        likeness = self._vectors @ self._embed([text])[0]
        for i in np.argsort(-likeness, kind="stable")[:MATCHES]:
            verdict = self._check(text, [sentences[i]])
            if verdict.supported:
                return [sentences[i]], verdict
        return [], Verdict(0.0, NO_SENTENCE)

    def _citations(self, cited: Sequence[SourceSentence]) -> Iterator[Citation]:
        for article, start, end in _merged(cited):
            key = (article.id, start, end)
            number = self._numbers.setdefault(key, len(self._numbers) + 1)
            yield Citation.of(number, article, start, end)


def _merged(cited: Sequence[SourceSentence]) -> list[tuple[Article, int, int]]:
    """The spans cited, best passage first; neighbours in one article become one span."""
    spans: list[tuple[Article, int, int]] = []
    for sentence in sorted(cited, key=lambda s: s.id):
        article = sentence.hit.article
        if spans and _adjoins(spans[-1], sentence):
            spans[-1] = (article, spans[-1][1], sentence.end)
        else:
            spans.append((article, sentence.start, sentence.end))
    return spans


def _adjoins(span: tuple[Article, int, int], sentence: SourceSentence) -> bool:
    article, _, end = span
    between = article.text[end : sentence.start]
    return article.id == sentence.hit.article.id and end <= sentence.start and not between.strip()


def _kind(text: str, cited: Sequence[SourceSentence]) -> Support:
    """Whether a supported statement is made of the article's own words."""
    told = " ".join(" ".join(sentence.text.split()) for sentence in cited)
    return "quoted" if " ".join(text.split()) in told else "supported"


def _declines(text: str) -> bool:
    return _letters(text).startswith(_letters(CANNOT_ANSWER))


def _letters(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _is_finished(marked: Marked) -> bool:
    return bool(marked.ids) or marked.text.endswith((".", "!", "?", "。"))


def _spoken(article: Article) -> str:
    """The day an article is of, in the words that a sentence would use."""
    return f"{article.day:%A %d %B %Y}" if article.day else ""
