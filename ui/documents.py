"""JSON documents that the command line prints and the endpoint sends."""

from typing import TYPE_CHECKING, Any

from rag import article_json

if TYPE_CHECKING:
    from rag import ArticleSummary, IngestReport


def stored_json(article: "ArticleSummary") -> dict[str, Any]:
    """A stored article without its text, and how long it is."""
    counts = {"passages": article.passages, "characters": article.characters}
    return {**article_json(article), **counts}


def report_json(report: "IngestReport") -> dict[str, Any]:
    """What adding did: how many articles, and what to know of the others."""
    return {
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "failed": len(report.failed),
        "passages": report.passages,
        "failures": [{"source": str(f.source), "reason": f.reason} for f in report.failed],
        "warnings": list(report.warnings),
    }
