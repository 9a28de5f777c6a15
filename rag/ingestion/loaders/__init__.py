"""Files into articles: text, Markdown, web pages, JSON Lines, folders and globs of them."""

from rag.ingestion.loaders.loading import Outcome, read
from rag.ingestion.loaders.outcome import Failure, Notice
from rag.ingestion.loaders.sources import count

__all__ = ["Failure", "Notice", "Outcome", "count", "read"]
