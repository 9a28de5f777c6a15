"""Write a checkpoint's weights as one safetensors file with the published tensor names.

python -m training.export --run RUN --to reader.safetensors
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file

from training.loop import checkpoints
from training.model import BertConfig, to_published

METADATA = {"format": "pt", "base": "sentence-transformers/all-MiniLM-L6-v2"}


def export(checkpoint: Path, target: Path, *, averaged: bool = True) -> Path:
    """Write a checkpoint's averaged (or last) weights, float32, atomically; returns the target."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    weights = state["network"] | (state["average"] if averaged else {})
    tensors = to_published(BertConfig(**state["config"]), state["head"], weights)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.partial")
    steps, seen = (str(state["progress"][key]) for key in ("steps", "examples"))
    save_file(tensors, partial, METADATA | {"steps": steps, "examples": seen})
    partial.chmod(0o644)
    os.replace(partial, target)
    return target


def main(arguments: Sequence[str] | None = None) -> None:
    """Export a run's latest checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, required=True, help="a training run's folder")
    parser.add_argument("--to", type=Path, required=True, help="the safetensors file to write")
    parser.add_argument("--last", action="store_true", help="the last weights, not the averaged")
    given = parser.parse_args(arguments)
    found = checkpoints(given.run)
    if not found:
        parser.error(f"{given.run} holds no checkpoint")
    export(found[-1], given.to, averaged=not given.last)


if __name__ == "__main__":
    main()
