"""The root of every error Footnote raises, and the errors of the store.

The whole tree is drawn in `rag.errors`.
"""


class FootnoteError(Exception):
    """Something a person can mend: the message names the value and the next step."""


class InputError(FootnoteError):
    """An article, question, date or filter cannot be understood."""


class StoreError(FootnoteError):
    """The store cannot be used as asked."""


class StoreMissing(StoreError):
    """There is no store at the place named."""


class StoreForeign(StoreError):
    """The folder exists, holds something, and is not a Footnote store."""


class StoreLocked(StoreError):
    """Another process holds the embedded store, and takes no requests for it."""


class ModelMismatch(StoreError):
    """The store's vectors were made by another embedding model."""
