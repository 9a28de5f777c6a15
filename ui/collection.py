"""What there is to ask, which is nothing while there is no store yet."""

from typing import TYPE_CHECKING

from rag import Overview
from rag.errors import StoreMissing

if TYPE_CHECKING:
    from rag import ArticleSummary, Chatbot


def stored(bot: "Chatbot") -> list["ArticleSummary"]:
    """Every article, without its text."""
    try:
        return bot.articles()
    except StoreMissing:
        return []


def changed(bot: "Chatbot") -> list["ArticleSummary"]:
    """The articles whose texts have changed."""
    try:
        return bot.changed()
    except StoreMissing:
        return []


def extent(bot: "Chatbot") -> tuple[int, int]:
    """How many passages of how many articles there are."""
    try:
        return bot.store.passages, bot.store.count()
    except StoreMissing:
        return 0, 0


def overview(bot: "Chatbot") -> Overview:
    """The collection in figures."""
    try:
        return bot.overview()
    except StoreMissing:
        return Overview()


def newest(bot: "Chatbot", limit: int) -> list["ArticleSummary"]:
    """The `limit` articles published last."""
    try:
        return bot.articles(limit=limit, order="newest")
    except StoreMissing:
        return []
