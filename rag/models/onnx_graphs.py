"""A BERT encoder's tensors made into one fused int8 ONNX graph.

Every matrix is int8 with a scale per output channel, the word embeddings int8 with a scale per
word; activations are quantised as they come. What leaves the widest layer has outliers, which cost
the reader answers: there it is quantised in blocks (docs/reader.md). The graph takes texts of one
length, so it has no padding and no mask: see `rag.models.onnx_session`.

Shapes use B for the batch, L for tokens, H for the hidden size.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Head = Literal["embedding", "span", "verdict"]
FloatArray = npt.NDArray[np.float32]
Tensors = Mapping[str, FloatArray]

_HEADS = 12
_BLOCK = 32
_EPSILON = 1e-12
_CONTRIB = "com.microsoft"


def build(tensors: Tensors, head: Head) -> bytes:
    """The graph of an encoder with published BERT tensor names, as a serialised ONNX model.

    "embedding": `ids` [B, L] -> `vectors` [B, H], mean over the tokens, L2-normalised.
    "span", "verdict": `ids`, `types` [B, L] -> `logits` [B, L, K], by the tensors `HEAD.weight`
    [K, H] and `HEAD.bias` [K]; what they mean say `Reader` and `Verifier`.
    Inputs are int32, outputs float32.
    """
    graph = _Graph()
    reads = head != "embedding"
    x = _embeddings(graph, tensors, typed=reads)
    for layer in range(_layers(tensors)):
        x = _layer(graph, tensors, f"encoder.layer.{layer}", x, blocks=reads)
    if head == "embedding":
        _pool(graph, x)
        return graph.serialise(["ids"], "vectors", ["B", _hidden(tensors)])
    weight, bias = tensors[f"{head}.weight"], tensors[f"{head}.bias"]
    logits = graph.add("MatMul", [x, graph.constant(weight.T)])
    graph.add("Add", [logits, graph.constant(bias)], outputs=["logits"])
    return graph.serialise(["ids", "types"], "logits", ["B", "L", len(bias)])


def _layers(tensors: Tensors) -> int:
    return len({name.split(".")[2] for name in tensors if name.startswith("encoder.layer.")})


def _hidden(tensors: Tensors) -> int:
    return int(tensors["embeddings.LayerNorm.bias"].shape[0])


def _quantised(matrix: FloatArray, axis: int) -> tuple[npt.NDArray[np.int8], FloatArray]:
    """`matrix` as int8 in [-127, 127] and its float32 scales, one for each slice along `axis`."""
    scale = np.maximum(np.abs(matrix).max(axis, keepdims=True) / 127, np.finfo(np.float32).tiny)
    return np.rint(matrix / scale).astype(np.int8), scale.astype(np.float32)


class _Graph:
    """Nodes and constants in the order they are added; names are made up."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def constant(self, value: npt.NDArray[Any]) -> str:
        from onnx import numpy_helper

        name = f"c{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(
        self,
        operator: str,
        inputs: Sequence[str],
        *,
        domain: str = "",
        outputs: Sequence[str] = (),
        **attributes: Any,
    ) -> str:
        """Add a node and return the name of its first output."""
        from onnx import helper

        outputs = list(outputs) or [f"n{len(self._nodes)}"]
        node = helper.make_node(operator, list(inputs), outputs, domain=domain, **attributes)
        self._nodes.append(node)
        return outputs[0]

    def fused(self, operator: str, inputs: Sequence[str], **attributes: Any) -> str:
        """Add one of ONNX Runtime's own operators."""
        return self.add(operator, inputs, domain=_CONTRIB, **attributes)

    def linear(self, x: str, weight: FloatArray, bias: FloatArray) -> str:
        """`x` times `weight` [out, in] transposed, in int8, plus `bias`."""
        matrix, scale = _quantised(weight.T, axis=0)
        constants = [self.constant(matrix), self.constant(scale[0]), "", self.constant(bias)]
        return self.fused("DynamicQuantizeMatMul", [x, *constants])

    def blocked(self, x: str, weight: FloatArray, bias: FloatArray) -> str:
        """The same with a scale for every 32 inputs, of the weights and of each row of `x`."""
        out, width = weight.shape
        matrix, scale = _quantised(weight.reshape(out, width // _BLOCK, _BLOCK), axis=2)
        coded = (matrix.astype(np.int16) + 128).astype(np.uint8)
        sizes = {"K": width, "N": out, "bits": 8, "block_size": _BLOCK, "accuracy_level": 4}
        inputs = [x, self.constant(coded), self.constant(scale.reshape(-1))]
        return self.add("Add", [self.fused("MatMulNBits", inputs, **sizes), self.constant(bias)])

    def norm(self, x: str, skip: str, tensors: Tensors, name: str) -> str:
        """The layer norm of `x + skip`."""
        scale, shift = tensors[f"{name}.weight"], tensors[f"{name}.bias"]
        inputs = [x, skip, self.constant(scale), self.constant(shift)]
        return self.fused("SkipLayerNormalization", inputs, epsilon=_EPSILON)

    def serialise(self, inputs: Sequence[str], output: str, shape: Sequence[str | int]) -> bytes:
        from onnx import TensorProto, helper

        graph = helper.make_graph(
            self._nodes,
            "encoder",
            [helper.make_tensor_value_info(i, TensorProto.INT32, ["B", "L"]) for i in inputs],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, list(shape))],
            self._constants,
        )
        operators = [helper.make_opsetid("", 18), helper.make_opsetid(_CONTRIB, 1)]
        model = helper.make_model(graph, opset_imports=operators, ir_version=10)
        return bytes(model.SerializeToString())


