"""Conversations: kept in the browser, chosen, renamed, deleted and exported from one menu."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict
from uuid import uuid4

import gradio as gr
from gradio.events import Dependency

from ui.web.render.export import talk_html, talk_markdown
from ui.web.render.html import Html, el
from ui.web.render.transcript import counted, transcript
from ui.web.turns import Turn, shorten

_UNTITLED = "New conversation"
_QUIET: Any = {"show_progress": "hidden", "queue": False, "api_visibility": "private"}
_LAST: Any = {"trigger_mode": "always_last", **_QUIET}
"""What is pressed while the same event is under way comes after it, and is not dropped."""


class Talk(TypedDict):
    """One conversation: the ids of its turns, which the browser keeps one by one.

    Gradio writes its state anew, encrypted, on each change; with all turns in it, an answer would
    take the longer the more there were before.
    """

    id: str
    title: str
    turns: list[str]


class Talks(TypedDict):
    """Every conversation of one browser, the latest first, and the id of the one on the page."""

    current: str | None
    talks: list[Talk]


def kept_talks() -> gr.BrowserState:
    """The conversations of the browser that shows the page.

    The secret is none: it is the same for everyone, so that a restart of the server does not make
    what browsers keep unreadable.
    """
    nothing: Talks = {"current": None, "talks": []}
    return gr.BrowserState(nothing, storage_key="footnote", secret="footnote")  # noqa: S106


def acted(talks: Talks, action: Mapping[str, Any]) -> Talks:
    """The conversations after an action of the menu; what names no conversation changes nothing."""
    name, chosen = action["act"], action.get("talk")
    kept = talks["talks"]
    match name:
        case "new":
            return {"current": None, "talks": kept}
        case "choose":
            return {"current": chosen, "talks": kept}
        case "rename":
            title = shorten(str(action["title"]), 80) or _UNTITLED
            return {**talks, "talks": [_titled(t, title) if t["id"] == chosen else t for t in kept]}
        case "delete":
            current = None if talks["current"] == chosen else talks["current"]
            return {"current": current, "talks": [t for t in kept if t["id"] != chosen]}
    return talks


def _titled(talk: Talk, title: str) -> Talk:
    return {**talk, "title": title}


def exported(title: str, turns: Sequence[Turn], kind: str) -> dict[str, str]:
    """A conversation as a file to download: its `name`, media `type` and `text`."""
    if kind == "html":
        text = talk_html(title, turns)
        return {"name": "conversation.html", "type": "text/html", "text": text}
    text = talk_markdown(title, turns)
    return {"name": "conversation.md", "type": "text/markdown", "text": text}


def menu_html(talks: Talks) -> Html:
    """A button for a new conversation, and the list of the others folded away."""
    kept = talks["talks"]
    current = next((t["title"] for t in kept if t["id"] == talks["current"]), _UNTITLED)
    return el(
        "div",
        el("p", current, class_="title", dir="auto"),
        el(
            "details",
            el("summary", counted(len(kept), "conversation")),
            el("ul", *(_entry(talk, talks["current"]) for talk in kept)),
        )
        if kept
        else None,
        el("button", "New", type="button", data_act="new", class_="new") if kept else None,
        class_="menu",
    )


def _entry(talk: Talk, current: str | None) -> Html:
    return el(
        "li",
        el(
            "button",
            talk["title"],
            type="button",
            class_="choose",
            dir="auto",
            data_act="choose",
            aria_current="true" if talk["id"] == current else None,
        ),
        el(
            "details",
            el("summary", "Change", aria_label=f"Change {talk['title']}"),
            _rename(talk["title"]),
            el("button", "Save as Markdown", type="button", data_export="markdown"),
            el("button", "Save as HTML", type="button", data_export="html"),
            el("button", "Delete", type="button", data_act="delete", data_confirm="Really delete?"),
        ),
        data_talk=talk["id"],
    )


def _rename(title: str) -> Html:
    field = el("input", name="title", value=title, aria_label="Title", maxlength=80, dir="auto")
    return el("form", field, el("button", "Rename", type="submit"), data_act="rename")


def menu_pane() -> gr.HTML:
    """The menu, empty until the page has loaded."""
    return gr.HTML(
        "",
        elem_id="menu",
        apply_default_css=False,
        js_on_load="footnote.menu(element, trigger, 'act', 'export')",
    )


def wire_menu(
    page: gr.Blocks,
    menu: gr.HTML,
    talks: gr.BrowserState,
    *,
    past: gr.HTML,
    live: gr.HTML,
    asked: Dependency,
) -> None:
    """The menu's events, with those that keep it and the turns in step with what is kept.

    Choosing another conversation gives up the answer `asked` for.
    """
    pressed = gr.JSON(visible="hidden")
    turns: Any = {"js": "(talks) => [footnote.turns(talks)]", **_QUIET}
    page.load(menu_html, talks, menu, **_QUIET)
    page.load(_shown, talks, [past, live], **turns)
    talks.change(menu_html, talks, menu, js="footnote.tidied", **_QUIET)
    js = "(talks) => [talks, footnote.pressed.act]"
    acting = menu.act(acted, [talks, pressed], talks, js=js, cancels=asked, **_LAST)
    acting.then(_shown, talks, [past, live], **turns)
    _wire_export(menu, talks, pressed)


def _wire_export(menu: gr.HTML, talks: gr.BrowserState, pressed: gr.JSON) -> None:
    def export(turns: list[Turn], pressed: dict[str, str]) -> dict[str, str]:
        return exported(pressed["title"], turns, pressed["kind"])

    file = gr.JSON(visible="hidden")
    js = "(talks) => [footnote.turns(talks), footnote.pressed.export]"
    exporting = menu.export(export, [talks, pressed], file, js=js, **_LAST)
    exporting.then(None, file, js="footnote.download")


def _shown(turns: list[Turn]) -> tuple[Html, str]:
    return transcript(turns, uuid4().hex), ""
