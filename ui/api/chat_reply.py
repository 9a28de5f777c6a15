"""An answer as chat clients take it: its text, and its citations in the shapes that they show."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Literal

from rag.answers import Answer, Citation, Support
from vectorstore.records import day_of

Shape = Literal["openai", "open-webui", "perplexity"]
SOURCES = "\n\n**Sources**\n\n"
"""What stands between an answer and the list of its sources."""

_WEAKEST: tuple[Support, ...] = ("unsupported", "unchecked", "supported", "quoted")
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~$&])")
_UNSAFE_IN_LINKS = str.maketrans({" ": "%20", "(": "%28", ")": "%29", "<": "%3C", ">": "%3E"})


def content(answer: Answer, *, sources: bool) -> str:
    """The text with its markers, the notes, and a short list of sources if it is wanted."""
    notes = "".join(f"\n\n{note}" for note in answer.notes)
    listed = "\n".join(map(_source_line, answer.citations)) if sources else ""
    return answer.text + notes + (SOURCES + listed if listed else "")


def footnotes(answer: Answer) -> list[dict[str, Any]]:
    """Every citation by number: the exact characters, where they are, and what they support."""
    return [
        {
            "number": c.number,
            "quote": c.quote,
            "start": c.start,
            "end": c.end,
            "title": c.article.title,
            "source": c.article.source,
            "date": day_of(c.article.published_at),
            **({"page": c.page} if c.page else {}),
            "url": c.article.url,
            "article_id": c.article.id,
            "support": _support(answer, c.number),
        }
        for c in answer.citations
    ]


def annotations(answer: Answer) -> list[dict[str, Any]]:
    """Where the markers are in the text, and where they lead, for articles with an address."""
    return [
        {
            "type": "url_citation",
            "url_citation": {
                "start_index": start,
                "end_index": end,
                "title": citation.article.title,
                "url": _web_address(citation),
            },
        }
        for citation, start, end in _markers(answer)
        if _web_address(citation)
    ]


def open_webui_sources(answer: Answer) -> list[dict[str, Any]]:
    """What Open WebUI shows beside an answer; it joins those of one `source`: each has its own."""
    return [
        {
            "source": {
                "id": f"footnote-{c.number}",
                "name": c.article.title,
                "url": _web_address(c),
            },
            "document": [c.quote],
            "metadata": [{"source": f"footnote-{c.number}", "name": c.article.title}],
        }
        for c in answer.citations
    ]


def beside(answer: Answer, shape: Shape) -> dict[str, Any]:
    """What stands at the top of a reply, beside its text."""
    return {"footnotes": footnotes(answer), "refused": answer.refused} | _SHAPES[shape](answer)


def usage(answer: Answer) -> dict[str, int]:
    """The tokens that a language model read and wrote; none without one."""
    read = answer.usage.prompt_tokens if answer.usage else 0
    written = answer.usage.completion_tokens if answer.usage else 0
    tokens = {"prompt_tokens": read, "completion_tokens": written}
    return {**tokens, "total_tokens": read + written}


def _perplexity(answer: Answer) -> dict[str, Any]:
    found = [
        {
            "title": c.article.title,
            "url": _web_address(c) or "",
            "date": day_of(c.article.published_at),
            "snippet": c.quote,
        }
        for c in answer.citations
    ]
    return {"citations": [one["url"] for one in found], "search_results": found}


_SHAPES: dict[Shape, Callable[[Answer], dict[str, Any]]] = {
    "openai": lambda _: {},
    "open-webui": lambda answer: {"sources": open_webui_sources(answer)},
    "perplexity": _perplexity,
}


def _markers(answer: Answer) -> Iterator[tuple[Citation, int, int]]:
    """Every marker of the text with its citation, and the characters it takes."""
    start = 0
    for statement in answer.statements:
        place = start + len(statement.text) + bool(statement.text)
        for citation in statement.citations:
            length = len(f"[{citation.number}]")
            yield citation, place, place + length
            place += length
        start += len(statement.marked) + 1


def _support(answer: Answer, number: int) -> Support:
    """The weakest support of what rests on a citation."""
    resting = {s.support for s in answer.statements if number in {c.number for c in s.citations}}
    return next(support for support in _WEAKEST if support in resting)


def _source_line(citation: Citation) -> str:
    article = citation.article
    title, address = _plain(article.title), _web_address(citation)
    linked = f"[{title}]({address.translate(_UNSAFE_IN_LINKS)})" if address else title
    page = f"p. {citation.page}" if citation.page else None
    rest = (_plain(article.source or ""), day_of(article.published_at), page)
    return f"- [{citation.number}] " + ", ".join(filter(None, (linked, *rest)))


def _plain(text: str) -> str:
    """A text that Markdown shows as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _web_address(citation: Citation) -> str | None:
    """The article's address, if it is one that a browser may be sent to."""
    url = citation.article.url or ""
    return url if url.lower().startswith(("https://", "http://")) else None
