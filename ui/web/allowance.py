"""How much one reader may ask, so that there is something left for the others."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from threading import Lock
from typing import TYPE_CHECKING

import gradio as gr

from rag.errors import InputError
from ui.api import answering
from ui.api.limits import RateLimit, address_of
from ui.web.guard import READER
from ui.web.login import USER

if TYPE_CHECKING:
    from starlette.types import Scope

A_MINUTE = 30
"""Questions of one reader; ten times as many of all behind one address."""
AT_ONCE = 3
"""Questions of one reader that are worked on at a time."""
PLACES = answering.AT_ONCE
"""Questions of all readers that are worked on at a time, of each kind."""


class Allowance:
    """Counts what readers ask: by the name they logged in with, else by browser and address."""

    def __init__(self) -> None:
        self._rate = RateLimit()
        self._under_way: Counter[str] = Counter()
        self._lock = Lock()

    @contextmanager
    def question(
        self, request: gr.Request, text: str, longest: int = answering.LONGEST_QUESTION
    ) -> Iterator[None]:
        """Around the work on one question of the request's reader.

        Raises `InputError` for what is no text, for a long one, and for one too many.
        """
        if not isinstance(text, str) or not text.strip():
            raise InputError("There is no text. Write some.")
        if len(text) > longest:
            raise InputError(f"That has {len(text):,} characters; send at most {longest:,}.")
        scope: Scope = getattr(request, "request", request).scope  # MCP hands in the inner one
        address = address_of(scope)
        reader = scope.get(USER) or scope.get(READER) or address
        self._take(reader, address)
        try:
            yield
        finally:
            self._give_back(reader)

    def _take(self, reader: str, address: str) -> None:
        with self._lock:
            if self._under_way[reader] >= AT_ONCE:
                raise InputError(
                    f"{AT_ONCE} questions of yours are being answered. Wait for one of them."
                )
            waits = (
                self._rate.wait(f"reader {reader}", A_MINUTE),
                self._rate.wait(f"address {address}", 10 * A_MINUTE),
            )
            if seconds := ceil(max(waits)):
                raise InputError(f"Too many questions in a minute. Ask again in {seconds} s.")
            self._under_way[reader] += 1

    def _give_back(self, reader: str) -> None:
        with self._lock:
            self._under_way[reader] -= 1
            if not self._under_way[reader]:
                del self._under_way[reader]
