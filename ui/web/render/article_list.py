"""The list of articles as HTML, searched and sorted, and the report of what was added."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from ui.web.render.html import counted, el, listed
from vectorstore.records import day_of

if TYPE_CHECKING:
    from rag import ArticleSummary, IngestReport

MOST_SHOWN = 200

ORDERS: dict[str, Callable[["ArticleSummary"], Any]] = {
    "Newest first": lambda a: (_descending(a.published_at or ""), a.title.casefold()),
    "Title": lambda a: a.title.casefold(),
    "Source": lambda a: ((a.source or "\uffff").casefold(), a.title.casefold()),
    "Longest first": lambda a: -a.passages,
}


def _descending(text: str) -> tuple[int, ...]:
    return tuple(-ord(character) for character in text) or (1,)


def found(articles: Iterable["ArticleSummary"], query: str, order: str) -> list["ArticleSummary"]:
    """The articles whose title, source, author or date hold every word of `query`, in `order`."""
    words = query.casefold().split()
    kept = [a for a in articles if all(word in _words(a) for word in words)]
    return sorted(kept, key=ORDERS[order])


def _words(article: "ArticleSummary") -> str:
    fields = (article.title, article.source, article.author, article.published_at)
    return " ".join(filter(None, fields)).casefold()


def article_list_html(articles: Sequence["ArticleSummary"], total: int) -> Markup:
    """A row for each article, up to `MOST_SHOWN`, of the `total` there are."""
    if not articles:
        return el(
            "p", "No articles yet." if not total else "No article matches.", class_="article-list"
        )
    more = len(articles) - MOST_SHOWN
    return el(
        "div",
        el("p", f"{counted(len(articles), 'article')} of {total:,}", class_="count", role="status"),
        el("ul", *(_row(article) for article in articles[:MOST_SHOWN])),
        el("p", f"{more:,} more; search to find them.", class_="count") if more > 0 else None,
        class_="article-list",
    )


def _row(article: "ArticleSummary") -> Markup:
    about = [article.source, day_of(article.published_at), counted(article.passages, "passage")]
    remove = el(
        "button",
        "Remove",
        type="button",
        class_="remove",
        data_confirm="Really remove?",
        aria_label=f"Remove {article.title}",
    )
    title = el("button", article.title, type="button", class_="open", dir="auto")
    return el(
        "li",
        title,
        el("span", listed(*about), class_="about", dir="auto"),
        remove,
        data_article=article.id,
    )


def progress_html(done: int, total: int | None, name: str) -> Markup:
    """How far the adding has come."""
    said = f"{done:,} of {total:,}" if total else f"{done:,}"
    return el(
        "div",
        el("progress", value=done, max=total or None, aria_label="Adding articles"),
        el("p", f"{said} · {name}" if name else "Reading …", dir="auto"),
        class_="adding",
        role="status",
    )


def report_html(report: "IngestReport") -> Markup:
    """What became of the files: added, updated, unchanged, failed and why."""
    counts = [
        f"{number:,} {name}"
        for name in ("added", "updated", "unchanged")
        if (number := getattr(report, name))
    ]
    failed = [el("li", el("b", Path(f.source).name), f": {f.reason}") for f in report.failed]
    return el(
        "div",
        el("p", ", ".join(counts) or "Nothing was added", ".") if counts or not failed else None,
        el("p", f"{len(failed):,} failed:") if failed else None,
        el("ul", *failed, *(el("li", warning) for warning in report.warnings)),
        class_="adding",
        role="status",
    )
