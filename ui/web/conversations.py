"""Conversations: chosen, renamed, deleted, exported and shared from one menu.

A browser keeps them itself, in one place for all its tabs; its script changes what is there, and
has the server show it.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.events import Dependency
from markupsafe import Markup

from ui.collection import changed
from ui.web.kept import readable, with_changes
from ui.web.parts import AT_ONCE, LAST, html_part
from ui.web.render.export import conversation_html, conversation_markdown
from ui.web.render.menu import menu_html
from ui.web.render.transcript import transcript
from ui.web.shared import SharedConversations

if TYPE_CHECKING:
    from rag import Chatbot


def former_conversations() -> gr.BrowserState:
    """What browsers kept before the list of conversations had a version; it is only read."""
    nothing: dict[str, Any] = {"current": None, "talks": []}
    return gr.BrowserState(nothing, storage_key="footnote", secret="footnote")  # noqa: S106


def exported(title: str, turns: Sequence[Any], kind: str) -> dict[str, str]:
    """A conversation as a file to download: its `name`, media `type` and `text`."""
    if kind == "html":
        text = conversation_html(title, readable(turns))
        return {"name": "conversation.html", "type": "text/html", "text": text}
    text = conversation_markdown(title, readable(turns))
    return {"name": "conversation.md", "type": "text/markdown", "text": text}


def menu_pane() -> gr.HTML:
    """The menu, empty until the page has loaded."""
    script = "footnote.menu(element, trigger, 'act', 'export', 'publish', 'changed')"
    return html_part("menu", script)


def wire_menu(
    bot: "Chatbot",
    page: gr.Blocks,
    menu: gr.HTML,
    shared: SharedConversations,
    *,
    past: gr.HTML,
    live: gr.HTML,
    asked: Dependency,
    saved: Dependency,
) -> None:
    """The menu's events, with those that show what the browser keeps.

    Choosing another conversation gives up the answer `asked` for; `saved` is one more turn kept.
    """

    def show(turns: list[Any]) -> tuple[Markup, str]:
        known = readable(turns)
        return transcript(with_changes(known, changed(bot)), len(turns) - len(known)), ""

    former, kept, turns = former_conversations(), _sent(), _sent()
    listed: Any = {"js": "(former) => [footnote.conversations(former)]", **AT_ONCE}
    shown: Any = {"js": "(former) => [footnote.turns(former)]", **AT_ONCE}
    page.load(menu_html, former, menu, **listed)
    page.load(show, former, [past, live], **shown)
    saved.then(menu_html, kept, menu, **listed)
    menu.changed(menu_html, kept, menu, **{**listed, **LAST})
    acting = menu.act(menu_html, kept, menu, cancels=asked, **{**listed, **LAST})
    acting.then(show, turns, [past, live], **shown)
    _wire_taking_away(menu, shared)


def _wire_taking_away(menu: gr.HTML, shared: SharedConversations) -> None:
    """A conversation becomes a file, or a page that a link leads to."""

    def export(turns: list[Any], pressed: dict[str, str]) -> dict[str, str]:
        return exported(pressed["title"], turns, pressed["kind"])

    def share(turns: list[Any], pressed: dict[str, str]) -> dict[str, str]:
        html = conversation_html(pressed["title"], readable(turns), shared=True)
        return {"name": shared.add(html)}

    js = "() => [footnote.exporting(), footnote.pressed.export]"
    file, link = _sent(), _sent()
    exporting = menu.export(export, [_sent(), _sent()], file, js=js, **LAST)
    exporting.then(None, file, js="footnote.download")
    sharing = menu.publish(share, [_sent(), _sent()], link, js=js, **LAST)
    sharing.then(None, link, js="footnote.linked")


def _sent() -> gr.JSON:
    """What goes between the page's script and the server."""
    return gr.JSON(visible="hidden")
