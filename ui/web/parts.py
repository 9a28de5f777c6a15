"""What the panes are made of: parts that hold our own HTML, how events run, errors as sentences."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr

from rag.errors import FootnoteError

QUIET: Any = {"show_progress": "hidden", "api_visibility": "private"}
"""An event of the page's own, which nobody need see run."""

AT_ONCE: Any = {"queue": False, **QUIET}
"""One that waits for no other."""

LAST: Any = {"trigger_mode": "always_last", **AT_ONCE}
"""One for what is pressed: pressed again while it is under way, it is run again, not dropped."""


def html_part(name: str, script: str | None = None, value: str = "") -> gr.HTML:
    """A part of the page that holds our HTML; `script` runs in the browser once it is there."""
    return gr.HTML(value, elem_id=name, apply_default_css=False, js_on_load=script)


@contextmanager
def errors_shown() -> Iterator[None]:
    """Footnote's errors inside become a sentence at the corner of the page."""
    try:
        yield
    except FootnoteError as error:
        raise gr.Error(str(error), print_exception=False) from error


def unexpected(error: Exception) -> str:
    """What a reader is told of an error that is a mistake of ours; the log has it whole."""
    return f"Something went wrong ({type(error).__name__}). The server's terminal says more."
