"""What turns texts into vectors: the encoder that comes with Footnote, or a server's model."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from rag.models.encoder import Embedder, Encoder
from rag.settings import BUILTIN_EMBEDDING, Settings

if TYPE_CHECKING:
    import openai
    from numpy.typing import NDArray

BATCH = 100
"""How many texts are sent to a server at once."""


def embedder_for(settings: Settings) -> Embedder:
    """The embedder that the settings name."""
    if settings.embedding == BUILTIN_EMBEDDING:
        return Encoder.load()
    return ServedEmbedder(settings)


class ServedEmbedder:
    """An embedding model behind OpenAI's interface."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def name(self) -> str:
        """The model as the settings name it."""
        return self._settings.embedding

    @cached_property
    def dimension(self) -> int:
        """The length of a vector, learnt by asking for one. Raises `ModelError`."""
        return int(self.embed(["dimension"]).shape[1])

    def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """One L2-normalised vector a text: float32 [n, dimension]. Raises `ModelError`."""
        from rag.llm.failures import explained

        if not texts:
            return np.empty((0, self.dimension), np.float32)
        batches = (texts[start : start + BATCH] for start in range(0, len(texts), BATCH))
        with explained(self._settings, self.name):
            array = np.asarray([v for batch in batches for v in self._vectors(batch)], np.float32)
        norms = np.linalg.norm(array, axis=1, keepdims=True)
        return np.asarray(array / np.maximum(norms, 1e-12), np.float32)

    def _vectors(self, batch: Sequence[str]) -> list[list[float]]:
        """One call's vectors, in the order of the texts."""
        name = self.name.partition(":")[2]
        data = self._client.embeddings.create(model=name, input=list(batch)).data
        if sorted(vector.index for vector in data) != list(range(len(batch))):
            raise ValueError("There is not one vector for each text.")
        return [vector.embedding for vector in sorted(data, key=lambda vector: vector.index)]

    @cached_property
    def _client(self) -> "openai.OpenAI":
        from rag.llm.client import client_for

        return client_for(self._settings, self.name)
