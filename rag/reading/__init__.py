"""Files into articles: text, Markdown, web pages, JSON Lines, folders and globs of them."""

from rag.reading.outcome import Failure, Notice
from rag.reading.reading import Outcome, read
from rag.reading.sources import count

__all__ = ["Failure", "Notice", "Outcome", "count", "read"]
