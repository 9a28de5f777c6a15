"""Files into articles, of every kind in `kinds.py`; folders and globs of them."""

from rag.ingestion.loaders.loading import Loaded, Loader
from rag.ingestion.loaders.records import Failure, Notice, Unchanged

__all__ = ["Failure", "Loaded", "Loader", "Notice", "Unchanged"]
