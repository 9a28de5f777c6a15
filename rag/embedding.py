"""What turns texts into vectors: the encoder that comes with Footnote, or a server's model."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from rag.settings import BUILTIN_EMBEDDING, Settings
from vectorstore.encoder import Embedder, Encoder

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from numpy.typing import NDArray

BATCH = 100
"""How many texts are sent to a server at once."""


def embedder_for(settings: Settings) -> Embedder:
    """The embedder that the settings name."""
    if settings.embedding == BUILTIN_EMBEDDING:
        return Encoder.load()
    return ServedEmbedder(settings)


class ServedEmbedder:
    """An embedding model behind OpenAI's interface, called through LlamaIndex."""

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
        from rag.failures import explained

        if not texts:
            return np.empty((0, self.dimension), np.float32)
        with explained(self._settings, self.name):
            vectors = self._model.get_text_embedding_batch(list(texts))
        array = np.asarray(vectors, np.float32)
        norms = np.linalg.norm(array, axis=1, keepdims=True)
        return np.asarray(array / np.maximum(norms, 1e-12), np.float32)

    @cached_property
    def _model(self) -> "BaseEmbedding":
        from llama_index.embeddings.openai import OpenAIEmbedding

        from rag.connections import credentials
        from rag.failures import RETRIES

        key, url = credentials(self._settings, self.name)
        model: BaseEmbedding = OpenAIEmbedding(
            model_name=self.name.partition(":")[2],
            embed_batch_size=BATCH,
            api_key=key,
            api_base=url,
            max_retries=RETRIES,
            timeout=self._settings.timeout,
        )
        return model
