"""Where a passage answers a question, and whether it does: an extractive reader.

The encoder's architecture with two logits a word piece, for an answer's start and its end; the
first piece stands for "no answer here" (Devlin et al. 2019, section 4.3).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from rag.models.encoder import load_tokenizer
from rag.models.onnx_session import FloatArray, Graph, IntArray, row
from rag.models.weights import locate_weights, packaged_graph, quantised_graph, write_graph

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

QUESTION_TOKENS = 48
MAX_TOKENS = 256
ANSWER_PIECES = 30


@dataclass(frozen=True, slots=True)
class Span:
    """The characters `[start, end)` of a passage; `score` is its start's logit plus its end's."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What the reader makes of one passage.

    `null` is the score of "no answer here". `starts` and `ends` are the logits [n] of the passage's
    n tokens, `offsets` [n, 2] their characters.
    """

    null: float
    starts: FloatArray
    ends: FloatArray
    offsets: IntArray

    @property
    def best(self) -> Span | None:
        """The best span of the passage; None when it has no words."""
        return self._best(0, len(self.offsets))

    @property
    def margin(self) -> float:
        """How much better the best span is than no answer; minus infinity without a span."""
        return self.best.score - self.null if self.best else -np.inf

    def best_within(self, sentences: Sequence[tuple[int, int]]) -> list[Span | None]:
        """The best span inside each `[start, end)` of the passage; None where no word was read."""
        first = np.searchsorted(self.offsets[:, 0], [start for start, _ in sentences])
        last = np.searchsorted(self.offsets[:, 1], [end for _, end in sentences], side="right")
        return [self._best(a, b) for a, b in zip(first.tolist(), last.tolist(), strict=True)]

    def _best(self, first: int, last: int) -> Span | None:
        """The best span over the tokens `[first, last)`."""
        if first >= last:
            return None
        pairs = self.starts[first:last, None] + self.ends[None, first:last]
        near = np.triu(np.tri(last - first, k=ANSWER_PIECES - 1, dtype=np.bool_))
        pairs = np.where(near, pairs, -np.inf)
        place = int(np.argmax(pairs))
        start, end = divmod(place, last - first)
        characters = int(self.offsets[first + start, 0]), int(self.offsets[first + end, 1])
        return Span(*characters, float(pairs[start, end]))


class Reader:
    """Reads passages for an answer to a question. What goes beyond 256 tokens is not read."""

    def __init__(self, model: bytes, tokenizer: "Tokenizer") -> None:
        self._graph = Graph(model)
        self._tokenizer = tokenizer
        self._cls, self._sep = tokenizer.encode("").ids

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """The reader that comes with this package, or the one in a `.safetensors` file.

        Raises `WeightsError` when the file is absent or damaged.
        """
        tokenizer = load_tokenizer(locate_weights())
        return cls(quantised_graph(path, "span") if path else packaged_graph("reader"), tokenizer)

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        """A reading of each passage, each on its own."""
        texts = [question, *passages]
        asked, *read = self._tokenizer.encode_batch(texts, add_special_tokens=False)
        query = [self._cls, *asked.ids[:QUESTION_TOKENS], self._sep]
        room = MAX_TOKENS - len(query) - 1
        outputs = self._graph.run_each([self._feed(query, e.ids[:room]) for e in read])
        return [
            _reading(logits[0], len(query), encoding)
            for logits, encoding in zip(outputs, read, strict=True)
        ]

    def _feed(self, query: Sequence[int], passage: Sequence[int]) -> dict[str, IntArray]:
        """`[CLS] question [SEP]` of type 0, then `passage [SEP]` of type 1."""
        types = [0] * len(query) + [1] * (len(passage) + 1)
        return {"ids": row([*query, *passage, self._sep]), "types": row(types)}


def pack(weights: Path, to: Path) -> None:
    """Write the int8 graph of the reader in a `.safetensors` file, as this package carries it."""
    write_graph(to, quantised_graph(weights, "span"))


def _reading(logits: FloatArray, skipped: int, encoding: "Encoding") -> Reading:
    """Split logits [L, 2] into those of the first piece and those of the passage."""
    null = float(logits[0].sum())
    starts, ends = logits[skipped:-1].T
    offsets = np.array(encoding.offsets[: len(starts)], np.int32).reshape(-1, 2)
    return Reading(null, starts, ends, offsets)
