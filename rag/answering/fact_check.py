"""Every sentence of a text looked up in the articles: supported, contradicted, or not found."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from rag.answering.context import leans
from rag.answers import Citation
from rag.citations.candidates import likeliest
from rag.citations.groundedness import Groundedness, Verdict, claim_of, heading
from rag.documents import citation_json
from rag.retrieval.query import Query
from rag.retrieval.retriever import Retriever
from rag.text.names import names
from rag.text.sentences import sentence_spans, states_something
from rag.text.words import content, words
from vectorstore.records import Hit

Finding = Literal["supported", "contradicted", "not found", "unchecked"]

PASSAGES = 8
"""How many passages are looked through for one sentence."""
TRIED = 8
"""How many of their sentences it is checked against, alone and with the one before."""
SUPPORTED, CONTRADICTED = 0.7, 0.8
"""The probabilities from which a sentence counts as the one or the other."""
ABOUT = 0.5
"""The share of a sentence's words that one must have to be able to contradict it."""
AS_GOOD = 0.05
"""Less evidence is preferred where it supports nearly as well."""

NO_STATEMENT = "It states nothing that could be looked up."
NOT_FOUND = "No article was found that says this."


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence `[start, end)` of a text and what the articles say of it.

    `citations` are what supports or contradicts it; `score` is how likely it does, in [0, 1].
    """

    text: str
    start: int
    end: int
    verdict: Finding
    citations: tuple[Citation, ...] = ()
    score: float = 0.0
    note: str | None = None


@dataclass(frozen=True, slots=True)
class FactCheck:
    """The sentences of a text, checked. `timings` are milliseconds."""

    text: str
    statements: tuple[CheckedSentence, ...]
    timings: Mapping[str, float] = field(default_factory=dict)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every citation once, by number."""
        cited = {c.number: c for s in self.statements for c in s.citations}
        return tuple(cited[number] for number in sorted(cited))

    @property
    def holds(self) -> bool:
        """Whether nothing is contradicted, and everything was found that could be."""
        return not any(s.verdict in {"contradicted", "not found"} for s in self.statements)


@dataclass(frozen=True, slots=True)
class _Source:
    """Neighbouring sentences `[start, end)` of one hit's article."""

    hit: Hit
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.hit.article.text[self.start : self.end]

    @property
    def context(self) -> str:
        """The article's title, source and date, and the passage up to here."""
        before = self.hit.article.text[self.hit.passage.start : self.start]
        return " ".join([*heading(self.hit.article), *before.split()])


class FactChecker:
    """Checks texts against the articles of one store."""

    def __init__(self, retriever: Retriever, groundedness: Groundedness) -> None:
        self._retriever = retriever
        self._groundedness = groundedness

    def check(self, text: str, query: Query) -> Iterator[CheckedSentence]:
        """Each sentence of a text, as it is checked, within the query's day and filters."""
        numbers: dict[tuple[str, int, int], int] = {}
        before = ""
        for start, end in sentence_spans(text):
            sentence = text[start:end]
            found = self._checked(" ".join(sentence.split()), before, query)
            verdict, sources, score, note = found
            citations = tuple(_cited(source, numbers) for source in sources)
            yield CheckedSentence(sentence, start, end, verdict, citations, score, note)
            before = sentence

    def _checked(
        self, sentence: str, before: str, query: Query
    ) -> tuple[Finding, Sequence[_Source], float, str | None]:
        if not states_something(sentence):
            return "unchecked", (), 0.0, NO_STATEMENT
        leaning = leans(sentence)
        searched = f"{before} {sentence}" if leaning else sentence
        hits = self._retriever.retrieve(replace(query, question=searched), PASSAGES)
        tried = _tried(sentence, hits)
        if leaning:
            tried = [source for source in tried if _is_of_same(before, source)]
        verdicts = self._groundedness.check(
            [claim_of(sentence, [source.text], [source.context]) for source in tried]
        )
        return _finding(sentence, list(zip(tried, verdicts, strict=True)))


def _tried(sentence: str, hits: Sequence[Hit]) -> list[_Source]:
    """The likeliest sentences of the hits, and each with the one before it in its passage."""
    singles: list[_Source] = []
    pairs: dict[_Source, _Source] = {}
    for hit in hits:
        offset, last = hit.passage.start, None
        for start, end in sentence_spans(hit.passage.text):
            source = _Source(hit, offset + start, offset + end)
            if last is not None:
                pairs[source] = _Source(hit, last.start, source.end)
            singles.append(source)
            last = source
    chosen = [singles[n] for n in likeliest(sentence, [s.text for s in singles], TRIED)]
    return [*chosen, *(pairs[source] for source in chosen if source in pairs)]


def _is_of_same(before: str, source: _Source) -> bool:
    """Whether an article names what the sentence before did, of which this one goes on to speak."""
    told = set(words(f"{source.context} {source.text}"))
    named = names(before)
    return not named or not told.isdisjoint(named)


def _finding(
    sentence: str, judged: Sequence[tuple[_Source, Verdict]]
) -> tuple[Finding, Sequence[_Source], float, str | None]:
    if judged and not any(verdict.checked for _, verdict in judged):
        return "unchecked", (), 0.0, judged[0][1].reason
    held = [(s, v) for s, v in judged if v.supported and v.score >= SUPPORTED]
    if held:
        best = max(verdict.score for _, verdict in held)
        good = [pair for pair in held if pair[1].score >= best - AS_GOOD]
        source, verdict = min(good, key=lambda pair: pair[0].end - pair[0].start)
        return "supported", [source], verdict.score, None
    against = [(s, v) for s, v in judged if _is_about(sentence, s)]
    source_, worst = max(against, key=lambda p: p[1].contradicted, default=(None, None))
    if source_ and worst and worst.contradicted >= CONTRADICTED:
        return "contradicted", [source_], worst.contradicted, worst.reason
    return "not found", (), 0.0, NOT_FOUND


def _is_about(sentence: str, source: _Source) -> bool:
    """Whether a source speaks of what the sentence does: its names, and enough of its words."""
    told = set(content(f"{source.text} {source.hit.article.title}"))
    wanted = set(content(sentence))
    named = set(names(sentence))
    around = set(words(f"{source.context} {source.text}"))
    shares = len(wanted & told) >= ABOUT * len(wanted)
    return shares and (not named or len(named & around) >= len(named) / 2)


def _cited(source: _Source, numbers: dict[tuple[str, int, int], int]) -> Citation:
    article = source.hit.article
    number = numbers.setdefault((article.id, source.start, source.end), len(numbers) + 1)
    return Citation.of(number, article, source.start, source.end)


def fact_check_json(checked: FactCheck) -> dict[str, Any]:
    """The document that `footnote check --json` prints."""
    return {
        "text": checked.text,
        "statements": [
            {
                "text": s.text,
                "start": s.start,
                "end": s.end,
                "verdict": s.verdict,
                "score": s.score,
                "citations": [c.number for c in s.citations],
                "note": s.note,
            }
            for s in checked.statements
        ],
        "citations": [citation_json(c) for c in checked.citations],
        "elapsed_ms": dict(checked.timings),
    }
