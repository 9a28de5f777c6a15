"""What an answer is made of, and the events of one that streams."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from vectorstore.catalog import ArticleSummary
from vectorstore.records import Article, Hit

Support = Literal["quoted", "supported", "unsupported", "unchecked"]
Mode = Literal["extractive", "generative"]


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact characters a statement rests on: `article.text[start:end] == quote`, always.

    Raises `ValueError` when made with a quote that is not there.
    """

    number: int
    article: Article
    start: int
    end: int
    quote: str

    def __post_init__(self) -> None:
        if not self.quote or self.article.text[self.start : self.end] != self.quote:
            place = f"{self.start}:{self.end}"
            raise ValueError(f"Article {self.article.id!r} does not say {self.quote!r} at {place}.")

    @classmethod
    def of(cls, number: int, article: Article, start: int, end: int) -> "Citation":
        """The citation of `article.text[start:end]`."""
        return cls(number, article, start, end, article.text[start:end])

    @property
    def page(self) -> int | None:
        """The page, from 1, on which the quote begins; None where the article has none."""
        return self.article.page_at(self.start)


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing an answer says. `text` has no markers.

    `support` says what stands behind it: the article's own words, the verdict that its citations
    support it, or that they do not, or nothing, where it could not be judged. `note` says why it is
    unsupported or unchecked, or that its citation was corrected.
    """

    text: str
    citations: tuple[Citation, ...]
    support: Support
    note: str | None = None

    @property
    def marked(self) -> str:
        """The text followed by its markers, `... [1][2]`, and by a word where that is in doubt."""
        markers = "".join(f"[{c.number}]" for c in self.citations)
        doubt = f"({self.support})" if self.support in {"unsupported", "unchecked"} else ""
        return " ".join(filter(None, [self.text, markers, doubt]))


@dataclass(frozen=True, slots=True)
class Usage:
    """What a language model was asked and gave, in tokens, and the cost in dollars if known."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None

    def __str__(self) -> str:
        tokens = f"{self.prompt_tokens:,} tokens read, {self.completion_tokens:,} written"
        return tokens if self.cost is None else f"{tokens}, ${self.cost:.4f}"

    def __add__(self, other: "Usage | None") -> "Usage":
        """Both together; the cost is known only where both are."""
        if other is None:
            return self
        costs = (self.cost, other.cost)
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            None if None in costs else sum(filter(None, costs)),
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question.

    `text` carries `[1]`-style markers. `confidence` lies in [0, 1]. `short` is the span that
    answers by itself, inside one of the citations and with its number. `timings` are
    milliseconds by stage. `standalone` is the question as searched, when a conversation changed
    it. `differing` are the spans, of two articles, that answer differently, each inside the
    citation whose number it has; none where the articles agree. `notes` are sentences for the
    reader, such as that articles disagree.
    """

    question: str
    text: str
    statements: tuple[Statement, ...] = ()
    refused: bool = False
    reason: str | None = None
    mode: Mode = "extractive"
    hits: tuple[Hit, ...] = ()
    confidence: float = 0.0
    short: Citation | None = None
    standalone: str | None = None
    differing: tuple[Citation, ...] = ()
    notes: tuple[str, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    usage: Usage | None = None

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every citation once, by number."""
        cited = {c.number: c for s in self.statements for c in s.citations}
        return tuple(cited[number] for number in sorted(cited))

    @property
    def also(self) -> Mapping[str, tuple[ArticleSummary, ...]]:
        """The copies of the articles found that have any, by the article's id."""
        return {hit.article.id: hit.also for hit in self.hits if hit.also}


@dataclass(frozen=True, slots=True)
class Draft:
    """What a synthesizer makes of a question and its hits: an answer but for the bookkeeping.

    `mode` is how it was made, where that is not the synthesizer's own way.
    """

    statements: tuple[Statement, ...] = ()
    refused: bool = False
    reason: str | None = None
    confidence: float = 0.0
    short: Citation | None = None
    differing: tuple[Citation, ...] = ()
    notes: tuple[str, ...] = ()
    usage: Usage | None = None
    mode: Mode | None = None

    @property
    def text(self) -> str:
        """The statements with their markers, or the reason for having none."""
        if self.refused:
            return self.reason or ""
        return " ".join(statement.marked for statement in self.statements)

    def answer(
        self,
        question: str,
        mode: Mode,
        hits: tuple[Hit, ...],
        standalone: str | None = None,
        timings: Mapping[str, float] | None = None,
    ) -> Answer:
        """The draft as the answer to a question."""
        return Answer(
            question=question,
            text=self.text,
            statements=self.statements,
            refused=self.refused,
            reason=self.reason,
            mode=self.mode or mode,
            hits=hits,
            confidence=self.confidence,
            short=self.short,
            standalone=standalone,
            differing=self.differing,
            notes=self.notes,
            timings=timings or {},
            usage=self.usage,
        )


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The passages an answer will be made from; `standalone` is the question as searched."""

    hits: tuple[Hit, ...]
    standalone: str


@dataclass(frozen=True, slots=True)
class Delta:
    """A statement being written: the text that has come since the last event. May be withdrawn."""

    text: str


@dataclass(frozen=True, slots=True)
class Cited:
    """A finished statement, checked, with its citations."""

    statement: Statement


@dataclass(frozen=True, slots=True)
class Done:
    """The whole answer; nothing follows."""

    answer: Answer


Event = Retrieved | Delta | Cited | Done
