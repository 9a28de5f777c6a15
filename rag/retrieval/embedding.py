"""What turns texts into vectors: the encoder that comes with Footnote, or another's model."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from rag.models.encoder import Embedder, Encoder
from rag.settings import BUILTIN_EMBEDDING, Settings

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from numpy.typing import NDArray

    from rag.llm.client import Connections

BATCH = 100
"""How many texts are sent to a server at once."""


def embedder_for(settings: Settings, model: "BaseEmbedding | None" = None) -> Embedder:
    """The embedder that was handed in, or the one that the settings name."""
    if model is not None:
        return LlamaIndexEmbedder(model)
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
            return normalised([v for batch in batches for v in self._vectors(batch)])

    def _vectors(self, batch: Sequence[str]) -> list[list[float]]:
        """One call's vectors, in the order of the texts."""
        name = self.name.partition(":")[2]
        data = self._connections.client.embeddings.create(model=name, input=list(batch)).data
        if sorted(vector.index for vector in data) != list(range(len(batch))):
            raise ValueError("There is not one vector for each text.")
        return [vector.embedding for vector in sorted(data, key=lambda vector: vector.index)]

    @cached_property
    def _connections(self) -> "Connections":
        from rag.llm.client import Connections

        return Connections(self._settings, self.name)


class LlamaIndexEmbedder:
    """An embedding model of LlamaIndex's; it may embed a question otherwise than an article."""

    def __init__(self, model: "BaseEmbedding") -> None:
        self._model = model

    @property
    def name(self) -> str:
        """The model, by its class and its own name."""
        return f"{self._model.class_name()}:{self._model.model_name}"

    @cached_property
    def dimension(self) -> int:
        """The length of a vector, learnt by asking for one."""
        return int(self.embed(["dimension"]).shape[1])

    def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """One L2-normalised vector a text: float32 [n, dimension]. Raises what the model does."""
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return normalised(self._model.get_text_embedding_batch(list(texts)))

    def embed_query(self, text: str) -> "NDArray[np.float32]":
        """The L2-normalised vector of a question: float32 [dimension]."""
        return row(normalised([self._model.get_query_embedding(text)]))


def query_vector(embedder: Embedder, text: str) -> "NDArray[np.float32]":
    """The L2-normalised vector of a question: float32 [dimension]."""
    if isinstance(embedder, LlamaIndexEmbedder):
        return embedder.embed_query(text)
    return row(embedder.embed([text]))


def row(vectors: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """The first of the vectors."""
    return np.asarray(vectors[0], np.float32)


def normalised(vectors: Sequence[Sequence[float]]) -> "NDArray[np.float32]":
    """The vectors, each of length 1: float32 [n, dimension]."""
    array = np.asarray(vectors, np.float32)
    norms = np.linalg.norm(array, axis=1, keepdims=True)
    return np.asarray(array / np.maximum(norms, 1e-12), np.float32)
