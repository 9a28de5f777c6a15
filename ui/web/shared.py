"""Conversations that a reader shares: each a page of HTML in a folder, found by its link alone."""

import re
from contextlib import suppress
from pathlib import Path
from secrets import token_urlsafe

import gradio as gr

MOST = 1000
"""How many are kept: more than readers share, fewer than fill a disk."""
LONGEST = 5_000_000
"""The most characters of one."""
_TOO_LONG = "This conversation is too long to be shared; save it as HTML."
_TOO_MANY = "As many conversations are shared as are kept; save this one as HTML."
_NAME = re.compile(r"[A-Za-z0-9_-]{22}")


class SharedConversations:
    """The folder, made when the first is shared."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, html: str) -> str:
        """Keep a conversation; returns its name, which nobody can guess."""
        if len(html) > LONGEST:
            raise gr.Error(_TOO_LONG, print_exception=False)
        name = token_urlsafe(16)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if sum(1 for _ in self._folder.glob("*.html")) >= MOST:
                raise gr.Error(_TOO_MANY, print_exception=False)
            self._file(name).write_text(html, encoding="utf-8")
        except OSError as error:
            raise gr.Error(
                f"It could not be kept: {error.strerror}", print_exception=False
            ) from error
        return name

    def get(self, name: str) -> str | None:
        """The conversation of a name, if there is one."""
        if not _NAME.fullmatch(name):
            return None
        with suppress(OSError):
            return self._file(name).read_text(encoding="utf-8")
        return None

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.html"
