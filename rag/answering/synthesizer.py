"""What makes an answer from passages: the one face of the two ways there are."""

from abc import ABC, abstractmethod
from collections.abc import Generator

from rag.answers import Cited, Delta, Draft, Mode
from rag.llm.script import Asked, AsyncRun, Script, run
from rag.retrieval.query import Query
from vectorstore.records import Hit

Composition = Generator[Delta | Cited, None, Draft]


class Synthesizer(ABC):
    """Makes an answer from a question and the passages found for it."""

    mode: Mode

    @property
    def model(self) -> Asked | None:
        """The language model, where one writes the answers; it rewrites follow-ups as well."""
        return None

    @abstractmethod
    def script(self, query: Query, hits: tuple[Hit, ...]) -> Script[Draft]:
        """Yield the statements as they are ready, and what the model is asked; return the draft."""

    def compose(self, query: Query, hits: tuple[Hit, ...]) -> Composition:
        """Yield the statements as they are ready; return the whole draft.

        Closing the generator ends the call to the model.
        """
        return run(self.script(query, hits), self.model)

    def acompose(self, query: Query, hits: tuple[Hit, ...]) -> AsyncRun[Draft]:
        """The same without blocking the event loop."""
        return AsyncRun(self.script(query, hits), self.model)
