"""Words that the command line and the page put in the same way."""


def counted(number: int, noun: str) -> str:
    """`1 passage`, `2,000 passages`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
