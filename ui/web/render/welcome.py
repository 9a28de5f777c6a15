"""What an empty conversation shows: what there is to ask."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from ui.web.render.days import days_html
from ui.web.render.html import el, listed
from ui.wording import counted
from vectorstore.records import day_of

if TYPE_CHECKING:
    from rag import ArticleSummary, Overview

NEWEST = 4
_NAMED = 3


def welcome_html(seen: "Overview", newest: Sequence["ArticleSummary"]) -> Markup:
    """The greeting over a collection: how much there is, from whom, of when, and the newest."""
    if not seen.articles:
        return el(
            "div",
            el("h2", "No articles yet"),
            el("p", "Add some under Articles, and ask them here."),
        )
    return el(
        "div",
        el("h2", f"Ask {counted(seen.articles, 'article')}"),
        el("p", "Every statement of an answer leads to the words in an article that say so."),
        el("p", listed(_sources(seen), _days(seen)), class_="extent"),
        days_html(seen.days),
        el("h3", "The newest"),
        el("ul", (_title(article) for article in newest), class_="newest"),
    )


def _sources(seen: "Overview") -> str | None:
    """The sources by name, the largest first, as far as they are few."""
    named = list(seen.sources)
    if len(named) <= _NAMED:
        return ", ".join(named) or None
    return f"{', '.join(named[:_NAMED])} and {counted(len(named) - _NAMED, 'other source')}"


def _days(seen: "Overview") -> str | None:
    days = list(seen.days)
    return " to ".join(dict.fromkeys((days[0], days[-1]))) if days else None


def _title(article: "ArticleSummary") -> Markup:
    return el("li", listed(article.title, day_of(article.published_at)), dir="auto")
