"""The page: its panes side by side, and how it is served."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from ui.articles import articles_pane
from ui.chat import chat_pane
from ui.html import el

if TYPE_CHECKING:
    from rag import Chatbot

_HERE = Path(__file__).parent


def build(bot: "Chatbot") -> gr.Blocks:
    """The page over `bot`, not yet served."""
    with gr.Blocks(title="Footnote", analytics_enabled=False, fill_width=True) as page:
        gr.HTML(el("h1", "Footnote"), elem_id="name", apply_default_css=False)
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab("Ask"):
                chat_pane(bot, page)
            with gr.Tab("Articles") as tab:
                articles_pane(bot, [page.load, tab.select])
    return page


def serve(
    bot: "Chatbot",
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    auth: Any = None,
    mcp: bool = False,
    wait: bool = True,
) -> str:
    """Serve the page until it is interrupted, or at once when not to `wait`; gives its address."""
    page = build(bot)
    _, address, _ = page.queue().launch(
        server_name=host,
        server_port=port,
        auth=auth,
        mcp_server=mcp,
        prevent_thread_lock=not wait,
        quiet=True,
        share=False,
        ssr_mode=False,
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        theme=_theme(),
        head=_head(),
    )
    return address


def _head() -> str:
    """Style and script, inline: Gradio's own `css` is rewritten on the way and arrives late."""
    style = (_HERE / "style.css").read_text(encoding="utf-8")
    script = (_HERE / "page.js").read_text(encoding="utf-8")
    return f"<style>{style}</style><script>{script}</script>"


def _theme() -> gr.Theme:
    fonts = ["system-ui", "sans-serif"]
    return gr.themes.Base(font=fonts, font_mono=["ui-monospace", "monospace"])
