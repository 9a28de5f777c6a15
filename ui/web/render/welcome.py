"""What an empty conversation shows: what there is to ask."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from ui.web.render.html import counted, el, listed
from vectorstore.records import day_of

if TYPE_CHECKING:
    from rag import ArticleSummary

_NEWEST = 4


def welcome_html(articles: Sequence["ArticleSummary"]) -> Markup:
    """The greeting over these articles."""
    if not articles:
        return el(
            "div",
            el("h2", "No articles yet"),
            el("p", "Add some under Articles, and ask them here."),
        )
    newest = sorted(articles, key=lambda article: article.published_at or "", reverse=True)
    return el(
        "div",
        el("h2", f"Ask {counted(len(articles), 'article')}"),
        el("p", "Every statement of an answer leads to the words in an article that say so."),
        el("p", listed(_sources(articles), _days(articles)), class_="extent"),
        el("ul", (_title(article) for article in newest[:_NEWEST]), class_="newest"),
    )


def _sources(articles: Sequence["ArticleSummary"]) -> str | None:
    named = sorted({article.source for article in articles if article.source})
    return counted(len(named), "source") if len(named) > 3 else ", ".join(named) or None


def _days(articles: Sequence["ArticleSummary"]) -> str | None:
    days = sorted({day for article in articles if (day := day_of(article.published_at))})
    return " to ".join(dict.fromkeys((days[0], days[-1]))) if days else None


def _title(article: "ArticleSummary") -> Markup:
    return el("li", listed(article.title, day_of(article.published_at)), dir="auto")
