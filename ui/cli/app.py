"""The command line: `footnote ...`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rag import Chatbot

app = typer.Typer(
    name="footnote",
    help="Ask your articles, get answers with footnotes that hold.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Store = Annotated[
    str | None,
    typer.Option("--store", metavar="DIR", help="The store: a folder, or a Chroma server's URL."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="Use nothing published later.")
]
Sources = Annotated[list[str] | None, typer.Option("--source", help="Only from this source.")]
Since = Annotated[str | None, typer.Option(metavar="DATE", help="Only from this day on.")]
Gold = Annotated[list[str] | None, typer.Argument(metavar="[GOLD...]", show_default=False)]
Corpus = Annotated[
    list[str] | None, typer.Option("--articles", metavar="SOURCE", help="Over these articles.")
]
Question = Annotated[str, typer.Argument(metavar="QUESTION", show_default=False)]


@app.command()
def chat(
    store: Store = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 7860,
    auth: Annotated[
        str | None, typer.Option(metavar="USER:PASSWORD", help="Ask for it; or a file of such.")
    ] = None,
    mcp: Annotated[bool, typer.Option("--mcp", help="Offer `ask` and `articles` to MCP.")] = False,
) -> None:
    """Open the chat in the browser; index seeds/ when the store is empty."""
    from ui.web.app import serve

    with _chatbot(store) as bot:
        _fill_if_empty(bot)
        serve(bot, host=host, port=port, auth=auth, mcp=mcp)


@app.command()
def add(
    sources: Annotated[list[str], typer.Argument(metavar="SOURCE...", show_default=False)],
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Add articles: files, folders, globs, JSON Lines. Adding again changes nothing."""
    from ui.cli import terminal

    with _chatbot(store) as bot:
        with terminal.progress("Adding") as progress:
            report = bot.add(sources, progress=progress)
        terminal.show_report(report, as_json=as_json)
    nothing_read = not (report.added or report.updated or report.unchanged)
    if report.failed and nothing_read:
        raise typer.Exit(1)


@app.command()
def ask(
    question: Question,
    store: Store = None,
    as_of: AsOf = None,
    source: Sources = None,
    since: Since = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question, every statement with its source."""
    from ui.cli import terminal

    with _chatbot(store) as bot:
        answer = bot.ask(question, as_of=as_of, filters={"source": source, "since": since})
    terminal.show_answer(answer, as_json=as_json)


@app.command()
def retrieve(
    question: Question,
    store: Store = None,
    k: Annotated[int, typer.Option("-k", min=1, help="How many passages.")] = 10,
    as_of: AsOf = None,
    source: Sources = None,
    since: Since = None,
    as_json: AsJson = False,
) -> None:
    """Show the passages that an answer would be made from."""
    from ui.cli import terminal

    with _chatbot(store) as bot:
        hits = bot.retrieve(question, k, as_of=as_of, filters={"source": source, "since": since})
    terminal.show_hits(question, hits, as_json=as_json)


@app.command()
def articles(store: Store = None, as_json: AsJson = False) -> None:
    """List the articles."""
    from ui.cli import terminal

    with _chatbot(store) as bot:
        terminal.show_articles(bot.articles(), as_json=as_json)


@app.command()
def article(
    article_id: Annotated[str, typer.Argument(metavar="ID")],
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Print one article."""
    from ui.cli import terminal

    with _chatbot(store) as bot:
        terminal.show_article(bot.article(article_id), as_json=as_json)


@app.command()
def remove(
    article_ids: Annotated[list[str], typer.Argument(metavar="ID...", show_default=False)],
    store: Store = None,
) -> None:
    """Remove articles."""
    with _chatbot(store) as bot:
        for article_id in article_ids:
            bot.remove(article_id)
            typer.echo(f"Removed {article_id}.", err=True)


@app.command(name="eval")
def evaluate(
    gold: Gold = None,
    articles: Corpus = None,
    store: Store = None,
    save: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Save the whole run.")
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Compare with this saved run.")
    ] = None,
    page: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a report to read.")
    ] = None,
    junit: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write JUnit XML for a CI server.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Only check the gold cases.")] = False,
    draft: Annotated[
        bool, typer.Option("--draft", help="Only propose cases from articles that have none.")
    ] = False,
    reuse: Annotated[
        bool, typer.Option("--reuse", help="Take over what cannot have changed since --json FILE.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Fail when any case got worse.")] = False,
    judged: Annotated[
        bool, typer.Option("--judged", help="Have a language model judge the answers as well.")
    ] = False,
) -> None:
    """Ask questions whose answers are known; exit 1 when it got worse than the baseline."""
    from ui.cli import evaluate as evaluating

    request = evaluating.Request(
        gold or [], articles or [], store, save, baseline, page, junit, reuse, strict, judged
    )
    if draft:
        evaluating.draft(request)
    elif not (evaluating.check(request) if check else evaluating.run(request)):
        raise typer.Exit(1)


@app.command()
def bench(
    size: Annotated[
        list[int] | None,
        typer.Option("--sizes", metavar="N...", min=50, help="Passages a store holds; 1000."),
    ] = None,
    sizes: Annotated[
        list[int] | None, typer.Argument(hidden=True, metavar="[N...]", min=50)
    ] = None,
    repeats: Annotated[
        int, typer.Option(metavar="N", min=1, help="How often each figure is taken.")
    ] = 3,
    save: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Save the figures.")
    ] = None,
    plot: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw them, as SVG.")] = None,
) -> None:
    """Measure how fast this machine adds, finds and answers, over made-up news."""
    from ui.cli import bench as benching

    # An option takes one value; those that follow it arrive as arguments.
    benching.run([*(size or []), *(sizes or [])] or [1000], repeats, save, plot)


@app.command()
def doctor(store: Store = None) -> None:
    """Say what is configured, what works, what does not, and how to mend it."""
    from ui.cli.doctor import report

    if not report(store):
        raise typer.Exit(1)


@contextmanager
def _chatbot(store: str | None) -> "Iterator[Chatbot]":
    from rag import Chatbot

    with Chatbot.open(store) as bot:
        yield bot


def _fill_if_empty(bot: "Chatbot") -> None:
    from rag.errors import StoreMissing
    from ui.cli import terminal

    try:
        if bot.articles():
            return
    except StoreMissing:
        pass
    seeds = Path("seeds")
    if not seeds.is_dir():
        raise StoreMissing(f"No articles in {bot.settings.store!r}. Add some: footnote add FOLDER")
    with terminal.progress("Indexing seeds/") as progress:
        terminal.show_report(bot.add(seeds, progress=progress), as_json=False)


def main() -> None:
    """Run the command line. A mistake of the user's is one line, and exit status 1 or 2."""
    from rag.errors import FootnoteError, InputError, SettingsError

    try:
        app()
    except (InputError, SettingsError) as error:
        _fail(error, 2)
    except FootnoteError as error:
        _fail(error, 1)
    except KeyboardInterrupt:
        sys.exit(130)


def _fail(error: Exception, status: int) -> None:
    typer.echo(f"footnote: {error}", err=True)
    sys.exit(status)


if __name__ == "__main__":
    main()
