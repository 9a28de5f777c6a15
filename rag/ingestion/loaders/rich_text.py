"""Rich Text Format as articles."""

import re
from pathlib import Path

from rag.errors import SourceError
from rag.ingestion.loaders.decoding import bytes_of
from rag.ingestion.loaders.records import RawArticle

_INFO = re.compile(r"\{\\info\b.{0,20000}", re.DOTALL)
_FIELD = r"\{\\%s ((?:[^{}\\]|\\'[0-9a-f]{2}|\\u-?\d++ ?)*+)\}"
_TIME = re.compile(r"\{\\(?:revtim|creatim)\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")
_CELL = re.compile(r"[ \t]*\n?\|[ \t]*(?!\n|\Z)")
_LAST_CELL = re.compile(r"[ \t]*\|[ \t]*$", re.MULTILINE)
_BLANK = re.compile(r"\n\s*\n")


def read_rtf(path: Path) -> RawArticle:
    """What an RTF file says, with title, author and the day it was last saved.

    Raises `SourceError` for one that is none.
    """
    from striprtf.striprtf import rtf_to_text

    written = bytes_of(path).decode("cp1252", errors="replace")
    if not written.lstrip().startswith(r"{\rtf"):
        raise SourceError("it is damaged, or no RTF")
    info = _INFO.search(written)
    head = info[0] if info else ""
    text = _LAST_CELL.sub("", rtf_to_text(written, errors="replace"))
    return RawArticle(
        _BLANK.sub("\n\n", _CELL.sub(" | ", text)).replace("\t", " "),
        title=_field(head, "title"),
        author=_field(head, "author"),
        published_at=_day(head),
    )


def _field(info: str, name: str) -> str | None:
    from striprtf.striprtf import rtf_to_text

    found = re.search(_FIELD % name, info)
    return rtf_to_text(rf"{{\rtf1 {found[1]}}}", errors="replace").strip() if found else None


def _day(info: str) -> str | None:
    found = _TIME.search(info)
    return f"{found[1]}-{found[2]:0>2}-{found[3]:0>2}" if found else None
