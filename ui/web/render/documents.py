"""What an `answer_json` document says, for the page and for what is taken away from it."""

from collections.abc import Mapping
from typing import Any

from ui.documents import also_in
from vectorstore.records import day_of

Document = Mapping[str, Any]


def about(citation: Document) -> tuple[str | None, ...]:
    """The article's title, source and day, the quote's page, and where it is as well, if known."""
    article, page = citation["article"], citation.get("page")
    also = also_in(article, citation.get("also", ()))
    day = day_of(article["published_at"])
    return article["title"], article["source"], day, f"p. {page}" if page else None, also


def byline(citation: Document) -> str:
    """The same on one line."""
    return " · ".join(filter(None, about(citation)))


def apart(answer: Document) -> tuple[list[Document], list[Document]]:
    """The statements that differ from one another, none or several of them, and the others."""
    numbers = {span["number"] for span in _differing(answer)}
    sides = [s for s in answer["statements"] if not numbers.isdisjoint(s["citations"])]
    if len(sides) < 2:
        return [], list(answer["statements"])
    return sides, [s for s in answer["statements"] if s not in sides]


def notes(answer: Document) -> list[str]:
    """The notes, without the one that tells in words what differs: that is shown.

    And those on articles that have changed since they were cited.
    """
    quotes = [span["quote"] for span in _differing(answer)]
    said = [n for n in answer["notes"] if not (quotes and all(quote in n for quote in quotes))]
    changed = (
        f"“{cited['article']['title']}” has changed since, on {day_of(cited['changed'])}."
        for cited in answer["citations"]
        if cited.get("changed")
    )
    return list(dict.fromkeys([*said, *changed]))


def doubt(statement: Document) -> str | None:
    """What there is to know of how far a statement is to be relied on, if anything."""
    note = statement.get("note")
    match statement["support"]:
        case "unsupported":
            return f"Not supported: {note or 'the cited sentences do not say this.'}"
        case "unchecked":
            return f"Not checked: {note}"
    return f"Corrected: {note}" if note else None


def key_spans(answer: Document) -> list[Document]:
    """The spans that answer by themselves, likeliest first: citations inside citations."""
    return [*_differing(answer), *([answer["short"]] if answer["short"] else [])]


def _differing(answer: Document) -> list[Document]:
    # Browsers may have kept answers from before there was such a field.
    return answer.get("differing") or []