def _embeddings(graph: _Graph, tensors: Tensors, *, typed: bool) -> str:
    """The norm of word + position + type embeddings; without `typed`, every piece is of type 0."""
    words, scale = _quantised(tensors["embeddings.word_embeddings.weight"], axis=1)
    types = tensors["embeddings.token_type_embeddings.weight"]
    positions = tensors["embeddings.position_embeddings.weight"]
    coded = graph.add("Gather", [graph.constant(words), "ids"])
    word = graph.add(
        "Mul",
        [
            graph.add("Cast", [coded], to=1),
            graph.add("Gather", [graph.constant(scale), "ids"]),
        ],
    )
    if typed:
        word = graph.add("Add", [word, graph.add("Gather", [graph.constant(types), "types"])])
    else:
        positions = positions + types[0]
    start, length = graph.constant(np.zeros(1, np.int64)), graph.add("Shape", ["ids"], start=1)
    position = graph.add("Slice", [graph.constant(positions), start, length, start])
    return graph.norm(word, position, tensors, "embeddings.LayerNorm")


def _layer(graph: _Graph, tensors: Tensors, name: str, x: str, *, blocks: bool) -> str:
    """Self-attention and a feed-forward part, each added to its input and normed."""
    attended = _attention(graph, tensors, f"{name}.attention", x)
    inner = graph.fused("Gelu", [_dense(graph, tensors, f"{name}.intermediate.dense", attended)])
    linear = graph.blocked if blocks else graph.linear
    output = linear(inner, *_parameters(tensors, f"{name}.output.dense"))
    return graph.norm(output, attended, tensors, f"{name}.output.LayerNorm")


def _attention(graph: _Graph, tensors: Tensors, name: str, x: str) -> str:
    parts = [f"{name}.self.{part}" for part in ("query", "key", "value")]
    weight = np.concatenate([tensors[f"{part}.weight"] for part in parts])
    bias = np.concatenate([tensors[f"{part}.bias"] for part in parts])
    joined = graph.linear(x, weight, bias)
    outputs = [f"{joined}.{part}" for part in ("query", "key", "value")]
    graph.add("Split", [joined], outputs=outputs, axis=2, num_outputs=3)
    mixed = graph.fused("MultiHeadAttention", outputs, num_heads=_HEADS)
    output = _dense(graph, tensors, f"{name}.output.dense", mixed)
    return graph.norm(output, x, tensors, f"{name}.output.LayerNorm")


def _dense(graph: _Graph, tensors: Tensors, name: str, x: str) -> str:
    return graph.linear(x, *_parameters(tensors, name))


def _parameters(tensors: Tensors, name: str) -> tuple[FloatArray, FloatArray]:
    return tensors[f"{name}.weight"], tensors[f"{name}.bias"]


def _pool(graph: _Graph, x: str) -> None:
    mean = graph.add("ReduceMean", [x, graph.constant(np.ones(1, np.int64))], keepdims=0)
    graph.add("LpNormalization", [mean], outputs=["vectors"], axis=-1, p=2)
