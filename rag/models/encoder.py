"""Texts to vectors with all-MiniLM-L6-v2, without PyTorch."""

from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol, Self

import numpy as np

from rag.models.onnx_session import FloatArray, Graph, row
from rag.models.weights import MODEL, SHA256, cached_graph, check_sha256, locate_weights

if TYPE_CHECKING:
    from tokenizers import Tokenizer


class Embedder(Protocol):
    """What makes vectors of texts; `name` is recorded in a store that holds them."""

    @property
    def name(self) -> str:
        """Names the model; vectors of differently named models never meet."""
        ...

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        ...

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """One L2-normalised vector a text: float32 [n, dimension]."""
        ...


class Encoder:
    """all-MiniLM-L6-v2 as an int8 graph. Texts beyond `max_tokens` tokens are cut there."""

    name: ClassVar[str] = MODEL
    dimension: ClassVar[int] = 384
    max_tokens: ClassVar[int] = 256

    def __init__(self, model: bytes, tokenizer: "Tokenizer") -> None:
        self._graph = Graph(model)
        self._tokenizer = tokenizer

    @classmethod
    def load(cls, cache: Path | None = None) -> Self:
        """The encoder, from the graph kept in the folder `cache` or the user's cache folder.

        The graph is built from the weights when it is not there (about a second).
        Raises `WeightsError` when the weights are absent or damaged.
        """
        folder = locate_weights()
        make = partial(_built, folder / "model.safetensors")
        return cls(cached_graph(_graph_name(), cache, make), load_tokenizer(folder))

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """One L2-normalised vector a text: float32 [n, 384]. Each depends on its own text only."""
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        encodings = self._tokenizer.encode_batch(list(texts))
        feeds = [{"ids": row(self._cut(encoding.ids))} for encoding in encodings]
        return np.concatenate(self._graph.run_each(feeds))

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has, the two special ones included and nothing cut."""
        return [len(encoding.ids) for encoding in self._tokenizer.encode_batch(list(texts))]

    def _cut(self, ids: list[int]) -> list[int]:
        """At most `max_tokens` ids, the closing one kept."""
        return ids if len(ids) <= self.max_tokens else [*ids[: self.max_tokens - 1], ids[-1]]


def load_tokenizer(folder: Path) -> "Tokenizer":
    """The word-piece tokenizer of the model in `folder`, neither cutting nor padding."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _graph_name() -> str:
    """Changes with the weights and with the way the graph is built."""
    recipe = Path(__file__).with_name("onnx_graphs.py").read_bytes()
    return f"{MODEL}-{SHA256[:8]}-{sha256(recipe).hexdigest()[:8]}.onnx"


def _built(weights: Path) -> bytes:
    from safetensors.numpy import load

    from rag.models.onnx_graphs import build

    content = weights.read_bytes()
    check_sha256(content, SHA256, weights)
    return build(load(content), "embedding")
