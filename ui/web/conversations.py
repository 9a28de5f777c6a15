"""Conversations: kept in the browser, chosen, renamed, deleted and exported from one menu."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.events import Dependency
from markupsafe import Markup

from ui.collection import changed
from ui.web.kept import (
    UNTITLED,
    KeptConversation,
    KeptConversations,
    PageTurn,
    shorten,
    with_changes,
)
from ui.web.parts import AT_ONCE, LAST, html_part
from ui.web.render.export import conversation_html, conversation_markdown
from ui.web.render.menu import menu_html
from ui.web.render.transcript import transcript

if TYPE_CHECKING:
    from rag import Chatbot


def kept_conversations() -> gr.BrowserState:
    """The conversations of the browser that shows the page.

    The secret is none: it is the same for everyone, so that a restart of the server does not make
    what browsers keep unreadable.
    """
    nothing: KeptConversations = {"current": None, "talks": []}
    return gr.BrowserState(nothing, storage_key="footnote", secret="footnote")  # noqa: S106


def acted(conversations: KeptConversations, action: Mapping[str, Any]) -> KeptConversations:
    """The conversations after an action of the menu; what names none of them changes nothing."""
    name, chosen = action["act"], action.get("conversation")
    current, kept = conversations["current"], conversations["talks"]
    others = [one for one in kept if one["id"] != chosen]
    match name:
        case "new":
            return {"current": None, "talks": kept}
        case "choose":
            return {"current": chosen, "talks": kept}
        case "rename":
            title = shorten(str(action["title"]), 80) or UNTITLED
            renamed = [_titled(one, title) if one["id"] == chosen else one for one in kept]
            return {"current": current, "talks": renamed}
        case "delete":
            return {"current": None if current == chosen else current, "talks": others}
    return conversations


def _titled(conversation: KeptConversation, title: str) -> KeptConversation:
    return {**conversation, "title": title}


def exported(title: str, turns: Sequence[PageTurn], kind: str) -> dict[str, str]:
    """A conversation as a file to download: its `name`, media `type` and `text`."""
    if kind == "html":
        text = conversation_html(title, turns)
        return {"name": "conversation.html", "type": "text/html", "text": text}
    text = conversation_markdown(title, turns)
    return {"name": "conversation.md", "type": "text/markdown", "text": text}


def menu_pane() -> gr.HTML:
    """The menu, empty until the page has loaded."""
    return html_part("menu", "footnote.menu(element, trigger, 'act', 'export')")


def wire_menu(
    bot: "Chatbot",
    page: gr.Blocks,
    menu: gr.HTML,
    conversations: gr.BrowserState,
    *,
    past: gr.HTML,
    live: gr.HTML,
    asked: Dependency,
) -> None:
    """The menu's events, with those that keep it and the turns in step with what is kept.

    Choosing another conversation gives up the answer `asked` for.
    """

    def shown(turns: list[PageTurn]) -> tuple[Markup, str]:
        return transcript(with_changes(turns, changed(bot))), ""

    pressed = gr.JSON(visible="hidden")
    turns: Any = {"js": "(kept) => [footnote.turns(kept)]", **AT_ONCE}
    page.load(menu_html, conversations, menu, **AT_ONCE)
    page.load(shown, conversations, [past, live], **turns)
    conversations.change(menu_html, conversations, menu, js="footnote.tidied", **AT_ONCE)
    js = "(kept) => [kept, footnote.pressed.act]"
    acting = menu.act(acted, [conversations, pressed], conversations, js=js, cancels=asked, **LAST)
    acting.then(shown, conversations, [past, live], **turns)
    _wire_export(menu, conversations, pressed)


def _wire_export(menu: gr.HTML, conversations: gr.BrowserState, pressed: gr.JSON) -> None:
    def export(turns: list[PageTurn], pressed: dict[str, str]) -> dict[str, str]:
        return exported(pressed["title"], turns, pressed["kind"])

    file = gr.JSON(visible="hidden")
    js = "(kept) => [footnote.turns(kept), footnote.pressed.export]"
    exporting = menu.export(export, [conversations, pressed], file, js=js, **LAST)
    exporting.then(None, file, js="footnote.download")
