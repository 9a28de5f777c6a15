"""What a network that was not trained for it knows of support: a linear head on its frozen vectors.

    python -m training.verifier.frozen --weights READER --model MODEL --data DATA

The head is a logistic regression on the mean vector of the statement's tokens, fitted on our own
statements and the bench's. Prints its AUROC on what was kept aside of both, and on WiCE, of another
make: what it learns of how statements are written is of no use there.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from training.model import Encoder, published
from training.reader.head import Reader
from training.statistics import auroc
from training.tokens import Texts
from training.verifier.claims import Claim
from training.verifier.reading import PIECE, READING_ROOM, read_judged
from training.verifier.scores import NEAR
from training.verifier.sources import Sources
from training.verifier.windows import collate, reading_windows

LEARNT = 2600
OTHER = "WiCE/oracle_chunk"
DECAY = 0.01
"""The L2 penalty of the head's weights on vectors of unit variance."""


def vectors(network: Encoder, texts: Texts, claims: Sequence[Claim]) -> Tensor:
    """The mean vector [H] of each claim's statement, read with the evidence nearest to it."""
    texts.prepare(text for c in claims for text in (c.statement, *c.evidence, *c.context))
    most = network.config.types - 1
    found = []
    for at in range(0, len(claims), PIECE):
        windows = [reading_windows(texts, c, READING_ROOM)[0] for c in claims[at : at + PIECE]]
        batch = collate(windows, texts.pad)
        with torch.inference_mode():
            read = network.encode(batch.ids, batch.types.clamp(max=most), batch.lengths)
        said = batch.said[:, :, None].float()
        found.append((read * said).sum(1) / said.sum(1))
    return torch.cat(found)


def head(x: Tensor, supported: Tensor) -> tuple[Tensor, Tensor]:
    """Weights [H] and bias [] of the regression on vectors [N, H]; both kinds weigh the same."""
    weight = torch.zeros(x.shape[1], requires_grad=True)
    bias = torch.zeros((), requires_grad=True)
    share = supported.mean()
    each = torch.where(supported > 0, 0.5 / share, 0.5 / (1 - share))
    optimiser = torch.optim.LBFGS([weight, bias], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        loss = functional.binary_cross_entropy_with_logits(x @ weight + bias, supported, each)
        loss = loss + DECAY * weight.square().sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimiser.step(closure)  # type: ignore[no-untyped-call]
    return weight.detach(), bias.detach()


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit the head, and print how well it tells the claims apart."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, required=True, help="the reader's, dequantised")
    parser.add_argument("--model", type=Path, required=True, help="tokenizer.json, config.json")
    parser.add_argument("--data", type=Path, required=True, help="folder of support, qa, bench")
    given = parser.parse_args(arguments)
    sources, texts = Sources(given.data), Texts.of_model(given.model)
    network = published(Reader, given.model, given.weights).eval()
    learnt = [c for c in sources.training() if c.set in NEAR]
    learnt = random.Random(4).sample(learnt, min(LEARNT, len(learnt)))  # noqa: S311
    x = vectors(network, texts, learnt)
    mean, spread = x.mean(0), x.std(0)
    weight, bias = head((x - mean) / spread, torch.tensor([float(c.supported) for c in learnt]))
    aside = [*sources.aside(), *read_judged(sources)]
    for name in (*NEAR, OTHER):
        some = [c for c in aside if c.set == name]
        told = (((vectors(network, texts, some) - mean) / spread) @ weight + bias).tolist()
        kinds = (
            [s for s, c in zip(told, some, strict=True) if c.supported is k] for k in (True, False)
        )
        sys.stdout.write(f"{name} ({len(some)}): AUROC {auroc(*kinds):.3f}\n")


if __name__ == "__main__":
    main()
