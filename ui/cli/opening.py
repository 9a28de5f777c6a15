"""The chatbot that a command works with."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag import Chatbot


@contextmanager
def chatbot(store: str | None) -> "Iterator[Chatbot]":
    """The chatbot over a store, or over the one that the settings name, until it is done with."""
    from rag import Chatbot

    with Chatbot.open(store) as bot:
        yield bot
