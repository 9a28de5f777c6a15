"""Whether evidence bears a statement out: a cross-encoder with a verdict and a mark a token.

The encoder's architecture over a statement, its evidence and its context. After MiniCheck (Tang et
al. 2024), evidence too long for one window is read in several and the window that supports the
statement best counts. What it was trained on and how well it does: docs/verifier.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from rag.models.encoder import load_tokenizer
from rag.models.onnx_session import FloatArray, Graph, row
from rag.models.weights import locate_weights, packaged_graph, quantised_graph, write_graph
from rag.models.windows import Ids, Layout, Window

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

CLASSES = 3
TEMPERATURE, SHIFT = 2.4, 0.05
"""What makes the log-odds of being supported a probability: fitted on 897 statements over articles
that the network never saw (docs/verifier.md)."""
FAULTY = 0.5
"""The probability from which a token is said not to be borne out."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement, the sentences that are to bear it out, and what stands before these.

    `context` has, for each article, its title, source and date and its sentences up to those.
    """

    statement: str
    evidence: tuple[str, ...]
    context: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the verifier makes of a claim: two probabilities, and where the statement fails.

    `faults` are the characters `[start, end)` of the statement that the evidence does not bear out.
    """

    supported: float
    contradicted: float
    faults: tuple[tuple[int, int], ...] = ()


class Verifier:
    """Judges claims, in English."""

    def __init__(self, model: bytes, tokenizer: "Tokenizer") -> None:
        self._graph = Graph(model, shared=True)  # statements come one at a time
        self._tokenizer = tokenizer
        self._layout = Layout(*tokenizer.encode("").ids)

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """The verifier that comes with this package, or the one in a `.safetensors` file.

        Raises `WeightsError` when the file is absent or damaged.
        """
        model = quantised_graph(path, "verdict") if path else packaged_graph("verifier")
        return cls(model, load_tokenizer(locate_weights()))

    def judge(self, claims: Sequence[Claim]) -> list[Judgement]:
        """A judgement of each claim, each on its own."""
        read = [(n, w, e) for n, claim in enumerate(claims) for w, e in self._windows(claim)]
        feeds = [{"ids": row(w.ids.tolist()), "types": row(w.types.tolist())} for _, w, _ in read]
        outputs = self._graph.run_each(feeds)
        found = (
            (n, _verdict(logits[0], window, encoding))
            for (n, window, encoding), logits in zip(read, outputs, strict=True)
        )
        return [
            max((judged for _, judged in same), key=lambda judged: judged.supported)
            for _, same in groupby(found, key=lambda pair: pair[0])
        ]

    def _windows(self, claim: Claim) -> "Iterable[tuple[Window, Encoding]]":
        texts = [claim.statement, *claim.evidence, *claim.context]
        statement, *others = self._tokenizer.encode_batch(texts, add_special_tokens=False)
        ids = [_ids(encoding) for encoding in others]
        evidence, context = ids[: len(claim.evidence)], ids[len(claim.evidence) :]
        for window in self._layout.windows(_ids(statement), evidence, context):
            yield window, statement


def pack(weights: Path, to: Path) -> None:
    """Write the int8 graph of the verifier in a `.safetensors` file, as this package carries it."""
    write_graph(to, quantised_graph(weights, "verdict"))


def _ids(encoding: "Encoding") -> Ids:
    return np.array(encoding.ids, np.int32)


def _verdict(logits: FloatArray, window: Window, encoding: "Encoding") -> Judgement:
    """The judgement in logits [L, 7]: of `[CLS]`, three; of the statement, three and the faults."""
    said = window.said + 2
    scores = logits[0, :CLASSES] + logits[:said, CLASSES : 2 * CLASSES].mean(0)
    against = np.logaddexp(scores[1], scores[2])
    supported = _sigmoid((scores[0] - against - SHIFT) / TEMPERATURE)
    contradicted = (1 - supported) * float(np.exp(scores[1] - against))
    return Judgement(supported, contradicted, _faults(logits[1 : said - 1, -1], encoding))


def _faults(logits: FloatArray, encoding: "Encoding") -> tuple[tuple[int, int], ...]:
    """The runs of tokens whose logit says that they are not borne out, as characters."""
    faulty = [_sigmoid(float(logit)) >= FAULTY for logit in logits]
    places = groupby(range(len(faulty)), key=faulty.__getitem__)
    found = [list(run) for wrong, run in places if wrong]
    offsets = encoding.offsets
    return tuple((offsets[run[0]][0], offsets[run[-1]][1]) for run in found)


def _sigmoid(logit: float) -> float:
    return float(1 / (1 + np.exp(-logit)))
