"""Answers that a language model writes from numbered sentences, each statement checked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from rag.answering.synthesizer import Synthesizer
from rag.answers import Draft, Mode, Usage
from rag.citations.attribution import Attribution
from rag.citations.groundedness import Groundedness
from rag.errors import ModelError, ModelUnavailable
from rag.llm.messages import Piece, Prompt
from rag.llm.prompts import SourceSentence, fitting, held_back, number
from rag.llm.script import Script
from rag.models.verifier import Verifier
from rag.retrieval.query import Query
from rag.settings import Settings
from vectorstore.records import Hit

if TYPE_CHECKING:
    from rag.llm.language_model import LanguageModel

ANSWER_TOKENS = 700  # kept free for the answer in the model's window
LONGEST_ANSWER = 8_000  # characters; a model that goes on is stopped
LONGEST_REPLY = 200_000  # ... with what it thinks aloud before the answer

NOTHING_FOUND = "No passage was found for this question."
NOTHING_WRITTEN = "The model wrote nothing. Ask again, or try another model with FOOTNOTE_LLM."
NO_END = "The model reached its limit before it had finished a sentence. Raise FOOTNOTE_MAX_TOKENS."
WITHHELD = "The model's server withheld the answer, as its content filter does. Ask in other words."
WITHOUT = "Answered without the language model."
HELD_BACK = "“{}” holds sentences that address a language model; it was not shown them."
CUT_OFF = "The model read {} of {} passages, the best ones; more did not fit."
BROKEN_OFF = "The model broke off; only what it had finished is shown."
CUT_SHORT = "The model reached its limit; only what it had finished is shown."
FILTERED = "The model's server withheld the rest of the answer, as its content filter does."
_ENDINGS = {"length": CUT_SHORT, "content_filter": FILTERED}


@dataclass(frozen=True, slots=True)
class Page:
    """A prompt that fits the model's window, and what the reader should know of the fitting."""

    prompt: Prompt
    sentences: Sequence[SourceSentence]
    notes: tuple[str, ...]


class Generative(Synthesizer):
    """Has a model write, maps its ids to exact spans, and checks every statement."""

    mode: Mode = "generative"

    def __init__(
        self,
        settings: Settings,
        model: "Callable[[], LanguageModel]",
        verifier: Callable[[], Verifier],
        fallback: Callable[[], Synthesizer] | None = None,
    ) -> None:
        """`model` and `verifier` are asked for when first needed; `fallback` gives what answers
        in the model's place while it is not to be had.
        """
        self._settings = settings
        self._make_model = model
        self._verifier = verifier
        self._fallback = fallback

    @cached_property
    def model(self) -> "LanguageModel":
        """The language model that writes. Raises `ModelError` where it cannot be had at all."""
        return self._make_model()

    @cached_property
    def _groundedness(self) -> Groundedness:
        return Groundedness(self._verifier())

    def script(self, query: Query, hits: tuple[Hit, ...]) -> Script[Draft]:
        """Yield the statements as they are written and checked; return the draft.

        When the model breaks off, what it had finished is kept, with a note. When nothing was
        finished, the fallback answers, with a note that says why. Raises `ModelError` where
        something is set up wrongly, and `ModelUnavailable` without a fallback.
        """
        page = self._page(query, hits)
        if not page.sentences:
            return Draft(refused=True, reason=NOTHING_FOUND, notes=page.notes)
        attribution = Attribution(page.sentences, self._groundedness)
        reply = Reply()
        try:
            while reply.goes_on and (piece := (yield page.prompt)):
                reply.note(piece)
                yield from attribution.feed(piece.text)
                if attribution.length > LONGEST_ANSWER:
                    reply.finish = "length"
                    break
        except ModelError as error:
            reply.error = error
        yield from attribution.finish(whole=reply.is_whole)
        if attribution.said_something:
            return attribution.draft((*page.notes, *reply.notes), reply.usage)
        return (yield from self._without_model(query, hits, reply))

    def _without_model(self, query: Query, hits: tuple[Hit, ...], reply: "Reply") -> Script[Draft]:
        if self._fallback is None or not isinstance(reply.failure, ModelUnavailable):
            raise reply.failure
        other = self._fallback()
        draft = yield from other.script(query, hits)
        notes = (f"{WITHOUT} {reply.failure}", *draft.notes)
        return replace(draft, mode=other.mode, notes=notes, usage=reply.usage)

    def _page(self, query: Query, hits: tuple[Hit, ...]) -> Page:
        notes = tuple(HELD_BACK.format(title) for title in held_back(hits))
        if not number(hits):
            return Page(Prompt(()), (), notes)
        room = min(self.model.window, self._settings.max_tokens or self.model.window)
        day = _day(query.as_of)
        sentences, messages = fitting(hits, query.question, day, room - ANSWER_TOKENS)
        if not sentences:
            raise ModelError(
                f"The question and one sentence do not fit into {room} tokens. "
                "Raise FOOTNOTE_MAX_TOKENS, or ask a shorter question."
            )
        read, found = len({s.hit.passage.id for s in sentences}), len(hits)
        if read < found:
            notes += (CUT_OFF.format(read, found),)
        spent = sum(message.estimated_tokens for message in messages)
        most = room - spent if self._settings.max_tokens else None
        return Page(Prompt(tuple(messages), most), sentences, notes)


class Reply:
    """What is learnt of a reply beside its text: how it ended, and what it cost."""

    def __init__(self) -> None:
        self.finish: str | None = None
        self.usage: Usage | None = None
        self.error: ModelError | None = None
        self._length = 0

    def note(self, piece: Piece) -> None:
        """Take note of what a piece says beside its text."""
        self.finish = piece.finish or self.finish
        self.usage = piece.usage or self.usage
        self._length += len(piece.text)
        if self._length > LONGEST_REPLY:
            self.finish = "length"

    @property
    def goes_on(self) -> bool:
        """Whether it is not too long yet, with what is thought aloud."""
        return self._length <= LONGEST_REPLY

    @property
    def is_whole(self) -> bool:
        """Whether the model came to its own end."""
        return self.finish not in {None, "length", "content_filter"} and self.error is None

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader should know of how it ended."""
        if self.is_whole:
            return ()
        return (_ENDINGS.get(self.finish or "", BROKEN_OFF),)

    @property
    def failure(self) -> ModelError:
        """Why there is nothing to read."""
        reason = {"content_filter": WITHHELD, "length": NO_END}.get(self.finish or "")
        return self.error or ModelUnavailable(reason or NOTHING_WRITTEN)


def _day(moment: float | None) -> str | None:
    return None if moment is None else datetime.fromtimestamp(moment, UTC).date().isoformat()
