"""A model's words made into statements: ids into exact citations, and each one checked."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np

from rag.answers import Citation, Cited, Delta, Draft, Statement, Support, Usage
from rag.citations.candidates import likeliest
from rag.citations.groundedness import Groundedness, Verdict, claim_of, heading, is_verbatim
from rag.citations.parser import Marked, MarkerParser
from rag.citations.unverifiable import is_about_articles, is_refusal
from rag.llm.prompts import SourceSentence, is_visible
from vectorstore.records import Article

TRIED = 5
"""How many other sentences a statement is tried against."""
SURE = 0.75
"""The score from which one of those replaces what the model cited, or is added to it."""
DENIED = 0.5
"""The probability of the cited sentences' saying otherwise from which no others are tried."""
UNJUDGED = 0.5
"""The score of a statement that could not be checked."""

NOT_SAID = "The articles do not say. The nearest passages are listed."
UNSUPPORTED = "What the model wrote could not be tied to the articles, so it is not shown."
NO_SENTENCE = "No sentence of the articles was found that says this."
PARTLY = "The articles do not say all of what was asked."
REPLACED = "The model cited another sentence, which was not found to say this; this one was."
ADDED = "A sentence was added to what the model cited."
ABOUT_ARTICLES = "It is about the articles themselves."


class Attribution:
    """Takes a model's text as it comes and gives statements that have been checked.

    No input or output of its own, so that whoever holds the connection may drive it.
    """

    def __init__(self, sentences: Sequence[SourceSentence], groundedness: Groundedness) -> None:
        self._sentences = {sentence.id: sentence for sentence in sentences if sentence.id}
        self._groundedness = groundedness
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
        """The answer so far; a refusal when nothing in it can be shown as what the articles say."""
        about = [statement.note == ABOUT_ARTICLES for statement in self._statements]
        shown = [s.support != "unsupported" for s in self._statements]
        if not any(kept and not silent for kept, silent in zip(shown, about, strict=True)):
            reason = UNSUPPORTED if not all(about) else NOT_SAID
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
            elif is_refusal(item.text):
                self._declined = True
            elif item.text not in self._said:
                self._said.add(item.text)
                yield Cited(self._checked(item))

    def _checked(self, marked: Marked) -> Statement:
        """The statement with its citations, which are those of other sentences where these fail."""
        cited = [self._sentences[i] for i in marked.ids if i in self._sentences]
        if is_about_articles(marked.text):
            self._declined = True
            return self._kept(marked.text, cited, "unchecked", ABOUT_ARTICLES, UNJUDGED)
        verdict = self._check(marked.text, [cited])[0]
        note = verdict.reason
        if verdict.checked and not verdict.supported:
            others, verdict = self._elsewhere(marked.text, cited, verdict)
            note = verdict.reason or _changed(cited, others)
            cited = others
        support = _support(marked.text, cited, verdict)
        score = verdict.score if verdict.supported else 0.0 if verdict.checked else UNJUDGED
        return self._kept(marked.text, cited, support, note, score)

    def _kept(
        self,
        text: str,
        cited: Sequence[SourceSentence],
        support: Support,
        note: str | None,
        score: float,
    ) -> Statement:
        statement = Statement(text, tuple(self._citations(cited)), support, note)
        self._statements.append(statement)
        self._scores.append(score)
        return statement

    def _check(self, text: str, tried: Sequence[Sequence[SourceSentence]]) -> list[Verdict]:
        """A verdict on the statement with each of some sets of sentences as its evidence."""
        return self._groundedness.check(
            [claim_of(text, [s.text for s in cited], self._context(cited)) for cited in tried]
        )

    def _elsewhere(
        self, text: str, cited: list[SourceSentence], verdict: Verdict
    ) -> tuple[list[SourceSentence], Verdict]:
        """The sentences that surely support the statement, if some do; else what was cited.

        Where the cited ones say otherwise the statement is wrong, and not its citation.
        """
        if verdict.contradicted >= DENIED:
            return cited, verdict
        near = self._nearest(text)
        tried = [[one] for one in near if one not in cited]
        tried += [[*cited, one] for one in near if cited and one not in cited]
        found = zip(tried, self._check(text, tried), strict=True)
        best = max(found, key=lambda pair: pair[1].score, default=(cited, verdict))
        if best[1].supported and best[1].score >= SURE:
            return best
        reason = verdict.reason if cited else NO_SENTENCE
        return cited, Verdict(supported=False, score=verdict.score, reason=reason)

    def _nearest(self, text: str) -> list[SourceSentence]:
        sentences = list(self._sentences.values())
        places = likeliest(text, [sentence.text for sentence in sentences], TRIED)
        return [sentences[place] for place in places]

    def _context(self, cited: Sequence[SourceSentence]) -> list[str]:
        """For each article its title, source and date, and what it says before what is cited."""
        ordered = sorted(cited, key=lambda s: (s.hit.article.id, s.start))
        grouped = groupby(ordered, key=lambda sentence: sentence.hit.article.id)
        firsts = [next(sentences) for _, sentences in grouped]
        return [" ".join([*heading(first.hit.article), *self._before(first)]) for first in firsts]

    def _before(self, sentence: SourceSentence) -> list[str]:
        """The sentences of the same article that a model was shown before one."""
        return [
            s.text
            for s in self._sentences.values()
            if s.hit.article.id == sentence.hit.article.id and s.start < sentence.start
        ]

    def _citations(self, cited: Sequence[SourceSentence]) -> Iterator[Citation]:
        for article, start, end in _merged(cited):
            key = (article.id, start, end)
            number = self._numbers.setdefault(key, len(self._numbers) + 1)
            yield Citation.of(number, article, start, end)


def _changed(cited: Sequence[SourceSentence], others: Sequence[SourceSentence]) -> str | None:
    """What is said where a statement rests on other sentences than the model cited."""
    if not cited or others == cited:
        return None
    return ADDED if len(others) > len(cited) else REPLACED


def _merged(cited: Sequence[SourceSentence]) -> list[tuple[Article, int, int]]:
    """The spans cited, best article first; neighbours in one article become one span."""
    spans: list[tuple[Article, int, int]] = []
    for sentence in sorted(cited, key=lambda s: s.id or 0):
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


def _support(text: str, cited: Sequence[SourceSentence], verdict: Verdict) -> Support:
    """What a verdict comes to; a statement of whole sentences of the article's is quoted."""
    if not verdict.checked:
        return "unchecked"
    if not verdict.supported:
        return "unsupported"
    return "quoted" if is_verbatim(text, [sentence.text for sentence in cited]) else "supported"


def _is_finished(marked: Marked) -> bool:
    return bool(marked.ids) or marked.text.endswith((".", "!", "?", "。"))
