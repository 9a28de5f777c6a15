"""A question asked, as what the page shows of its answer, one step after the other."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from rag.answers import Answer, Cited, Delta, Done, Event, Retrieved
from rag.documents import citation_json
from rag.errors import FootnoteError
from ui.collection import extent
from ui.web.kept import PageTurn, kept_hit, page_turn
from ui.web.parts import unexpected
from ui.web.render.article import Span, article_html
from ui.web.render.passages import found_html
from ui.web.render.transcript import LiveTurn, turn_html

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
    searched = extent(bot)
    yield Step(live.html())
    try:
        yield from _steps(live, searched, bot.stream(question, **options))
    except FootnoteError as error:
        yield Step(live.failed(str(error)))
    except Exception as error:
        _LOG.exception("The answer to %r failed", question)
        yield Step(live.failed(unexpected(error)))


def _steps(live: LiveTurn, searched: tuple[int, int], events: Iterator[Event]) -> Iterator[Step]:
    draft, shown = "", 0.0
    for event in events:
        match event:
            case Retrieved(hits, standalone):
                live.retrieved(len(hits), standalone)
                yield Step(live.html(), source=found_html([kept_hit(hit) for hit in hits]))
                continue
            case Delta(text):
                draft += text
                # What follows the end of a sentence is that it is checked, which takes a moment.
                if not _is_sentence(draft) and monotonic() - shown < 1 / _DRAFTS_PER_SECOND:
                    continue
                shown = monotonic()
            case Cited(statement):
                live.said(statement)
                draft = ""
            case Done(answer):
                turn = page_turn(live.id, answer, searched)
                yield Step(turn_html(turn), turn, _first_source(answer))
                return
        yield Step(live.html(draft, checking=_is_sentence(draft)))


def _is_sentence(draft: str) -> bool:
    return draft.rstrip().endswith(_ENDS)


def _first_source(answer: Answer) -> Markup | None:
    """The pane at the whole answer's first footnote, if it has one."""
    spans = [Span.of(citation_json(citation)) for citation in answer.citations]
    return article_html(answer.citations[0].article, spans, spans[0].number) if spans else None
