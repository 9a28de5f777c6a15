"""Gradients of a batch, computed in pieces by several threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any, Protocol

import torch
from torch import Tensor

from training.model import Encoder, autocast
from training.settings import Settings


class Batch(Protocol):
    """What a network's loss is taken of."""

    def to(self, device: torch.device) -> Batch:
        """The same batch on a device."""
        ...


Collate = Callable[[Sequence[Any]], Batch]


class Workers:
    """Computes a batch's gradients in pieces, in several threads that share the weights.

    On a CPU one thread a core, each at its own piece, is faster than all cores at one operation,
    most of all when other work takes a core away for a while: whoever is free takes the next piece.
    """

    def __init__(self, network: Encoder, collate: Collate, settings: Settings) -> None:
        self.collate, self.settings = collate, settings
        self.device = network.top.weight.device
        many = self.device.type == "cpu" and settings.workers > 1
        self.replicas = [network] + [_twin(network) for _ in range(settings.workers - 1) if many]
        self.piece = settings.piece if many else settings.batch
        self.free = SimpleQueue[Encoder]()
        for replica in self.replicas:
            self.free.put(replica)
        self.threads = ThreadPoolExecutor(len(self.replicas)) if many else None
        if many:
            torch.set_num_threads(1)

    def gradients(self, windows: Sequence[Any]) -> Tensor:
        """Leave the gradients of the batch's mean loss in the network; returns that loss."""
        for replica in self.replicas:
            replica.zero_grad(set_to_none=True)
        ordered = sorted(windows, key=lambda w: -len(w.ids))
        pieces = [ordered[i : i + self.piece] for i in range(0, len(ordered), self.piece)]
        shares = [len(piece) / len(windows) for piece in pieces]
        apply = map if self.threads is None else self.threads.map
        losses = list(apply(self._piece, pieces, shares))
        self._gather()
        return torch.stack(losses).sum()

    def _gather(self) -> None:
        """Add the replicas' gradients to the first one's; who had no piece has none."""
        mine, *others = ([p for p in r.parameters() if p.requires_grad] for r in self.replicas)
        for other in others:
            for parameter, twin in zip(mine, other, strict=True):
                if parameter.grad is None:
                    parameter.grad = twin.grad
                elif twin.grad is not None:
                    parameter.grad += twin.grad

    def _piece(self, windows: Sequence[Any], share: float) -> Tensor:
        """Add a piece's gradients to whichever replica is free; returns its share of the loss."""
        network = self.free.get()
        try:
            batch = self.collate(windows).to(self.device)
            with autocast(self.device, on=self.settings.bf16):
                loss = network.loss(batch) * share
            torch.autograd.backward(loss)
            return loss.detach()
        finally:
            self.free.put(network)


def _twin(network: Encoder) -> Encoder:
    """A network with the same weights in memory but gradients of its own."""
    with torch.device("meta"):
        twin = type(network)(network.config).train()
    twin.load_state_dict(network.state_dict(), assign=True)
    for mine, theirs in zip(twin.parameters(), network.parameters(), strict=True):
        mine.requires_grad_(theirs.requires_grad)
    return twin
