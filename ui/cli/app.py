"""The command line: `footnote ...`."""

import sys

import typer

from ui.cli import articles, following, overviews
from ui.cli import options as opt
from ui.cli.keys import key, place
from ui.cli.opening import chatbot

app = typer.Typer(
    name="footnote",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(key, name="key")
app.command()(articles.add)
app.command()(articles.articles)
app.command()(articles.article)
app.command()(articles.history)
app.command()(articles.remove)
app.command()(following.follow)
app.command()(following.unfollow)
app.command()(following.update)
app.command()(overviews.timeline)
app.command()(overviews.brief)


@app.callback(invoke_without_command=True)
def footnote(version: opt.Version = False) -> None:
    """Ask your articles, get answers with footnotes that hold."""
    if version:
        from ui.version import installed_version

        typer.echo(f"Footnote {installed_version()}")
        raise typer.Exit


@app.command()
def chat(
    store: opt.Store = None,
    host: opt.Host = "127.0.0.1",
    port: opt.Port = 7860,
    auth: opt.Auth = None,
    mcp: opt.Mcp = False,
    allow_host: opt.AllowHost = None,
    keys: opt.Keys = None,
) -> None:
    """Open the chat in the browser; index seeds/ when the store is empty."""
    from ui.cli import terminal
    from ui.cli.seeds import fill_if_empty
    from ui.web.app import serve

    allowed = allow_host or []
    with chatbot(store) as bot:
        fill_if_empty(bot)
        terminal.show_collection(bot)
        serve(bot, host=host, port=port, auth=auth, mcp=mcp, allowed=allowed, keys=place(keys))


@app.command()
def serve(
    store: opt.Store = None,
    host: opt.Host = "127.0.0.1",
    port: opt.Port = 8000,
    allow_host: opt.AllowHost = None,
    keys: opt.Keys = None,
    log_questions: opt.LogQuestions = False,
) -> None:
    """Answer other programs: OpenAI's API under /v1, our own under /api, its reference at /docs."""
    from ui.api.app import Access
    from ui.api.keys import KeyFile
    from ui.api.server import serve

    file = place(keys)
    access = Access(host, allow_host or [], KeyFile(file) if file else None)
    with chatbot(store) as bot:
        serve(bot, access, port=port, log_questions=log_questions)


@app.command()
def password(name: opt.UserName) -> None:
    """Ask for a password and print a line for the file of `footnote chat --auth FILE`."""
    from ui.web.auth import user_line

    typer.echo(
        user_line(
            name, typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        )
    )


@app.command()
def ask(
    question: opt.Question,
    store: opt.Store = None,
    as_of: opt.AsOf = None,
    source: opt.FromSources = None,
    since: opt.Since = None,
    as_json: opt.AsJson = False,
) -> None:
    """Answer a question, every statement with its source."""
    from ui.cli import terminal

    with chatbot(store) as bot:
        answer = bot.ask(question, as_of=as_of, filters={"source": source, "since": since})
    terminal.show_answer(answer, as_json=as_json)


@app.command()
def retrieve(
    question: opt.Question,
    store: opt.Store = None,
    k: opt.Passages = 10,
    as_of: opt.AsOf = None,
    source: opt.FromSources = None,
    since: opt.Since = None,
    as_json: opt.AsJson = False,
) -> None:
    """Show the passages that an answer would be made from."""
    from ui.cli import terminal

    with chatbot(store) as bot:
        hits = bot.retrieve(question, k, as_of=as_of, filters={"source": source, "since": since})
    terminal.show_hits(question, hits, as_json=as_json)


@app.command()
def check(
    file: opt.TextFile,
    store: opt.Store = None,
    as_of: opt.AsOf = None,
    source: opt.FromSources = None,
    since: opt.Since = None,
    strict: opt.AllFound = False,
    as_json: opt.AsJson = False,
) -> None:
    """Look every sentence of a text up: supported, contradicted, or not found."""
    from ui.cli import terminal

    text = terminal.read_text(file)
    with chatbot(store) as bot:
        checked = bot.check(text, as_of=as_of, filters={"source": source, "since": since})
    terminal.show_check(checked, as_json=as_json)
    if strict and not checked.holds:
        raise typer.Exit(1)


@app.command(name="eval")
def evaluate(
    gold: opt.Gold = None,
    articles: opt.Corpus = None,
    store: opt.Store = None,
    save: opt.SaveRun = None,
    baseline: opt.Baseline = None,
    page: opt.Report = None,
    junit: opt.Junit = None,
    check: opt.Check = False,
    draft: opt.Draft = False,
    reuse: opt.Reuse = False,
    strict: opt.Strict = False,
    judged: opt.Judged = False,
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
    size: opt.Size = None,
    sizes: opt.Sizes = None,
    repeats: opt.Repeats = 3,
    save: opt.SaveFigures = None,
    plot: opt.Plot = None,
) -> None:
    """Measure how fast this machine adds, finds and answers, over made-up news."""
    from ui.cli import bench as benching

    # An option takes one value; those that follow it arrive as arguments.
    benching.run([*(size or []), *(sizes or [])] or [1000], repeats, save, plot)


@app.command()
def doctor(store: opt.Store = None) -> None:
    """Say what is configured, what works, what does not, and how to mend it."""
    from ui.cli.doctor import report

    if not report(store):
        raise typer.Exit(1)


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
