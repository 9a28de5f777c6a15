"""The verifier's head: a verdict on the statement, and on each of its tokens; and their loss.

Shapes use B for the batch, L for tokens.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from training.model import Encoder
from training.verifier.claims import LABELS
from training.verifier.windows import UNKNOWN, Batch

CLASSES = 3
FAULTS_WEIGHT = 0.3


class Verifier(Encoder):
    """The encoder and seven logits a token.

    The verdict's three logits (supported, contradicted, absent) are the first three of `[CLS]` plus
    the mean of the next three over the statement's part. The last says that a token of the
    statement is not borne out.
    """

    head = "verdict"
    outputs = 2 * CLASSES + 1

    def read(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """The verdict's logits [B, 3] and those of faults [B, L]."""
        logits = self(batch.ids, batch.types, batch.lengths)
        said = batch.said[:, :, None].float()
        mean = (logits[:, :, CLASSES:-1] * said).sum(1) / said.sum(1)
        return logits[:, 0, :CLASSES] + mean, logits[:, :, -1]

    def loss(self, batch: Batch) -> Tensor:
        """The verdict's loss plus a share of the faults'."""
        verdict, faults = self.read(batch)
        return verdict_loss(verdict, batch.labels) + FAULTS_WEIGHT * faults_loss(
            faults, batch.faults
        )


def verdict_loss(verdict: Tensor, labels: Tensor) -> Tensor:
    """The mean cross entropy of logits [B, 3] against `LABELS` [B]; "not" is either of two."""
    sure = functional.log_softmax(verdict, -1)
    either = torch.logsumexp(sure[:, 1:], -1, keepdim=True)
    every = torch.cat([sure, either], 1)
    return functional.nll_loss(every, labels)


def faults_loss(faults: Tensor, marks: Tensor) -> Tensor:
    """The mean over claims of the cross entropy of marked tokens; logits and marks are [B, L]."""
    known = (marks != UNKNOWN).float()
    each = functional.binary_cross_entropy_with_logits(faults, marks.clamp(min=0), reduction="none")
    return ((each * known).sum(1) / known.sum(1).clamp(min=1)).mean()


assert LABELS[CLASSES] == "not"
