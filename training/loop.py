"""Training within a given time; a run that was cut off continues where it stopped."""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from torch import Tensor

from training.model import Encoder
from training.settings import Settings, rate_at
from training.tokens import W, batches_of_like_length
from training.workers import Collate, Workers

State = dict[str, Tensor]
Measure = Callable[[], Mapping[str, object]]


@dataclass(slots=True)
class Progress:
    """How far a run has come; `batch` is the next batch of pass `number`."""

    number: int = 0
    batch: int = 0
    steps: int = 0
    examples: int = 0
    seconds: float = 0.0
    best: dict[str, float] = field(default_factory=dict)


def moving_average(average: State, network: Encoder, steps: int, decay: float) -> None:
    """Move the average a little towards the network's trained weights, faster at first."""
    share = 1 - min(decay, (1 + steps) / (10 + steps))
    mine = [p.detach() for name, p in network.named_parameters() if name in average]
    theirs = [average[name] for name, _ in network.named_parameters() if name in average]
    torch._foreach_lerp_(theirs, mine, share)


class Run:
    """A training run and everything it keeps in its folder."""

    def __init__(self, network: Encoder, collate: Collate, out: Path, settings: Settings) -> None:
        self.network, self.out, self.settings = network, out, settings
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.network.to(self.device).train()
        self.network.word.weight.requires_grad_(False)  # noqa: FBT003
        self.trained = [p for p in network.parameters() if p.requires_grad]
        self.average: State = {
            n: p.detach().clone() for n, p in network.named_parameters() if p.requires_grad
        }
        self.workers = Workers(network, collate, settings)
        self.optimizer = torch.optim.AdamW(self._groups(), lr=0.0, betas=(0.9, 0.98), fused=True)
        self.progress = Progress()
        out.mkdir(parents=True, exist_ok=True)

    def _groups(self) -> list[dict[str, Any]]:
        """Weight decay for the matrices alone."""
        matrices = [p for p in self.trained if p.dim() > 1]
        others = [p for p in self.trained if p.dim() <= 1]
        decay = self.settings.weight_decay
        return [
            {"params": matrices, "weight_decay": decay},
            {"params": others, "weight_decay": 0.0},
        ]

    def averaged(self) -> State:
        """The network's whole state with the averaged weights in place of the last ones."""
        return self.network.state_dict() | self.average

    def save(self) -> Path:
        """Write a checkpoint atomically and keep the latest two."""
        path = self.out / f"checkpoint-{self.progress.steps:07d}.pt"
        state = {
            "config": self.network.config.to_dict(),
            "head": self.network.head,
            "network": self.network.state_dict(),
            "average": self.average,
            "optimizer": self.optimizer.state_dict(),
            "progress": asdict(self.progress),
            "settings": asdict(self.settings),
        }
        partial = path.with_suffix(".partial")
        torch.save(state, partial)
        os.replace(partial, path)
        for old in checkpoints(self.out)[:-2]:
            old.unlink()
        return path

    def resume(self) -> bool:
        """Continue from the latest checkpoint that can be read; false where there is none."""
        for path in reversed(checkpoints(self.out)):
            try:
                state = torch.load(path, map_location=self.device, weights_only=True)
            except (OSError, RuntimeError, EOFError, UnpicklingError) as problem:
                self.note(event="unreadable", checkpoint=path.name, problem=str(problem))
                continue
            self.network.load_state_dict(state["network"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.average = state["average"]
            self.progress = Progress(**state["progress"])
            return True
        return False

    def step(self, windows: Sequence[W]) -> Tensor:
        """One update; returns the batch's loss."""
        for group in self.optimizer.param_groups:
            group["lr"] = rate_at(self.settings, self.progress.seconds)
        loss = self.workers.gradients(windows)
        torch.nn.utils.clip_grad_norm_(self.trained, self.settings.clip)
        self.optimizer.step()
        moving_average(self.average, self.network, self.progress.steps, self.settings.average)
        return loss

    def batches(self, windows_of: Callable[[int, random.Random], Sequence[W]]) -> Iterator[list[W]]:
        """Batches without end, from where the run stands; the same after a resumption.

        `windows_of` gives the windows of a pass by its number.
        """
        while True:
            number = self.progress.number
            rng = random.Random(self.settings.seed * 1000 + number)  # noqa: S311
            windows = windows_of(number, rng)
            made = batches_of_like_length(
                windows, self.settings.batch, self.settings.sort_pool, rng
            )
            self.note(event="pass", number=number, examples=len(windows), batches=len(made))
            yield from made[self.progress.batch :]
            self.progress.number, self.progress.batch = number + 1, 0

    def note(self, **values: object) -> None:
        """Add a line to the log."""
        minutes = round(self.progress.seconds / 60, 2)
        line = {"minutes": minutes, "seen": self.progress.examples} | values
        with (self.out / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")

    def validate(self, measure: Measure) -> None:
        """Log the figures of the last weights and of the averaged ones."""
        last = {name: tensor.clone() for name, tensor in self.network.state_dict().items()}
        self.network.eval()
        for name, state in (("last", last), ("average", self.averaged())):
            self.network.load_state_dict(state)
            self.note(event="validation", weights=name, **measure())
        self.network.load_state_dict(last)
        self.network.train()

    def train(
        self,
        batches: Iterator[list[W]],
        measure: Measure,
        most_steps: int | None = None,
    ) -> None:
        """Train until the time or the number of steps is used up; save, validate on the way."""
        losses: list[Tensor] = []
        saved = validated = self.progress.seconds
        clock = time.monotonic()
        stop = None if most_steps is None else self.progress.steps + most_steps
        while self.progress.seconds < self.settings.hours * 3600 and self.progress.steps != stop:
            windows = next(batches)
            losses.append(self.step(windows))
            self.progress.batch += 1
            self.progress.steps += 1
            self.progress.examples += len(windows)
            clock = self._pass_time(clock)
            if self.progress.steps % self.settings.log_steps == 0:
                self._log_loss(losses)
            if self.progress.seconds - validated >= self.settings.validate_minutes * 60:
                self.validate(measure)
                validated = self.progress.seconds
                clock = self._pass_time(clock)
            if self.progress.seconds - saved >= self.settings.checkpoint_minutes * 60:
                self.save()
                saved = self.progress.seconds
        self.save()

    def _pass_time(self, since: float) -> float:
        """Count the time since a moment as training time; returns now."""
        now = time.monotonic()
        self.progress.seconds += now - since
        return now

    def _log_loss(self, losses: list[Tensor]) -> None:
        """Log the mean of the latest losses and forget them."""
        mean = float(torch.stack(losses).mean())
        rate = rate_at(self.settings, self.progress.seconds)
        self.note(event="loss", steps=self.progress.steps, rate=round(rate, 8), loss=round(mean, 4))
        losses.clear()


def checkpoints(out: Path) -> list[Path]:
    """A run's checkpoints, oldest first."""
    return sorted(out.glob("checkpoint-*.pt"))


def options(description: str | None) -> argparse.ArgumentParser:
    """What every training run is told on the command line."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--model", type=Path, required=True, help="model.safetensors, config.json, tokenizer.json"
    )
    parser.add_argument("--out", type=Path, required=True, help="checkpoints and log")
    parser.add_argument("--hours", type=float, required=True, help="training time in all")
    parser.add_argument("--batch", type=int, default=Settings(0).batch)
    parser.add_argument("--rate", type=float, default=Settings(0).rate)
    parser.add_argument("--workers", type=int, default=1, help="threads; one a core on a CPU")
    return parser


def settings_of(given: argparse.Namespace) -> Settings:
    """The settings that a command line asks for."""
    return Settings(given.hours, batch=given.batch, rate=given.rate, workers=given.workers)
