"""What there is to know of an article's text: where it is as well, and how it has changed."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from ui.web.render.html import el
from vectorstore.records import day_of

if TYPE_CHECKING:
    from rag import Edit, Revision


def revisions_html(
    revisions: Sequence["Revision"], also: str | None = None, since: str | None = None
) -> Markup | None:
    """Where the report is `also`, what has changed `since` it was cited, and every revision."""
    if not (revisions or also or since):
        return None
    return el(
        "aside",
        el("p", since, class_="since", role="status") if since else None,
        el("p", f"{also[0].upper()}{also[1:]}", dir="auto") if also else None,
        (_revision(revision) for revision in revisions),
        class_="revisions",
    )


def _revision(revision: "Revision") -> Markup:
    return el(
        "details",
        el("summary", f"Changed on {day_of(revision.changed_at)}"),
        (el("p", _edit(edit), dir="auto") for edit in revision.edits),
    )


def _edit(edit: "Edit") -> Iterator[Markup]:
    if edit.removed:
        yield el("del", edit.removed)
    if edit.removed and edit.added:
        yield el("br")
    if edit.added:
        yield el("ins", edit.added)
