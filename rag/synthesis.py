"""The two ways of making an answer from passages, behind one face."""

from collections.abc import Generator
from typing import Protocol

from rag.answers import Cited, Delta, Draft, Mode
from rag.asking import Asked
from rag.settings import Settings
from vectorstore.encoder import Embedder
from vectorstore.records import Hit

Composition = Generator[Delta | Cited, None, Draft]


class Synthesizer(Protocol):
    """Makes an answer from a question and the passages found for it."""

    mode: Mode

    def compose(self, asked: Asked, hits: tuple[Hit, ...]) -> Composition:
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


def synthesizer_for(mode: Mode, settings: Settings, embedder: Embedder) -> Synthesizer:
    """The synthesizer of a mode. Raises `SettingsError` when no model is configured for it."""
    if mode == "extractive":
        from rag.extractive import Extractive

        return Extractive()
    from rag.generative import Generative

    return Generative(settings, embedder)


def embedder_for(settings: Settings) -> Embedder:
    """The embedder that the settings name."""
    from vectorstore.encoder import Encoder

    return Encoder.load()
