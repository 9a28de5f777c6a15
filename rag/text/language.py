"""Which language a text is in."""

from functools import cache
from typing import Any

_ENGLISH = ("en", "pcm")
"""English, and Nigerian Pidgin, which short English sentences are taken for."""
UNLIKELY, LIKELY = 0.05, 0.3
"""A text is in another language where that is likely, and English is not."""


def is_english(text: str) -> bool:
    """Whether a text may be English; a name or a number alone may."""
    probability = dict(_identifier().rank(text))
    english = sum(probability.get(code, 0.0) for code in _ENGLISH)
    return bool(english >= UNLIKELY or max(probability.values()) < LIKELY)


@cache
def _identifier() -> Any:
    """py3langid's model (Lui and Baldwin 2012), which takes a moment to read."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
