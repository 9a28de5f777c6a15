"""The reader's head: where an answer starts and ends, and its loss.

Shapes use B for the batch, L for tokens.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from training.model import Encoder
from training.reader.windows import Batch


class Reader(Encoder):
    """The encoder and two logits a token: does the answer start here, does it end here?"""

    head = "span"
    outputs = 2

    def loss(self, batch: Batch) -> Tensor:
        """The mean cross entropy of where the spans of a batch begin and end."""
        return span_loss(*logits(self, batch), batch.first, batch.last)


def logits(reader: Reader, batch: Batch) -> tuple[Tensor, Tensor]:
    """Start and end logits [B, L] of a batch, minus infinity where no answer may be."""
    start, end = reader(batch.ids, batch.types, batch.lengths).unbind(-1)
    return (
        start.masked_fill(~batch.allowed, -torch.inf),
        end.masked_fill(~batch.allowed, -torch.inf),
    )


def span_loss(start: Tensor, end: Tensor, first: Tensor, last: Tensor) -> Tensor:
    """The mean cross entropy of where the span begins and ends, as a scalar.

    start, end: logits [B, L], minus infinity where no answer may be; first, last: [B], 0 for none.
    """
    starts, ends = functional.cross_entropy(start, first), functional.cross_entropy(end, last)
    return (starts + ends) / 2
