"""What is stored and how it is found: the encoder, the store, and the records they exchange.

The encoder and the store load numpy, so they are imported when first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from vectorstore.errors import (
    FootnoteError,
    ModelMismatch,
    StoreError,
    StoreForeign,
    StoreLocked,
    StoreMissing,
    WeightsError,
)
from vectorstore.records import Article, Candidate, Hit, Passage, Scope

if TYPE_CHECKING:
    from vectorstore.catalog import ArticleSummary, article_digest
    from vectorstore.encoder import Embedder, Encoder
    from vectorstore.store import ArticleStore

__all__ = [
    "Article",
    "ArticleStore",
    "ArticleSummary",
    "Candidate",
    "Embedder",
    "Encoder",
    "FootnoteError",
    "Hit",
    "ModelMismatch",
    "Passage",
    "Scope",
    "StoreError",
    "StoreForeign",
    "StoreLocked",
    "StoreMissing",
    "WeightsError",
    "article_digest",
]

_LATER = {
    "ArticleStore": "store",
    "ArticleSummary": "catalog",
    "Embedder": "encoder",
    "Encoder": "encoder",
    "article_digest": "catalog",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
