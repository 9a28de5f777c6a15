"""What may be sent to `/api`, with the examples that `/docs` shows."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from rag.answers import Mode

AsOf = Annotated[
    str | None,
    Field(description="A day; nothing published later is used.", examples=["2025-08-14"]),
]
Question = Annotated[str, Field(examples=["Who is Russia's finance minister?"])]
LONGEST_TEXT = 100_000


class Filters(BaseModel):
    """Which articles are looked at: of these sources, of these ids, from a day, until a day."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"source": "CNBC", "since": "2025-08-01"}]}
    )

    source: str | list[str] | None = None
    article: str | list[str] | None = None
    since: str | None = None
    until: str | None = None


class Narrowed(BaseModel):
    """A request that may be narrowed by a day and by filters."""

    model_config = ConfigDict(extra="forbid")

    as_of: AsOf = None
    filters: Filters | None = None

    @property
    def scope(self) -> dict[str, Any]:
        """Both, as `Chatbot`'s methods take them."""
        filters = self.filters.model_dump(exclude_none=True) if self.filters else None
        return {"as_of": self.as_of, "filters": filters}


class HistoryTurn(BaseModel):
    """What one side said before."""

    role: Literal["user", "agent"]
    text: str


class Ask(Narrowed):
    """A question, and the turns of the conversation before it."""

    question: Question
    history: list[HistoryTurn] = []
    k: Annotated[int | None, Field(ge=1, le=100, description="How many passages are found.")] = None
    mode: Annotated[Mode | None, Field(description="Instead of the configured one.")] = None


class Retrieve(Narrowed):
    """A question whose passages are wanted."""

    question: Question
    history: list[HistoryTurn] = []
    k: Annotated[int, Field(ge=1, le=100, description="How many passages.")] = 10


class Check(Narrowed):
    """A text whose every sentence is looked up."""

    text: Annotated[
        str,
        Field(max_length=LONGEST_TEXT, examples=["Anton Siluanov is Russia's finance minister."]),
    ]


class NewArticle(BaseModel):
    """An article to be stored; another one of its id is replaced.

    Without an id it is known by its URL, else by its title, else by its text. A `url` alone is
    fetched: a page, or a feed or sitemap with all its articles, on the public web.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "id": "bridge",
                    "title": "The old bridge at Brandau reopens",
                    "text": "The old bridge at Brandau reopened on 3 May 2024.",
                    "source": "Brandau Courier",
                    "url": "https://courier.example/bridge",
                    "published_at": "2024-05-04",
                }
            ]
        },
    )

    text: str | None = None
    id: str | None = None
    title: str | None = None
    source: str | None = None
    url: str | None = None
    author: str | None = None
    published_at: Annotated[str | None, Field(description="A date or a time.")] = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        """Either a text, or an address and nothing else."""
        if self.text is None and self.model_fields_set - {"text"} != {"url"}:
            raise ValueError("give a text; or, to have a page fetched, a url alone")
        return self

    @property
    def address(self) -> str | None:
        """The address that is to be fetched, where there is no text."""
        return self.url if self.text is None else None


def history_of(turns: list[HistoryTurn]) -> list[dict[str, str]]:
    """The turns as `Chatbot`'s methods take them."""
    return [turn.model_dump() for turn in turns]
