"""The page: its panes side by side, and how it is served."""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import gradio as gr
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request

from rag.errors import FootnoteError, SettingsError
from rag.ingestion.loaders.decoding import MOST_BYTES
from ui.api.answering import LONGEST_LINE
from ui.api.app import Access, Beside, endpoint
from ui.api.hosts import KnownHosts, is_exposed
from ui.api.keys import KeyFile
from ui.serving import Serving
from ui.web.allowance import Allowance
from ui.web.api import articles_endpoint, ask_endpoint
from ui.web.articles import articles_pane
from ui.web.auth import Users
from ui.web.chat import chat_pane
from ui.web.check import check_pane
from ui.web.feedback import beside
from ui.web.guard import Guard
from ui.web.head import Head, head
from ui.web.headers import SafeHeaders
from ui.web.login import USER, Login
from ui.web.own_pages import OwnPages
from ui.web.render.html import el
from ui.web.shared import SharedConversations
from ui.web.timeline import timeline_pane

if TYPE_CHECKING:
    from rag import Chatbot

# Nothing is measured, fetched or shown that Footnote did not ask for.
_PRIVATE: dict[str, Any] = {
    "ssr_mode": False,
    "footer_links": [],
    "run_history": False,
    "enable_monitoring": False,
    "pwa": False,
    "show_error": False,
}

_COPIES = (600, 3600)
"""Seconds: how often Gradio's copies of uploaded files are gone through, and how old they get."""


def build(bot: "Chatbot", shared: SharedConversations) -> gr.Blocks:
    """The page over `bot`, not yet served."""
    page: gr.Blocks
    allowance = Allowance()
    with gr.Blocks(
        title="Footnote", analytics_enabled=False, fill_width=True, delete_cache=_COPIES
    ) as page:
        ask_endpoint(bot, allowance)
        articles_endpoint(bot)
        gr.HTML(el("h1", "Footnote"), elem_id="name", apply_default_css=False)
        gr.HTML(el("p", role="status"), elem_id="announcer", apply_default_css=False)
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab("Ask") as tab:
                chat_pane(bot, page, tab, shared, allowance)
            with gr.Tab("Check"):
                check_pane(bot, allowance)
            with gr.Tab("Timeline"):
                timeline_pane(bot, allowance)
            with gr.Tab("Articles") as tab:
                articles_pane(bot, page, tab)
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
    Raises `SettingsError` for credentials that are none, an address that cannot be listened on,
    and when `mcp` is asked for and not installed.
    """
    page = ServedPage(bot, _access(host, allowed, keys, auth), port=port, auth=auth, mcp=mcp)
    _say(f"Footnote is at {page.local_url} (stop with Ctrl+C)")
    if (is_exposed(host) or allowed) and not auth:
        reached = allowed[0] if allowed else host
        _say(f"Anyone who reaches {reached} can read, add and remove articles. Ask for a password:")
        _say("  footnote chat --auth user:password")
    page.run()


def launch(
    bot: "Chatbot",
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    auth: str | None = None,
    mcp: bool = False,
    allowed: Sequence[str] = (),
    keys: Path | None = None,
) -> "ServedPage":
    """Serve the page in the background, at a free port unless one is given, until its `close()`.

    The endpoint answers on the same port; where the page asks for a password, it asks for a key.
    `allowed` are the host's names elsewhere, `keys` the file of the endpoint's keys.
    """
    page = ServedPage(bot, _access(host, allowed, keys, auth), port=port, auth=auth, mcp=mcp)
    page.start()
    return page


def _warm_up(bot: "Chatbot") -> None:
    """Load what the first question needs, while the page is being read."""
    with suppress(FootnoteError):
        bot.warm_up()


class ServedPage(Serving):
    """The page, and the endpoint beside it."""

    def __init__(
        self, bot: "Chatbot", access: Access, *, port: int, auth: str | None, mcp: bool
    ) -> None:
        if mcp:
            _need_mcp()
        _stop_event_sums()
        users = Users.load(auth) if auth is not None else None
        shared = SharedConversations(beside(bot.settings.store, "shared"))
        self._page = build(bot, shared)
        self._page.has_launched = True  # else Gradio takes any path for that of an upload
        own = Middleware(OwnPages, bot=bot, shared=shared)
        application = _application(bot, self._page, access, users, own, mcp=mcp)
        super().__init__(application, access.host, port)
        self.local_url = f"{self.url}/"
        Thread(target=_warm_up, args=(bot,), daemon=True).start()

    def close(self) -> None:
        """Give what is under way its time, and end."""
        self._page.close(verbose=False)
        super().close()


def _access(host: str, allowed: Sequence[str], keys: Path | None, auth: str | None) -> Access:
    return Access(host, allowed, KeyFile(keys) if keys else None, guarded=auth is not None)


def _application(
    bot: "Chatbot",
    page: gr.Blocks,
    access: Access,
    users: Users | None,
    own: Middleware,
    *,
    mcp: bool,
) -> FastAPI:
    """From the outside in: who is answered, who has logged in, and what of Gradio is there."""
    login = [Middleware(Login, users=users, keys=access.keys)] if users else []
    middleware = [
        Middleware(SafeHeaders),
        Middleware(Beside, endpoint=endpoint(bot, access)),
        Middleware(KnownHosts, host=access.host, allowed=access.allowed),
        *login,
        own,
        Middleware(CORSMiddleware),  # allows no origin; without it, Gradio allows some
    ]
    app = FastAPI(openapi_url=None, middleware=middleware)
    inside = [Middleware(Guard, page=page, mcp=mcp), Middleware(Head, head=head())]
    gr.mount_gradio_app(
        app,
        page.queue(max_size=LONGEST_LINE),
        "/",
        auth_dependency=_user if users else None,
        mcp_server=mcp,
        max_file_size=MOST_BYTES,
        app_kwargs={"middleware": inside},
        theme=_theme(),
        **_PRIVATE,
    )
    return app


def _user(request: Request) -> str | None:
    user: str | None = request.scope.get(USER)
    return user


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
