"""Who uses the page: a name that logged in, or a browser that calls itself by a random one."""

from hashlib import sha256

import gradio as gr


def reader_of(request: gr.Request, browser: str) -> str:
    """A name for files: the same for one reader and no other, who cannot be told from it."""
    known_by = f"user {request.username}" if request.username else f"browser {browser}"
    return sha256(known_by.encode(errors="surrogatepass")).hexdigest()[:16]
