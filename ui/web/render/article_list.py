"""The list of articles as HTML, a page of it at a time."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from ui.web.render.html import el, listed
from ui.wording import counted
from vectorstore.records import day_of

if TYPE_CHECKING:
    from rag import ArticleSummary

PAGE = 50
"""How many articles come at a time."""


def article_list_html(articles: Sequence["ArticleSummary"], matching: int, total: int) -> Markup:
    """The first articles of those `matching`, of the `total` there are; a button brings more."""
    if not articles:
        said = "No article matches." if total else "No articles yet."
        return el("p", said, class_="article-list", role="status")
    more = matching > len(articles)
    return el(
        "div",
        el("p", _counts(matching, total), class_="count", role="status"),
        el("ul", rows(articles)),
        el("button", "More", type="button", class_="more") if more else None,
        class_="article-list",
        data_matching=matching,
    )


def more_html(articles: Iterable["ArticleSummary"]) -> Markup:
    """The next articles, which the page appends to its list."""
    return el("ul", rows(articles))


def rows(articles: Iterable["ArticleSummary"]) -> Iterable[Markup]:
    """A row for each article."""
    return (_row(article) for article in articles)


def _counts(matching: int, total: int) -> str:
    found = counted(matching, "article")
    return found if matching == total else f"{found} of {total:,}"


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
