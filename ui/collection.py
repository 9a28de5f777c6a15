"""What there is to ask, which is nothing while there is no store yet."""

from typing import TYPE_CHECKING

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
