"""Markdown with YAML front matter, as the words a reader sees."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rag.ingestion.loaders.decoding import text_of
from rag.ingestion.loaders.records import RawArticle

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT = re.compile(r"\A\s*---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"^(\w+)[ \t]*:[ \t]*(.*?)[ \t]*$", re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


def read_markdown(path: Path) -> RawArticle:
    """What a Markdown file says, its fields from the front matter.

    Raises `SourceError` when it cannot be read.
    """
    whole = re.sub(r"\r\n?", "\n", text_of(path)).removeprefix("\ufeff")
    front = _FRONT.match(whole)
    fields = front_matter(front[1]) if front else None
    body = visible(whole[front.end() :] if front and fields is not None else whole)
    fields = fields or {}
    return RawArticle(
        body.text,
        id=fields.get("id"),
        title=fields.get("title") or body.heading,
        source=fields.get("source"),
        url=fields.get("url"),
        author=fields.get("author"),
        published_at=fields.get("published_at") or fields.get("date"),
        remarks=(f"removed hidden text: comments ({body.comments})",) if body.comments else (),
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


class Visible(NamedTuple):
    """What a reader of Markdown sees, its first main heading, and how many comments he does not."""

    text: str
    heading: str | None
    comments: int


def visible(markdown: str) -> Visible:
    """Markdown without its markup: marks of headings, emphasis, quotes, links and images.

    The marks of lists stay, and so do code, tables, rules and HTML.
    """
    from markdown_it import MarkdownIt

    # A line that is underlined by dashes is rather the last one above a rule.
    tokens = MarkdownIt("commonmark").disable("lheading").parse(markdown)
    text, mark, end, headings = "", "", 0, []
    for tag, token in zip(["", *(token.tag for token in tokens)], tokens, strict=False):
        if token.type.startswith("list_item"):
            mark = f"{token.info}{token.markup} " if token.nesting > 0 else ""
        elif token.map and not token.nesting:
            words = _words(token)
            headings += [words] if tag == "h1" else []
            text += "\n" * min(token.map[0] - end + 1, 2) + mark + words
            mark, end = "", token.map[1]
    html = [t for token in tokens for t in (token, *(token.children or [])) if "html" in t.type]
    comments = sum(len(_COMMENT.findall(token.content)) for token in html)
    return Visible(text.strip("\n"), headings[0] if headings else None, comments)


def _words(token: "Token") -> str:
    if token.children is not None:
        return "".join(map(_words, token.children))
    if "html" in token.type:
        return _COMMENT.sub("", token.content).rstrip("\n")
    if token.type in {"softbreak", "hardbreak"}:
        return "\n"
    return "---" if token.type == "hr" else token.content.rstrip("\n")
