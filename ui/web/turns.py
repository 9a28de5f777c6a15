"""One question and its answer as plain data: what a browser keeps and rendering starts from."""

from dataclasses import dataclass
from typing import Any, Literal, TypedDict

from rag.answers import Answer, answer_json

State = Literal["searching", "writing", "done", "failed"]


class Turn(TypedDict):
    """An `answer_json` document with what the page needs around it; JSON throughout.

    `draft` is a statement still being written, `error` a sentence when the answer failed, `hits`
    the passages retrieved, each with the start of its text, and `searched` how many passages of
    how many articles there were to look through.
    """

    id: str
    state: State
    answer: dict[str, Any]
    hits: list[dict[str, Any]]
    searched: tuple[int, int]
    draft: str
    error: str | None


@dataclass(frozen=True, slots=True)
class Collection:
    """How much there is to search."""

    passages: int
    articles: int


def turn(
    name: str,
    answer: Answer,
    collection: Collection,
    *,
    state: State = "done",
    draft: str = "",
    error: str | None = None,
) -> Turn:
    """The turn called `name`, as far as `answer` has come."""
    document = answer_json(answer)
    del document["passages"]
    return {
        "id": name,
        "state": state,
        "answer": document,
        "hits": [_hit(hit) for hit in answer.hits],
        "searched": (collection.passages, collection.articles),
        "draft": draft,
        "error": error,
    }


def _hit(hit: Any) -> dict[str, Any]:
    return {
        "article": hit.article.id,
        "title": hit.article.title,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "score": round(hit.score, 3),
        "text": shorten(hit.passage.text, 220),
    }


def shorten(text: str, limit: int) -> str:
    """The text on one line, cut at a word when it is longer than `limit` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[:limit].rsplit(" ", 1)[0] + " …"
