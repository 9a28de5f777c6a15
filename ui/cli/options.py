"""The options and arguments of the commands."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from vectorstore.records import Order as ListOrder

Store = Annotated[
    str | None,
    Option("--store", metavar="DIR", help="The store: a folder, or a Chroma server's URL."),
]
AsJson = Annotated[bool, Option("--json", help="Print one JSON document.")]

Version = Annotated[
    bool, Option("--version", is_eager=True, help="Say which version of Footnote this is.")
]

# Questions
Topic = Annotated[str | None, Argument(metavar="[TOPIC]", show_default=False)]
Question = Annotated[str, Argument(metavar="QUESTION", show_default=False)]
AsOf = Annotated[str | None, Option("--as-of", metavar="DATE", help="Use nothing published later.")]
FromSources = Annotated[list[str] | None, Option("--source", help="Only from this source.")]
Since = Annotated[str | None, Option(metavar="DATE", help="Only from this day on.")]
Passages = Annotated[int, Option("-k", min=1, help="How many passages.")]

# Texts
TextFile = Annotated[str, Argument(metavar="FILE|-", show_default=False)]
AllFound = Annotated[
    bool, Option("--strict", help="Exit 1 when a sentence is contradicted or not found.")
]

# Articles
Sources = Annotated[list[str], Argument(metavar="SOURCE...", show_default=False)]
Followed = Annotated[list[str] | None, Argument(metavar="[SOURCE...]", show_default=False)]
Unfollowed = Annotated[list[str], Argument(metavar="SOURCE...", show_default=False)]
Every = Annotated[
    str | None, Option(metavar="TIME", help="Again and again, such as every 15m or 2h.")
]
AllowPrivate = Annotated[
    bool, Option("--allow-private", help="Connect to addresses inside your network as well.")
]
ArticleId = Annotated[str, Argument(metavar="ID")]
Words = Annotated[list[str] | None, Argument(metavar="[WORD...]", show_default=False)]
Order = Annotated[
    ListOrder | None, Option(help="Which come first; else those added first.", show_default=False)
]
Limit = Annotated[int, Option("--limit", metavar="N", min=1, help="How many at most.")]
Changed = Annotated[
    bool, Option("--changed", help="Those whose texts have changed, the latest change first.")
]
ArticleIds = Annotated[list[str], Argument(metavar="ID...", show_default=False)]

# The page
Host = Annotated[str, Option(help="The address to listen on.")]
Port = Annotated[int, Option(min=0, max=65_535, help="The port to listen on.")]
Auth = Annotated[str | None, Option(metavar="USER:PASSWORD", help="Ask for it; or a file of such.")]
AllowHost = Annotated[
    list[str] | None,
    Option(
        metavar="NAME",
        envvar="FOOTNOTE_ALLOW_HOST",
        help="A name it has elsewhere, as behind a proxy; may be given several times.",
    ),
]
UserName = Annotated[str, Argument(metavar="NAME")]
Mcp = Annotated[bool, Option("--mcp", help="Offer `ask` and `articles` to MCP.")]

# The endpoint
Keys = Annotated[Path | None, Option(metavar="FILE", help="The file of the endpoint's keys.")]
KeyName = Annotated[str, Argument(metavar="NAME")]
Write = Annotated[bool, Option("--write", help="It may add and remove articles as well.")]
Rate = Annotated[int, Option(metavar="N", min=1, help="Requests a minute.")]
LogQuestions = Annotated[
    bool, Option("--log-questions", help="Write the questions into the log as well.")
]

# Evaluations
Gold = Annotated[list[str] | None, Argument(metavar="[GOLD...]", show_default=False)]
Corpus = Annotated[
    list[str] | None, Option("--articles", metavar="SOURCE", help="Over these articles.")
]
SaveRun = Annotated[Path | None, Option("--json", metavar="FILE", help="Save the whole run.")]
Baseline = Annotated[Path | None, Option(metavar="FILE", help="Compare with this saved run.")]
Report = Annotated[Path | None, Option("--html", metavar="FILE", help="Write a report to read.")]
Junit = Annotated[Path | None, Option(metavar="FILE", help="Write JUnit XML for a CI server.")]
Check = Annotated[bool, Option("--check", help="Only check the gold cases.")]
Draft = Annotated[bool, Option("--draft", help="Only propose cases from articles that have none.")]
Reuse = Annotated[
    bool, Option("--reuse", help="Take over what cannot have changed since --json FILE.")
]
Strict = Annotated[bool, Option("--strict", help="Fail when any case got worse.")]
Judged = Annotated[
    bool, Option("--judged", help="Have a language model judge the answers as well.")
]

# Speed
Size = Annotated[
    list[int] | None,
    Option("--sizes", metavar="N...", min=50, help="Passages a store holds; 1000."),
]
Sizes = Annotated[list[int] | None, Argument(hidden=True, metavar="[N...]", min=50)]
Repeats = Annotated[int, Option(metavar="N", min=1, help="How often each figure is taken.")]
SaveFigures = Annotated[Path | None, Option("--json", metavar="FILE", help="Save the figures.")]
Plot = Annotated[Path | None, Option(metavar="FILE", help="Draw them, as SVG.")]
