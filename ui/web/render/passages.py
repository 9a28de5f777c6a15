"""Passages as HTML: buttons that open them, and what was found while an answer is made."""

from collections.abc import Sequence

from markupsafe import Markup

from ui.web.kept import shorten
from ui.web.render.article import Span
from ui.web.render.documents import Document
from ui.web.render.html import el
from ui.wording import counted


def passage_button(hit: Document) -> Markup:
    """A passage by its article's title; pressing it opens it in its article."""
    version = hit.get("version", "")  # older kept turns have none
    return el(
        "button",
        shorten(hit["title"], 90),
        type="button",
        class_="passage",
        dir="auto",
        **Span(0, hit["article"], hit["start"], hit["end"], hit["title"], version).data(),
    )


def found_html(hits: Sequence[Document]) -> Markup:
    """The passages that an answer is being made from, best first."""
    return el(
        "section",
        el("h2", f"{counted(len(hits), 'passage')} found"),
        el("p", "The answer is being made from these."),
        el("ol", (el("li", passage_button(hit), excerpt(hit)) for hit in hits), class_="found"),
        class_="source passages",
        aria_label="Passages found",
        tabindex=0,
    )


def excerpt(hit: Document) -> Markup:
    """The start of its text."""
    return el("span", hit["text"], dir="auto", class_="excerpt")
