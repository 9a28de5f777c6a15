"""Every error that Footnote raises on purpose.

FootnoteError
├── StoreError
│   ├── StoreMissing      there is no store at the place named
│   ├── StoreForeign      the folder is not a Footnote store
│   ├── StoreLocked       another process holds the embedded store, and takes no requests
│   └── ModelMismatch     the store's vectors are of another model
├── WeightsError          a model's weights are absent or damaged
├── SettingsError         a setting has a value that means nothing
├── SourceError           a source of articles cannot be read
│   ├── SourceGone        ... since it is there no more
│   └── SourceUnavailable ... and may be had another time
├── InputError            an article, question, date or filter cannot be understood
├── ArticleMissing        no article has the id asked for
└── ModelError            the language model's server did not answer usefully
    └── ModelUnavailable  ... and may do so another time; nothing is set up wrongly
"""

from vectorstore.errors import (
    FootnoteError,
    InputError,
    ModelMismatch,
    StoreError,
    StoreForeign,
    StoreLocked,
    StoreMissing,
)

__all__ = [
    "ArticleMissing",
    "FootnoteError",
    "InputError",
    "ModelError",
    "ModelMismatch",
    "ModelUnavailable",
    "SettingsError",
    "SourceError",
    "SourceGone",
    "SourceUnavailable",
    "StoreError",
    "StoreForeign",
    "StoreLocked",
    "StoreMissing",
    "WeightsError",
]


class WeightsError(FootnoteError):
    """A model's weights are absent, damaged or not the ones expected."""


class SettingsError(FootnoteError):
    """A setting has a value that means nothing."""


class SourceError(FootnoteError):
    """A file, folder or line of articles cannot be read."""


class SourceGone(SourceError):
    """A page of the web is there no more."""


class SourceUnavailable(SourceError):
    """A page of the web is not to be had for now."""


class ArticleMissing(FootnoteError):
    """No article has the id asked for."""


class ModelError(FootnoteError):
    """The language model's server did not answer, or not usefully."""


class ModelUnavailable(ModelError):
    """The language model gave nothing for now: the question can be answered without it."""
