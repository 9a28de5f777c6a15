"""A title and an id for articles that come without."""

import re
import unicodedata
from hashlib import sha256
from pathlib import Path
from urllib.parse import urldefrag

from rag.text.sentences import sentence_spans

_LONGEST_TITLE = 120
_WORDS_FROM_TEXT = 14
_HEADING = re.compile(r"#{1,6}\s+(\S.{0,300}?)\s*+#*+$")
# A word of letters only, unlike the digits and hashes that programs name files by.
_REAL_WORD = re.compile(r"(?<![^\W_])[^\W\d_]{3,}(?![^\W_])")


def title_in(text: str, name: str | None) -> str:
    """The title of a text: its first line if that is short and no sentence, else the file's name.

    A name without words in it gives way to the first words of the text.
    """
    first, _, rest = text.lstrip().partition("\n")
    heading = _HEADING.match(first)
    if heading:
        return heading[1]
    if rest and len(first) <= _LONGEST_TITLE and first.rstrip()[-1:] not in ".!:;,":
        return first.strip()
    if name and _REAL_WORD.search(name):
        return " ".join(re.split(r"[\s_-]+", name)).strip()
    return _first_words(text)


def _first_words(text: str) -> str:
    start, end = sentence_spans(text)[0]
    words = text[start:end].split()
    cut = " ".join(words[:_WORDS_FROM_TEXT])[:_LONGEST_TITLE]
    return cut if len(words) <= _WORDS_FROM_TEXT else f"{cut.rstrip(',;:')}…"


def id_of_file(path: Path) -> str:
    """The same for the same file, by whatever path it is reached, and for no other."""
    place = path.resolve()
    return f"{_slug(place.stem)}-{_short_hash(place.as_posix())}"


def id_of_url(url: str) -> str:
    """The same for the same page; the fragment does not count."""
    page = urldefrag(url).url.rstrip("/")
    return f"{_slug(page.rsplit('/', 1)[-1])}-{_short_hash(page)}"


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "article"


def _short_hash(text: str) -> str:
    return sha256(text.encode(errors="surrogateescape")).hexdigest()[:10]
