"""Files into articles: text, Markdown, web pages, JSON Lines, folders and globs of them."""

from rag.reading.outcome import Failure, Notice
from rag.reading.reading import read
from rag.reading.sources import count, exists

__all__ = ["Failure", "Notice", "count", "exists", "read"]
