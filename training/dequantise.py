"""The tensors of the shipped reader's int8 graph, as float32 with the published names.

python -m training.dequantise --graph rag/models/reader.graph --to reader.safetensors
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file

DIGEST = 32
PARTS = ("query", "key", "value")
Tensors = dict[str, npt.NDArray[np.float32]]


def dequantised(model: bytes) -> Tensors:
    """The published tensors that a "span" graph of `rag.models.onnx_graphs` was built from."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load_from_string(model).graph
    constants = {c.name: numpy_helper.to_array(c) for c in graph.initializer}
    tensors = _embeddings(constants, graph.node)
    linears, norms = _linears(constants, graph.node), _norms(constants, graph.node)
    tensors |= _pair("embeddings.LayerNorm", *next(norms))
    for layer in range(sum(node.op_type == "Gelu" for node in graph.node)):
        tensors |= _layer(f"encoder.layer.{layer}", linears, norms)
    weight, bias = _inputs(constants, graph.node[-2])[0], _inputs(constants, graph.node[-1])[0]
    return tensors | _pair("span", np.ascontiguousarray(weight.T), bias)


def _pair(name: str, weight: npt.NDArray[Any], bias: npt.NDArray[Any]) -> Tensors:
    return {f"{name}.weight": weight.astype(np.float32), f"{name}.bias": bias.astype(np.float32)}


def _inputs(constants: Mapping[str, npt.NDArray[Any]], node: Any) -> list[npt.NDArray[Any]]:
    """The constants among a node's inputs, in order."""
    return [constants[name] for name in node.input if name in constants]


def _embeddings(constants: Mapping[str, npt.NDArray[Any]], nodes: Sequence[Any]) -> Tensors:
    """Words, types and positions: what the graph gathers or slices."""
    words, scale, types = (_inputs(constants, n)[0] for n in nodes if n.op_type == "Gather")
    positions = next(_inputs(constants, n)[0] for n in nodes if n.op_type == "Slice")
    found = {"word": words * scale, "token_type": types, "position": positions}
    return {f"embeddings.{k}_embeddings.weight": v.astype(np.float32) for k, v in found.items()}


def _linears(
    constants: Mapping[str, npt.NDArray[Any]], nodes: Sequence[Any]
) -> Iterator[tuple[npt.NDArray[Any], npt.NDArray[Any]]]:
    """Weight [out, in] and bias of each int8 product, in order."""
    for node, after in zip(nodes, [*nodes[1:], None], strict=True):
        if node.op_type == "DynamicQuantizeMatMul":
            matrix, scale, bias = _inputs(constants, node)
            yield np.ascontiguousarray((matrix * scale).T), bias
        elif node.op_type == "MatMulNBits":
            coded, scale = _inputs(constants, node)
            blocks = (coded.astype(np.float32) - 128) * scale.reshape(*coded.shape[:2], 1)
            yield blocks.reshape(len(coded), -1), _inputs(constants, after)[0]


def _norms(
    constants: Mapping[str, npt.NDArray[Any]], nodes: Sequence[Any]
) -> Iterator[tuple[npt.NDArray[Any], npt.NDArray[Any]]]:
    """Scale and shift of each layer norm, in order."""
    for node in nodes:
        if node.op_type == "SkipLayerNormalization":
            scale, shift = _inputs(constants, node)
            yield scale, shift


def _layer(name: str, linears: Iterator[Any], norms: Iterator[Any]) -> Tensors:
    """The tensors of one layer, by the order in which the graph has them."""
    weight, bias = next(linears)
    split = zip(PARTS, np.split(weight, 3), np.split(bias, 3), strict=True)
    tensors: Tensors = {}
    for part, w, b in split:
        tensors |= _pair(f"{name}.attention.self.{part}", w, b)
    for place in ("attention.output", "intermediate", "output"):
        tensors |= _pair(f"{name}.{place}.dense", *next(linears))
        if place != "intermediate":
            tensors |= _pair(f"{name}.{place}.LayerNorm", *next(norms))
    return tensors


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the graph's tensors as one safetensors file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--graph", type=Path, required=True, help="a digest and an ONNX model")
    parser.add_argument("--to", type=Path, required=True, help="the safetensors file to write")
    given = parser.parse_args(arguments)
    tensors = dequantised(given.graph.read_bytes()[DIGEST:])
    save_file({k: np.ascontiguousarray(v) for k, v in tensors.items()}, given.to)


if __name__ == "__main__":
    main()
