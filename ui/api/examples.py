"""Answers of the endpoint, as `/docs` shows them."""

from typing import Any

Responses = dict[int | str, dict[str, Any]]

_ARTICLE = {
    "id": "bridge",
    "title": "The old bridge at Brandau reopens",
    "source": "Brandau Courier",
    "url": "https://courier.example/bridge",
    "author": None,
    "published_at": "2024-05-04",
}
_QUOTE = "The old bridge at Brandau reopened on 3 May 2024."
_CITATION = {"number": 1, "quote": _QUOTE, "start": 0, "end": 49, "article": _ARTICLE}
_PASSAGE = {"article_id": "bridge", "start": 0, "end": 49, "score": 0.83, "text": _QUOTE}

PASSAGES: dict[str, Any] = {
    "question": "When did the bridge reopen?",
    "passages": [_PASSAGE],
}
ANSWER: dict[str, Any] = {
    "question": "When did the bridge reopen?",
    "standalone": None,
    "text": f"{_QUOTE} [1]",
    "refused": False,
    "reason": None,
    "mode": "extractive",
    "confidence": 0.91,
    "short": {**_CITATION, "quote": "3 May 2024", "start": 38, "end": 48},
    "differing": [],
    "notes": [],
    "statements": [{"text": _QUOTE, "citations": [1], "support": "quoted", "note": None}],
    "citations": [_CITATION],
    "passages": [_PASSAGE],
    "elapsed_ms": {"retrieve": 6.1, "answer": 21.4},
    "usage": None,
}
CHECKED: dict[str, Any] = {
    "text": "The bridge reopened in May 2024.",
    "statements": [
        {
            "text": "The bridge reopened in May 2024.",
            "start": 0,
            "end": 32,
            "verdict": "supported",
            "score": 0.97,
            "citations": [1],
            "note": None,
        }
    ],
    "citations": [_CITATION],
    "elapsed_ms": {"check": 48.2},
}
ARTICLES: list[dict[str, Any]] = [
    {**_ARTICLE, "passages": 1, "characters": 49, "group": None, "changed_at": None}
]
ARTICLE: dict[str, Any] = {**_ARTICLE, "text": _QUOTE}
REPORT: dict[str, Any] = {
    "added": 1,
    "updated": 0,
    "unchanged": 0,
    "failed": 0,
    "passages": 1,
    "failures": [],
    "warnings": [],
}
FOOTNOTE: dict[str, Any] = {
    "number": 1,
    "quote": _QUOTE,
    "start": 0,
    "end": 49,
    "title": "The old bridge at Brandau reopens",
    "source": "Brandau Courier",
    "date": "2024-05-04",
    "url": "https://courier.example/bridge",
    "article_id": "bridge",
    "support": "quoted",
}
_TEXT = (
    f"{_QUOTE} [1]\n\n**Sources**\n\n- [1] "
    "[The old bridge at Brandau reopens](https://courier.example/bridge), "
    "Brandau Courier, 2024-05-04"
)
COMPLETION: dict[str, Any] = {
    "id": "chatcmpl-1f3a",
    "object": "chat.completion",
    "created": 1764000000,
    "model": "footnote",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": _TEXT,
                "annotations": [
                    {
                        "type": "url_citation",
                        "url_citation": {
                            "start_index": 50,
                            "end_index": 53,
                            "title": "The old bridge at Brandau reopens",
                            "url": "https://courier.example/bridge",
                        },
                    }
                ],
            },
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
    "footnotes": [FOOTNOTE],
}
_PROBLEM = {
    "type": "about:blank",
    "title": "Bad Request",
    "status": 400,
    "detail": "as_of is 'soon'; write a date such as 2025-08-14.",
}


def answered_with(example: Any, *, problems: bool = True) -> Responses:
    """How OpenAPI describes a route that answers like the example."""
    answered: Responses = {200: {"content": {"application/json": {"example": example}}}}
    if problems:
        content = {"application/problem+json": {"example": _PROBLEM}}
        answered["4XX"] = {"description": "What was wrong, in a sentence", "content": content}
    return answered
