"""What makes an answer from passages: the one face of the two ways there are."""

from collections.abc import Generator
from typing import Protocol

from rag.answers import Cited, Delta, Draft, Mode
from rag.llm.messages import Complete
from rag.retrieval.query import Query
from vectorstore.records import Hit

Composition = Generator[Delta | Cited, None, Draft]


class Synthesizer(Protocol):
    """Makes an answer from a question and the passages found for it."""

    mode: Mode

    @property
    def complete(self) -> Complete | None:
        """What rewrites follow-ups: the language model, where one writes the answers."""
        ...

    def compose(self, query: Query, hits: tuple[Hit, ...]) -> Composition:
        """Yield the statements as they are ready; return the whole draft."""
        ...


def completed(composition: Composition) -> Draft:
    """Run a composition to its end for the draft it returns."""
    while True:
        try:
            next(composition)
        except StopIteration as stop:
            draft: Draft = stop.value
            return draft
