"""Web pages: the article in them, without what a visitor does not see."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import SourceError
from rag.ingestion.loaders.decoding import bytes_of, decode
from rag.ingestion.loaders.records import RawArticle

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_CHARSET = re.compile(rb"""charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_CONCEALING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)"
    r"|font-size\s*:\s*0(?:\.0+)?\s*(?:px|r?em|pt|%)?\s*(?:;|!|$)"
    r"|(?:left|top|text-indent|margin-left)\s*:\s*-\d{3,}"
    r"|clip\s*:\s*rect\(\s*[01]|clip-path\s*:\s*inset\(\s*(?:50|100)%"
    r"|(?:^|[;{\s])(?:max-)?(?:height|width)\s*:\s*0(?:px)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_COLOUR = re.compile(r"(?:^|[;\s])(color|background(?:-color)?)\s*:\s*([^;!]+)", re.IGNORECASE)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SELECTOR = re.compile(r"\s*[\w-]*([.#])([\w-]+)\s*$")
_NESTED_RULES = re.compile(r"@[^{};]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_UNSEEN_CLASSES = {"sr-only", "visually-hidden", "screen-reader-text"}
_NEVER_HIDDEN = {"html", "head", "body", "main", "article", "script", "style", "meta", "link"}
_IMPRINT = re.compile(
    r"(?:\n[^\n]{0,40}(?:©|\(c\) ?\d|copyright \d|all rights reserved|alle rechte vorbehalten"
    r"|tous droits réservés|todos los derechos reservados)[^\n]{0,160})+\s*$",
    re.IGNORECASE,
)
_WHITE = {"white", "#fff", "#ffffff", "rgb(255,255,255)", "rgba(255,255,255,1)"}


def read_webpage(path: Path) -> RawArticle:
    """The article in an HTML file; see `article_in`."""
    return article_in(parsed(bytes_of(path)))


def parsed(data: bytes, charset: str | None = None) -> "HtmlElement":
    """The tree of an HTML page. Raises `SourceError` for data that is none.

    `charset` is what its server calls its encoding; without one it is what the page says.
    """
    from lxml.etree import ParserError
    from lxml.html import HTMLParser, document_fromstring

    declared = _CHARSET.search(data[:2048])
    text = decode(data, charset or (declared[1].decode("ascii") if declared else None))
    try:
        return document_fromstring(text.encode(), parser=HTMLParser(encoding="utf-8"))
    except ParserError as error:
        raise SourceError("it is empty") from error


def article_in(tree: "HtmlElement", url: str | None = None) -> RawArticle:
    """The article in a page, with title, author, date and site's name.

    What a visitor does not see is taken out of `tree` first. Raises `SourceError` when there is no
    article in it.
    """
    import trafilatura

    remarks = _strip_hidden(tree)
    page = trafilatura.bare_extraction(
        tree,
        url=url,
        with_metadata=True,
        include_comments=False,
        date_extraction_params={"original_date": True, "extensive_search": False},
    )
    if page is None or isinstance(page, dict) or not page.text:
        raise SourceError("no article was found in the page")
    return RawArticle(
        _IMPRINT.sub("", page.text),
        title=page.title,
        source=page.sitename,
        url=page.url,
        author=page.author and page.author.replace("; ", ", "),
        published_at=page.date,
        remarks=remarks,
    )


def _strip_hidden(tree: "HtmlElement") -> tuple[str, ...]:
    """Take out what a browser does not show, in place; a remark on it if it had words."""
    from lxml.html import HtmlComment

    concealed = _concealed_names(tree)
    hidden = [element for element in tree.iter("*") if _is_hidden(element, concealed)]
    comments = [node for node in tree.iter() if isinstance(node, HtmlComment)]
    found = {
        "elements": sum(bool(element.text_content().strip()) for element in hidden),
        "comments": sum(len(re.findall(r"\w+", note.text or "")) > 2 for note in comments),
    }
    for node in [*hidden, *comments]:
        if node.getparent() is not None:
            node.drop_tree()
    listed = ", ".join(f"{kind} ({number})" for kind, number in found.items() if number)
    return (f"removed hidden text: {listed}",) if listed else ()


def visible_page(data: bytes, charset: str | None = None) -> tuple["HtmlElement", tuple[str, ...]]:
    """The whole of an HTML page without what is not seen, and a remark if that had words."""
    tree = parsed(data, charset)
    return tree, _strip_hidden(tree)


def _concealed_names(tree: "HtmlElement") -> set[str]:
    """The classes (`.name`) and ids (`#name`) that the page's own style sheets do not show."""
    names = {f".{name}" for name in _UNSEEN_CLASSES}
    for sheet in tree.iter("style"):
        for selectors, body in _RULE.findall(_NESTED_RULES.sub("", sheet.text or "")):
            if _conceals(body):
                simple = (_SELECTOR.fullmatch(one) for one in selectors.split(","))
                names.update(match[1] + match[2] for match in simple if match)
    return names


def _is_hidden(element: "HtmlElement", concealed: set[str]) -> bool:
    """Whether a browser shows nothing of `element`, as far as the page itself says."""
    if element.tag in _NEVER_HIDDEN:
        return False
    names = {f".{name}" for name in (element.get("class") or "").split()}
    names.add(f"#{element.get('id')}")
    return (
        element.tag in {"template", "noscript"}
        or element.get("hidden") is not None
        or (element.get("aria-hidden") or "").lower() == "true"
        or bool(names & concealed)
        or _conceals(element.get("style") or "")
        or _is_white_on_white(element)
    )


def _conceals(style: str) -> bool:
    return bool(_CONCEALING.search(style))


def _is_white_on_white(element: "HtmlElement") -> bool:
    """Whether its own style gives it the colour of its ground, which is white if none says else."""
    colour = _colours(element).get("color")
    if colour is None:
        return False
    grounds = (_colours(e) for e in [element, *element.iterancestors()])
    ground = next((g["background"] for g in grounds if "background" in g), "white")
    return colour == ground or (colour in _WHITE and ground in _WHITE)


def _colours(element: "HtmlElement") -> dict[str, str]:
    found = _COLOUR.findall(element.get("style") or "")
    return {name.lower()[:10]: "".join(value.lower().split()) for name, value in found}
