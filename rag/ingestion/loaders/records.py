"""What reading a source comes to, besides articles, and what it is made from."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from rag.errors import SourceError


@dataclass(frozen=True, slots=True)
class Failure:
    """A file, or a line of one, from which no article came, and why."""

    source: str
    reason: str

    def __str__(self) -> str:
        return f"{self.source}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know about an article that was read all the same."""

    source: str
    message: str

    def __str__(self) -> str:
        return f"{self.source}: {self.message}"


@dataclass(frozen=True, slots=True)
class Unchanged:
    """An article that is as it is stored, which could be told without reading it."""

    source: str


@dataclass(frozen=True, slots=True)
class RawArticle:
    """What a file says of one article, as it says it: nothing is normalised or checked yet.

    `default_id` and `default_title` stand in where the file gives neither id, URL nor title. The
    form feeds in a text that is `paged` begin its pages; in others they end lines.
    """

    text: str
    default_id: str | None = None
    default_title: str | None = None
    id: object = None
    title: object = None
    source: object = None
    url: object = None
    author: object = None
    published_at: object = None
    remarks: tuple[str, ...] = ()
    paged: bool = False


Numbered = Iterator[tuple[int, RawArticle | SourceError]]
"""What a file of several articles holds, one after the other, each with the number of its line or
its own, or why there is none."""


class Part(NamedTuple):
    """What stands at one place of a file, or why nothing does.

    `number` is that of its line or its own, `end` how many bytes of the file lie before its end.
    """

    raw: RawArticle | SourceError
    number: int | None = None
    end: int = 0
