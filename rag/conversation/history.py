"""The turns of a conversation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side said. `role` is `user` or `agent`."""

    role: str
    text: str

    @classmethod
    def of(cls, turn: "Turn | Mapping[str, Any]") -> "Turn":
        """A turn from a mapping with `role` and `text` or `content`."""
        if isinstance(turn, Turn):
            return turn
        text = turn.get("text") or turn.get("content") or ""
        return cls("user" if turn.get("role") == "user" else "agent", str(text))


History = Sequence[Turn | Mapping[str, Any]]
"""Turns as a caller may give them."""
