"""The endpoint served, until it is interrupted or closed."""

import logging
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from rag.errors import FootnoteError, SettingsError
from ui.api.app import Access, endpoint
from ui.api.observed import LOG
from ui.serving import Serving

if TYPE_CHECKING:
    from rag import Chatbot


def serve(bot: "Chatbot", access: Access, *, port: int = 8000, log_questions: bool = False) -> None:
    """Serve the endpoint until interrupted; a line on standard error for each request.

    Raises `SettingsError` where other machines could ask and there is no key, and for an address
    that cannot be listened on.
    """
    if access.needs_key and not access.keys:
        raise SettingsError(
            "Others than this machine could ask, and no key was made. "
            "Make one with: footnote key add NAME --keys FILE, then serve with --keys FILE."
        )
    if access.keys:
        access.keys.read()
    _log_requests()
    server = Served(bot, access, port=port, log_questions=log_questions)
    _say(f"Footnote's endpoint is at {server.url}/v1 (its reference: {server.url}/docs)")
    server.run()


class Served(Serving):
    """An endpoint that listens, its networks loaded before somebody waits for them."""

    def __init__(
        self, bot: "Chatbot", access: Access, *, port: int = 0, log_questions: bool = False
    ) -> None:
        super().__init__(endpoint(bot, access, log_questions=log_questions), access.host, port)
        self._bot = bot

    def warm_up(self) -> None:
        """Answer a question."""
        with suppress(FootnoteError):
            self._bot.ask("Is everything in place?", mode="extractive")


def _log_requests() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    LOG.propagate = False


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201
