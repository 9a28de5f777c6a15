"""Bytes into text, whatever the encoding; what is not text is refused."""

import codecs
import re
from pathlib import Path

from rag.errors import SourceError

MOST_BYTES = 20_000_000
"""The largest file read whole."""
MOST_PAGES = 5_000
"""The most pages that a document may have."""
MOST_UNPACKED = 60_000_000
"""The most bytes that the texts in a compressed document may have when they are unpacked."""
MOST_SECONDS = 120
"""The longest time that reading a document may take."""
MOST_MEMORY = 2_000_000_000
"""The most bytes of address space that the process has in which documents are read."""

_MARKS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_TYPOGRAPHY = frozenset("‘’‚“”„–—…«»‹›€£¥¢§©®™°·•´¨¡¿ºª½¼¾×\u00a0\u00ad")


def text_of(path: Path) -> str:
    """The text of a whole file. Raises `SourceError` with the reason when there is none."""
    return decode(bytes_of(path))


def bytes_of(path: Path) -> bytes:
    """A whole file. Raises `SourceError` for one larger than `MOST_BYTES`."""
    check_size(path)
    return path.read_bytes()


def check_size(path: Path) -> None:
    """Raise `SourceError` for a file larger than `MOST_BYTES`."""
    if path.stat().st_size > MOST_BYTES:
        raise SourceError(
            f"it is larger than {MOST_BYTES // 1_000_000} MB, the most read as one article; "
            "split it, or make it JSON Lines"
        )


def decode(data: bytes, declared: str | None = None) -> str:
    """The text that `data` encodes, by its byte order mark, as UTF-8, or by the look of it.

    `declared` is the encoding that a web page gives as its own. Raises `SourceError` for data
    that looks like no text.
    """
    text = _decoded(data, declared)
    if text is None or len(_CONTROLS.findall(text)) > len(text) / 100:
        raise SourceError("it is not text but binary data")
    return text


def encoding_of(beginning: bytes) -> str:
    """The encoding of a file that begins so and is too long to be decoded whole."""
    lines = beginning[: beginning.rfind(b"\n") + 1] or beginning
    marked = [encoding for mark, encoding in _MARKS if lines.startswith(mark)]
    if marked:
        return marked[0]
    if lines.count(0) > len(lines) / 5:
        return "utf-16-be" if lines[::2].count(0) > len(lines) / 5 else "utf-16-le"
    if _strictly(lines, "utf-8") is not None:
        return "utf-8"
    from charset_normalizer import from_bytes

    guess = from_bytes(lines).best()
    return guess.encoding if guess and guess.coherence else "cp1252"


def _decoded(data: bytes, declared: str | None) -> str | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data, encoding)
    if data.count(0) > len(data) / 5:
        return _strictly(data, "utf-16-be" if data[::2].count(0) > len(data) / 5 else "utf-16-le")
    certain = (_strictly(data, encoding) for encoding in ("utf-8", declared) if encoding)
    return next((text for text in certain if text is not None), None) or _guessed(data)


def _guessed(data: bytes) -> str | None:
    """By the statistics of its letters; Windows' Western European where those say nothing."""
    from charset_normalizer import from_bytes

    guess = from_bytes(data).best()
    western = _strictly(data, "cp1252")
    if western is not None and (guess is None or not guess.coherence) and _is_western(western):
        return western
    return None if guess is None else str(guess)


def _is_western(text: str) -> bool:
    """Whether the letters beyond ASCII are few, and all else beyond it is punctuation."""
    beyond = [character for character in text if character > "\x7f"]
    letters = sum(map(str.isalpha, beyond))
    return letters * 5 <= len(text) and all(c.isalpha() or c in _TYPOGRAPHY for c in beyond)


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None
