"""Answers, hits and articles as plain data: the documents that JSON, the page and evals hold."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rag.answers import Answer, Citation, Statement
from vectorstore.catalog import ArticleSummary
from vectorstore.records import Article, Hit


def answer_json(answer: Answer) -> dict[str, Any]:
    """The document that `footnote ask --json` prints."""
    return {
        "question": answer.question,
        "standalone": answer.standalone,
        "text": answer.text,
        "refused": answer.refused,
        "reason": answer.reason,
        "mode": answer.mode,
        "confidence": answer.confidence,
        "short": citation_json(answer.short) if answer.short else None,
        "differing": [citation_json(span) for span in answer.differing],
        "notes": list(answer.notes),
        "statements": [_statement_json(statement) for statement in answer.statements],
        "citations": [
            citation_json(c) | _also_json(answer.also.get(c.article.id, ()))
            for c in answer.citations
        ],
        "passages": [hit_json(hit) for hit in answer.hits],
        "elapsed_ms": dict(answer.timings),
        "usage": asdict(answer.usage) if answer.usage else None,
    }


def hit_json(hit: Hit) -> dict[str, Any]:
    """A hit as plain data: `article_id, start, end, score, text`.

    With `page` where it is known, and `also` where the article has copies.
    """
    passage = hit.passage
    page = hit.article.page_at(passage.start)
    document = {
        "article_id": passage.article_id,
        "start": passage.start,
        "end": passage.end,
        "score": hit.score,
        "text": passage.text,
        **({"page": page} if page else {}),
    }
    return document | _also_json(hit.also)


def article_json(article: Article | ArticleSummary) -> dict[str, Any]:
    """An article as plain data, without its text."""
    return {
        "id": article.id,
        "title": article.title,
        "source": article.source,
        "url": article.url,
        "author": article.author,
        "published_at": article.published_at,
    }


def _statement_json(statement: Statement) -> dict[str, Any]:
    return {
        "text": statement.text,
        "citations": [citation.number for citation in statement.citations],
        "support": statement.support,
        "note": statement.note,
    }


def _also_json(copies: Sequence[ArticleSummary]) -> dict[str, Any]:
    """The other articles that are the same report, where there are any."""
    return {"also": [article_json(one) for one in copies]} if copies else {}


def citation_json(citation: Citation) -> dict[str, Any]:
    """A citation as plain data, its article without the text; `page` only where it is known."""
    return {
        "number": citation.number,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        **({"page": citation.page} if citation.page else {}),
        "article": article_json(citation.article),
    }
