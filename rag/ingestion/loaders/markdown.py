"""Markdown with YAML front matter, as the words a reader sees."""

import re
from collections.abc import Mapping
from pathlib import Path

from rag.ingestion.loaders.decoding import text_of
from rag.ingestion.loaders.records import RawArticle

_FRONT = re.compile(r"\A\s*---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"^(\w+)[ \t]*:[ \t]*(.*?)[ \t]*$", re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_FENCE = re.compile(r"^(```|~~~)[^\n]*\n.*?(?:^\1[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
# Bounds and possessive marks keep these linear in hostile text.
_HEADING = r"^[ ]{0,3}#%s[ \t]+(\S.{0,300}?)[ \t]*+#*+[ \t]*+$"
_TARGET = r"\([^()\s]*+(?:\s+\"[^\"\n]*+\")?\)"
_MARKUP = [
    (re.compile(_HEADING % "{1,6}", re.MULTILINE), r"\1"),
    (re.compile(r"^(?:[ ]{0,3}>[ ]?)++", re.MULTILINE), ""),
    (re.compile(r"!\[([^\[\]\n]*+)\]" + _TARGET), r"\1"),
    (re.compile(r"\[([^\[\]\n]++)\]" + _TARGET), r"\1"),
    (re.compile(r"(\*\*|__)(?=\S)([^\n]{0,500}?\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]{0,500}?\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w_])_(?=\S)([^_\n]{0,500}?\S)_(?![\w_])"), r"\1"),
]
_TITLE = re.compile(_HEADING % "", re.MULTILINE)


def read_markdown(path: Path) -> RawArticle:
    """What a Markdown file says, its fields from the front matter.

    Raises `SourceError` when it cannot be read.
    """
    whole = text_of(path).replace("\r\n", "\n").removeprefix("\ufeff")
    front = _FRONT.match(whole)
    fields = front_matter(front[1]) if front else None
    body = whole[front.end() :] if front and fields is not None else whole
    body, comments = _COMMENT.subn("", body)
    heading = _TITLE.search(body)
    fields = fields or {}
    return RawArticle(
        visible_text(body),
        id=fields.get("id"),
        title=fields.get("title") or (visible_text(heading[1]) if heading else None),
        source=fields.get("source"),
        url=fields.get("url"),
        author=fields.get("author"),
        published_at=fields.get("published_at") or fields.get("date"),
        remarks=(f"removed hidden text: comments ({comments})",) if comments else (),
    )


def front_matter(block: str) -> Mapping[str, object] | None:
    """The fields of a front matter, every value a string or a list; None when it has none.

    What is no valid YAML, such as a title with a colon, is taken line by line.
    """
    import yaml

    try:
        fields = yaml.BaseLoader(block).get_single_data()
    except (yaml.YAMLError, RecursionError):
        fields = {name: _value(written) for name, written in _FIELD.findall(block)}
    if not isinstance(fields, dict):
        return None
    return {str(name).lower(): value for name, value in fields.items()}


def _value(written: str) -> object:
    import yaml

    try:
        value = yaml.BaseLoader(written).get_single_data()
    except (yaml.YAMLError, RecursionError):
        return written
    return value if isinstance(value, str | list) else written


def visible_text(markdown: str) -> str:
    """The text without its markup: marks of headings, emphasis, quotes, links and images.

    Code between fences stays as it is, and so does whatever is not certainly markup.
    """
    pieces, last = [], 0
    for fence in _FENCE.finditer(markdown):
        pieces += [_unmarked(markdown[last : fence.start()]), fence[0]]
        last = fence.end()
    return "".join([*pieces, _unmarked(markdown[last:])])


def _unmarked(markdown: str) -> str:
    for pattern, words in _MARKUP:
        markdown = pattern.sub(words, markdown)
    return markdown
