"""JSON documents that the command line prints and the endpoint sends."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rag import article_json

if TYPE_CHECKING:
    from rag import ArticleSummary, IngestReport, Revision


def stored_json(article: "ArticleSummary") -> dict[str, Any]:
    """A stored article without its text, how long it is, its copies' group, and its last change."""
    names = ("passages", "characters", "group", "changed_at")
    return {**article_json(article), **{name: getattr(article, name) for name in names}}


def history_json(article_id: str, revisions: Iterable["Revision"]) -> dict[str, Any]:
    """The changes of an article, the latest first: each with its edits and the text before it."""
    changes: list[dict[str, Any]] = [
        {
            "changed_at": revision.changed_at,
            "edits": [asdict(edit) for edit in revision.edits],
            "before": {**article_json(revision.before), "text": revision.before.text},
        }
        for revision in revisions
    ]
    return {"id": article_id, "changes": changes}


def also_in(article: Mapping[str, Any], copies: Iterable[Mapping[str, Any]]) -> str | None:
    """Where else a report is: `also in Herald, Post`, by title where the source says nothing."""
    known = {None, article["source"]}
    names = (one["title"] if one["source"] in known else one["source"] for one in copies)
    told = ", ".join(dict.fromkeys(names))
    return f"also in {told}" if told else None


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
