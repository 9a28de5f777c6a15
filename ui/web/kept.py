"""Questions, answers and conversations as plain data: what a browser keeps, and is shown from."""

from collections.abc import Iterable, Iterator
from typing import Any, TypedDict

from rag.answers import Answer
from rag.documents import answer_json, hit_json
from vectorstore.catalog import ArticleSummary
from vectorstore.history import text_digest
from vectorstore.records import Hit


class PageTurn(TypedDict):
    """An `answer_json` document with what the page needs around it; JSON throughout.

    `hits` are the passages retrieved, each with the start of its text, and `searched` how many
    passages of how many articles there were to look through. Citations and hits have the `version`
    of their article's text.
    """

    id: str
    answer: dict[str, Any]
    hits: list[dict[str, Any]]
    searched: tuple[int, int]


class KeptConversation(TypedDict):
    """One conversation: the ids of its turns, which the browser keeps one by one.

    Gradio writes its state anew, encrypted, on each change; with all turns in it, an answer would
    take the longer the more there were before.
    """

    id: str
    title: str
    turns: list[str]


class KeptConversations(TypedDict):
    """Every conversation of one browser, the latest first, and the id of the one on the page.

    The names are those under which browsers keep them already.
    """

    current: str | None
    talks: list[KeptConversation]


UNTITLED = "New conversation"


def page_turn(name: str, answer: Answer, searched: tuple[int, int]) -> PageTurn:
    """The turn called `name`."""
    document = answer_json(answer)
    del document["passages"]
    for told, citation in zip(document["citations"], answer.citations, strict=True):
        told["version"] = text_digest(citation.article.text)
    hits = [_hit(hit) for hit in answer.hits]
    return {"id": name, "answer": document, "hits": hits, "searched": searched}


def with_changes(
    turns: Iterable[PageTurn], articles: Iterable[ArticleSummary]
) -> Iterator[PageTurn]:
    """The turns, with the moment at which an article that they cite has changed since: `changed`.

    `articles` are those that have changed at all.
    """
    until = {(one.id, digest): moment for one in articles for digest, moment in one.versions}
    for turn in turns:
        citations = [
            {**cited, "changed": until.get((cited["article"]["id"], cited.get("version", "")))}
            for cited in turn["answer"]["citations"]
        ]
        yield {**turn, "answer": {**turn["answer"], "citations": citations}}


def _hit(hit: Hit) -> dict[str, Any]:
    found = hit_json(hit)
    named = {"article": found.pop("article_id"), "title": hit.article.title}
    named["version"] = text_digest(hit.article.text)
    said = {"score": round(hit.score, 3), "text": shorten(hit.passage.text, 220)}
    return {**found, **named, **said}


def shorten(text: str, limit: int) -> str:
    """The text on one line, cut at a word when it is longer than `limit` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[:limit].rsplit(" ", 1)[0] + " …"
