"""What is said to a language model, and what comes back."""

from dataclasses import dataclass

from rag.answers import Usage


@dataclass(frozen=True, slots=True)
class Message:
    """One message to a model."""

    role: str
    text: str

    @property
    def estimated_tokens(self) -> int:
        """Not fewer tokens than the message has, for any tokenizer in use."""
        return estimated_tokens(self.text)


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is asked, and the most tokens it may write; None where nothing is said."""

    messages: tuple[Message, ...]
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a model's reply; the last ones say why it ended and what it cost."""

    text: str = ""
    finish: str | None = None
    usage: Usage | None = None


def estimated_tokens(text: str) -> int:
    """An upper estimate of a text's tokens: one for three bytes.

    English has more than four bytes to a token in every tokenizer in use; in most other scripts
    a character is about three bytes and at most about one token.
    """
    return len(text.encode()) // 3 + 1
