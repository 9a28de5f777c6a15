"""The page: its panes side by side, and how it is served."""

import os
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from starlette.middleware import Middleware

from rag.errors import SettingsError
from rag.ingestion.loaders.decoding import MOST_BYTES
from ui.api.app import Access, Beside, endpoint
from ui.api.hosts import is_exposed
from ui.api.keys import KeyFile
from ui.web.api import articles_endpoint, ask_endpoint
from ui.web.articles import articles_pane
from ui.web.auth import credentials
from ui.web.chat import chat_pane
from ui.web.check import check_pane
from ui.web.head import Head, head
from ui.web.render.html import el
from ui.web.timeline import timeline_pane

if TYPE_CHECKING:
    from rag import Chatbot

# Nothing is shared, measured, fetched or shown that Footnote did not ask for.
_PRIVATE: dict[str, Any] = {
    "share": False,
    "quiet": True,
    "ssr_mode": False,
    "footer_links": [],
    "run_history": False,
    "enable_monitoring": False,
    "pwa": False,
    "show_error": True,
}


def build(bot: "Chatbot") -> gr.Blocks:
    """The page over `bot`, not yet served."""
    page: gr.Blocks
    with gr.Blocks(title="Footnote", analytics_enabled=False, fill_width=True) as page:
        ask_endpoint(bot)
        articles_endpoint(bot)
        gr.HTML(el("h1", "Footnote"), elem_id="name", apply_default_css=False)
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab("Ask"):
                chat_pane(bot, page)
            with gr.Tab("Check"):
                check_pane(bot)
            with gr.Tab("Timeline"):
                timeline_pane(bot)
            with gr.Tab("Articles") as tab:
                articles_pane(bot, tab)
    return page


def serve(
    bot: "Chatbot",
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    auth: str | None = None,
    mcp: bool = False,
    allowed: Sequence[str] = (),
    keys: Path | None = None,
) -> None:
    """Serve the page until interrupted. `auth` is `USER:PASSWORD` or a file with such lines.

    Says on standard error where the page is, and warns when other machines can use it freely.
    Raises `SettingsError` for credentials that are none, a port in use, and when `mcp` is asked
    for and not installed.
    """
    page = launch(bot, host=host, port=port, auth=auth, mcp=mcp, allowed=allowed, keys=keys)
    _say(f"Footnote is at {page.local_url} (stop with Ctrl+C)")
    if is_exposed(host) and not auth:
        _say(f"Anyone who reaches {host} can read, add and remove articles. Ask for a password:")
        _say("  footnote chat --auth user:password")
    page.block_thread()


def launch(
    bot: "Chatbot",
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    auth: str | None = None,
    mcp: bool = False,
    allowed: Sequence[str] = (),
    keys: Path | None = None,
) -> gr.Blocks:
    """Serve the page in the background, at a free port unless one is given, until its `close()`.

    The endpoint answers on the same port; where the page asks for a password, it asks for a key.
    `allowed` are the host's names elsewhere, `keys` the file of the endpoint's keys.
    """
    access = Access(host, allowed, KeyFile(keys) if keys else None, guarded=auth is not None)
    if mcp:
        _need_mcp()
    _stop_event_sums()
    page = build(bot)
    try:
        page.queue(max_size=64).launch(
            server_name=host,
            server_port=port,
            auth=credentials(auth),
            mcp_server=mcp,
            prevent_thread_lock=True,
            max_file_size=MOST_BYTES,
            app_kwargs={
                "middleware": [
                    Middleware(Beside, endpoint=endpoint(bot, access)),
                    Middleware(Head, head=head()),
                ]
            },
            theme=_theme(),
            **_PRIVATE,
        )
    except OSError as error:
        raise SettingsError(
            f"Port {port} of {host} is taken; choose another with --port."
        ) from error
    return page


def _need_mcp() -> None:
    """Raise `SettingsError` unless there is the version of `mcp` that Gradio works with."""
    try:
        found = version("mcp")
    except PackageNotFoundError:
        found = "none"
    if not found.startswith("1."):
        raise SettingsError(
            f"--mcp needs version 1 of the package mcp; here is {found}. "
            "Install it with: pip install 'mcp<2'"
        )


def _stop_event_sums() -> None:
    """Gradio would sum up all past events after each one, in pandas, ever more slowly."""
    os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", str(sys.maxsize))


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201


def _theme() -> gr.Theme:
    fonts = ["system-ui", "sans-serif"]
    return gr.themes.Base(font=fonts, font_mono=["ui-monospace", "monospace"])
