"""Questions, answers and conversations as plain data: what a browser keeps, and is shown from.

A browser keeps each turn by itself and a list of conversations beside them. What comes back from
one may be older than this program, newer, or broken: `readable` says which turns can be shown.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NotRequired

from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict  # pydantic wants it before Python 3.12

from rag.answers import Answer
from rag.documents import answer_json, hit_json
from vectorstore.catalog import ArticleSummary
from vectorstore.history import text_digest
from vectorstore.records import Hit

VERSION = 1
"""The shape of a turn. Turns of before there were versions are of the same one."""


class KeptArticle(TypedDict):
    """An article without its text."""

    id: str
    title: str
    source: str | None
    url: str | None
    author: str | None
    published_at: str | None


class KeptCitation(TypedDict):
    """A citation, or a span inside one; `version` is the digest of its article's text.

    `changed` is when that text was replaced, if it was: only in what is shown, never in what is
    kept.
    """

    number: int
    quote: str
    start: int
    end: int
    page: NotRequired[int]
    article: KeptArticle
    also: NotRequired[list[KeptArticle]]
    version: NotRequired[str]
    changed: NotRequired[str | None]


class KeptStatement(TypedDict):
    """A statement, with the numbers of its citations."""

    text: str
    citations: list[int]
    support: str
    note: NotRequired[str | None]


class KeptAnswer(TypedDict):
    """What of an `answer_json` document the page needs. Older ones have fewer fields."""

    question: str
    standalone: str | None
    text: str
    refused: bool
    reason: str | None
    notes: list[str]
    short: KeptCitation | None
    differing: NotRequired[list[KeptCitation]]
    statements: list[KeptStatement]
    citations: list[KeptCitation]
    elapsed_ms: dict[str, float]
    usage: NotRequired[dict[str, Any] | None]


class KeptHit(TypedDict):
    """A passage that was retrieved, with the start of its text."""

    article: str
    version: NotRequired[str]
    title: str
    start: int
    end: int
    score: float
    text: str


class PageTurn(TypedDict):
    """A question with its answer; JSON throughout.

    `hits` are the passages retrieved, and `searched` how many passages of how many articles there
    were to look through.
    """

    id: str
    version: NotRequired[int]
    answer: KeptAnswer
    hits: list[KeptHit]
    searched: tuple[int, int]


class KeptConversation(TypedDict):
    """One conversation: the ids of its turns, which the browser keeps one by one."""

    id: str
    title: str
    turns: list[str]


class KeptConversations(TypedDict):
    """Every conversation of one browser, the latest first, and the id of the one on the page."""

    current: str | None
    conversations: list[KeptConversation]


UNTITLED = "New conversation"


@cache
def _turns() -> TypeAdapter[PageTurn]:
    return TypeAdapter(PageTurn)


def readable(turns: Iterable[Any]) -> list[PageTurn]:
    """The turns among what a browser sent that are of a version and shape that can be shown."""
    return [turn for kept in turns if (turn := _readable(kept))]


def _readable(kept: Any) -> PageTurn | None:
    try:
        _turns().validate_python(kept)
    except ValidationError:
        return None
    turn: PageTurn = kept
    numbers = {citation["number"] for citation in turn["answer"]["citations"]}
    cited = {n for statement in turn["answer"]["statements"] for n in statement["citations"]}
    return turn if turn.get("version", VERSION) == VERSION and cited <= numbers else None


def page_turn(name: str, answer: Answer, searched: tuple[int, int]) -> PageTurn:
    """The turn called `name`."""
    document: Any = answer_json(answer)
    del document["passages"]
    for told, citation in zip(document["citations"], answer.citations, strict=True):
        told["version"] = text_digest(citation.article.text)
    hits = [kept_hit(hit) for hit in answer.hits]
    return PageTurn(id=name, version=VERSION, answer=document, hits=hits, searched=searched)


def kept_hit(hit: Hit) -> KeptHit:
    """A passage with the start of its text."""
    found = hit_json(hit)
    return KeptHit(
        article=found["article_id"],
        version=text_digest(hit.article.text),
        title=hit.article.title,
        start=found["start"],
        end=found["end"],
        score=round(hit.score, 3),
        text=shorten(hit.passage.text, 220),
    )


def with_changes(
    turns: Iterable[PageTurn], articles: Iterable[ArticleSummary]
) -> Iterator[PageTurn]:
    """The turns, with the moment at which an article that they cite has changed since: `changed`.

    `articles` are those that have changed at all.
    """
    until = {(one.id, digest): moment for one in articles for digest, moment in one.versions}
    for turn in turns:
        citations: list[KeptCitation] = [
            {**cited, "changed": until.get((cited["article"]["id"], cited.get("version", "")))}
            for cited in turn["answer"]["citations"]
        ]
        yield {**turn, "answer": {**turn["answer"], "citations": citations}}


def shorten(text: str, limit: int) -> str:
    """The text on one line, cut at a word when it is longer than `limit` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[:limit].rsplit(" ", 1)[0] + " …"
