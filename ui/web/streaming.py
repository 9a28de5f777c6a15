"""A question asked, as what the page shows of its answer, one step after the other."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from rag.answers import Answer, Cited, Delta, Done, Event, Retrieved
from rag.errors import FootnoteError
from ui.collection import extent
from ui.web.kept import PageTurn, page_turn
from ui.web.render.transcript import LiveTurn, turn_html

if TYPE_CHECKING:
    from rag import Chatbot

_LOG = logging.getLogger(__name__)
_DRAFTS_PER_SECOND = 8


@dataclass(frozen=True, slots=True)
class Step:
    """The turn as HTML, as far as it has come; the last of a whole answer has the others too."""

    html: Markup
    answer: Answer | None = None
    turn: PageTurn | None = None


def answering(bot: "Chatbot", question: str, **options: Any) -> Iterator[Step]:
    """The steps of an answer; `options` are `Chatbot.stream`'s. Errors become sentences in it."""
    live = LiveTurn(question)
    searched = extent(bot)
    yield Step(live.html())
    try:
        yield from _steps(live, searched, bot.stream(question, **options))
    except FootnoteError as error:
        yield Step(live.failed(str(error)))
    except Exception as error:
        _LOG.exception("The answer to %r failed", question)
        said = f"Something went wrong ({type(error).__name__}). The server's terminal says more."
        yield Step(live.failed(said))


def _steps(live: LiveTurn, searched: tuple[int, int], events: Iterator[Event]) -> Iterator[Step]:
    draft, shown = "", 0.0
    for event in events:
        match event:
            case Retrieved(hits, standalone):
                live.retrieved(len(hits), standalone)
            case Delta(text):
                draft += text
                if monotonic() - shown < 1 / _DRAFTS_PER_SECOND:
                    continue
                shown = monotonic()
            case Cited(statement):
                live.said(statement)
                draft = ""
            case Done(answer):
                turn = page_turn(live.id, answer, searched)
                yield Step(turn_html(turn), answer, turn)
                return
        yield Step(live.html(draft))
