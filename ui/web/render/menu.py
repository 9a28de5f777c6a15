"""The menu of a browser's conversations as HTML."""

from markupsafe import Markup

from ui.web.kept import UNTITLED, KeptConversation, KeptConversations
from ui.web.render.html import el
from ui.wording import counted


def menu_html(conversations: KeptConversations) -> Markup:
    """A button for a new conversation, and the list of the others folded away."""
    kept, current = conversations["conversations"], conversations["current"]
    if not kept:
        return el("div", el("p", UNTITLED, class_="title", dir="auto"), class_="menu")
    title = next((one["title"] for one in kept if one["id"] == current), UNTITLED)
    return el(
        "div",
        el("p", title, class_="title", dir="auto"),
        el(
            "details",
            el("summary", counted(len(kept), "conversation")),
            el("ul", (_entry(one, is_current=one["id"] == current) for one in kept)),
        ),
        el("button", "New", type="button", data_act="new", class_="new"),
        class_="menu",
    )


def _entry(conversation: KeptConversation, *, is_current: bool) -> Markup:
    title = conversation["title"]
    choose = el(
        "button",
        title,
        type="button",
        class_="choose",
        dir="auto",
        data_act="choose",
        aria_current="true" if is_current else None,
    )
    change = el(
        "details",
        el("summary", "Change", aria_label=f"Change {title}"),
        _rename(title),
        el("button", "Save as Markdown", type="button", data_export="markdown"),
        el("button", "Save as HTML", type="button", data_export="html"),
        el("button", "Share a link", type="button", data_export="shared"),
        el("button", "Delete", type="button", data_act="delete", data_confirm="Really delete?"),
    )
    return el("li", choose, change, data_conversation=conversation["id"])


def _rename(title: str) -> Markup:
    field = el("input", name="title", value=title, aria_label="Title", maxlength=80, dir="auto")
    return el("form", field, el("button", "Rename", type="submit"), data_act="rename")
