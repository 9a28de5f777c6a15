"""A question asked, as the turns that the page shows one after the other."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from rag.answers import Answer, Cited, Delta, Done, Event, Mode, Retrieved
from rag.errors import FootnoteError
from ui.web.render.article_list import stored
from ui.web.turns import Collection, State, Turn, turn

if TYPE_CHECKING:
    from rag import Chatbot

_LOG = logging.getLogger(__name__)
_DRAFTS_PER_SECOND = 8


@dataclass(frozen=True, slots=True)
class Asking:
    """A question as the page sends it."""

    question: str
    history: tuple[Any, ...] = ()
    as_of: str | None = None
    filters: Mapping[str, Any] | None = None
    mode: Mode | None = None


def answering(bot: "Chatbot", asking: Asking) -> Iterator[Turn]:
    """The turn at each step of its answer, the whole one last. Errors become sentences in it."""
    name = uuid4().hex
    answer = Answer(asking.question, "")
    collection = _collection(bot)
    yield turn(name, answer, collection, state="searching")
    try:
        events = bot.stream(
            asking.question,
            history=asking.history,
            as_of=asking.as_of,
            filters=asking.filters,
            mode=asking.mode,
        )
        for reached, draft in _progress(answer, events):
            answer = reached
            state: State = "writing" if draft is not None else "done"
            yield turn(name, answer, collection, state=state, draft=draft or "")
    except FootnoteError as error:
        yield turn(name, answer, collection, state="failed", error=str(error))
    except Exception as error:
        _LOG.exception("The answer to %r failed", asking.question)
        said = f"Something went wrong ({type(error).__name__}). The server's terminal says more."
        yield turn(name, answer, collection, state="failed", error=said)


def _progress(answer: Answer, events: Iterator[Event]) -> Iterator[tuple[Answer, str | None]]:
    """The answer so far and the statement being written; the draft is None when all is said."""
    draft, shown = "", 0.0
    for event in events:
        match event:
            case Retrieved(hits, standalone):
                answer = replace(answer, hits=hits, standalone=standalone)
            case Delta(text):
                draft += text
                if monotonic() - shown < 1 / _DRAFTS_PER_SECOND:
                    continue
                shown = monotonic()
            case Cited(statement):
                answer, draft = replace(answer, statements=(*answer.statements, statement)), ""
            case Done(whole):
                yield whole, None
                return
        yield answer, draft


def _collection(bot: "Chatbot") -> Collection:
    articles = stored(bot)
    return Collection(sum(article.passages for article in articles), len(articles))
