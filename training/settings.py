"""What a training run is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run is made of; the learning rate follows the share of `hours` that has passed."""

    hours: float
    batch: int = 32
    window: int = 256
    rate: float = 2e-4
    warm_up: float = 0.04
    weight_decay: float = 0.01
    clip: float = 1.0
    average: float = 0.999
    bf16: bool = True
    workers: int = 1
    piece: int = 8
    sort_pool: int = 2048
    checkpoint_minutes: float = 5.0
    validate_minutes: float = 12.0
    log_steps: int = 50
    seed: int = 13


def rate_at(settings: Settings, seconds: float) -> float:
    """The learning rate: a linear rise, then a linear fall to nothing at the budget's end."""
    done = min(1.0, seconds / (settings.hours * 3600))
    rise, fall = done / settings.warm_up, (1 - done) / (1 - settings.warm_up)
    return settings.rate * min(rise, fall)
