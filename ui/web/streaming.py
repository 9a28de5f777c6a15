"""A question asked, as what the page shows of its answer, one step after the other."""

import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from rag.answers import Answer, Cited, Delta, Done, Event, Retrieved
from rag.errors import ArticleMissing, FootnoteError
from ui.collection import extent
from ui.web.kept import PageTurn, kept_hit, page_turn
from ui.web.parts import unexpected
from ui.web.render.article import Span
from ui.web.render.passages import found_html
from ui.web.render.transcript import LiveTurn, turn_html
from ui.web.sources import shown

if TYPE_CHECKING:
    from rag import Chatbot

_LOG = logging.getLogger(__name__)
_DRAFTS_PER_SECOND = 8
_ENDS = (".", "!", "?", "…", "”", '"')


@dataclass(frozen=True, slots=True)
class Step:
    """The turn as HTML, as far as it has come; the last of a whole answer has it and its turn.

    `source` is for the pane beside it, where there is something new to show.
    """

    html: Markup
    turn: PageTurn | None = None
    source: Markup | None = None


def answering(bot: "Chatbot", question: str, **options: Any) -> Iterator[Step]:
    """The steps of an answer; `options` are `Chatbot.stream`'s. Errors become sentences in it."""
    live = LiveTurn(question)
    yield Step(live.html())
    try:
        yield from _steps(bot, live, bot.stream(question, **options))
    except FootnoteError as error:
        yield Step(live.failed(str(error)))
    except Exception as error:
        _LOG.exception("The answer to %r failed", question)
        yield Step(live.failed(unexpected(error)))


def _steps(bot: "Chatbot", live: LiveTurn, events: Iterator[Event]) -> Iterator[Step]:
    searched = extent(bot)
    draft, drawn = "", 0.0
    for event in events:
        match event:
            case Retrieved(hits, standalone):
                live.retrieved(len(hits), standalone)
                yield Step(live.html(), source=found_html([kept_hit(hit) for hit in hits]))
                continue
            case Delta(text):
                draft += text
                # What follows the end of a sentence is that it is checked, which takes a moment.
                if not _is_sentence(draft) and monotonic() - drawn < 1 / _DRAFTS_PER_SECOND:
                    continue
                drawn = monotonic()
            case Cited(statement):
                live.said(statement)
                draft = ""
            case Done(answer):
                turn = page_turn(live.id, answer, searched)
                yield Step(turn_html(turn), turn, _first_source(bot, turn, answer))
                return
        yield Step(live.html(draft, checking=_is_sentence(draft)))


def _is_sentence(draft: str) -> bool:
    return draft.rstrip().endswith(_ENDS)


def _first_source(bot: "Chatbot", turn: PageTurn, answer: Answer) -> Markup | None:
    """The pane at the whole answer's first footnote, if it has one."""
    spans = [Span.of(citation) for citation in turn["answer"]["citations"]]
    if not spans:
        return None
    with suppress(ArticleMissing):  # removed meanwhile
        return shown(bot, answer.citations[0].article, spans, spans[0].number)
    return None
