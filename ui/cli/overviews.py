"""`footnote timeline` and `footnote brief`: what many articles say together."""

from typing import TYPE_CHECKING

from rich.text import Text

from ui.cli import options as opt
from ui.cli.opening import chatbot
from ui.wording import counted

if TYPE_CHECKING:
    from rich.console import Console

    from rag import Brief, BriefEvent, Timeline


def timeline(
    question: opt.Question,
    store: opt.Store = None,
    as_of: opt.AsOf = None,
    source: opt.FromSources = None,
    since: opt.Since = None,
    as_json: opt.AsJson = False,
) -> None:
    """Show what happened, in order: the dated sentences about a question or a thing."""
    with chatbot(store) as bot:
        told = bot.timeline(question, as_of=as_of, filters={"source": source, "since": since})
    show_timeline(told, as_json=as_json)


def brief(
    topic: opt.Topic = None,
    store: opt.Store = None,
    since: opt.Since = None,
    as_of: opt.AsOf = None,
    source: opt.FromSources = None,
    as_json: opt.AsJson = False,
) -> None:
    """Say what the articles are about, or those on a topic, event by event."""
    with chatbot(store) as bot:
        told = bot.brief(topic, since=since, as_of=as_of, filters={"source": source})
    show_brief(told, as_json=as_json)


def show_timeline(told: "Timeline", *, as_json: bool) -> None:
    """The events, a line each, then the numbered sources."""
    from rag import timeline_json
    from ui.cli import terminal

    if as_json:
        terminal.print_json(timeline_json(told))
        return
    screen = terminal.console()
    if not told.events:
        screen.print("The articles say nothing dated about this.")
    for event in told.events:
        line = Text(f"{event.when:<10}  ", style="bold" if event.stated else "dim")
        line.append(event.text, style="default")
        line.append(f" {terminal.markers((event.citation, *event.also))}", style="cyan")
        screen.print(line)
    terminal.show_sources(screen, told.citations)


def show_brief(told: "Brief", *, as_json: bool) -> None:
    """How much there is, the events with how many reports each, then the numbered sources."""
    from rag import brief_json
    from ui.cli import terminal

    if as_json:
        terminal.print_json(brief_json(told))
        return
    screen = terminal.console()
    days = " to ".join(dict.fromkeys(filter(None, (told.since, told.until))))
    about = f" about {told.topic}" if told.topic else ""
    screen.print(Text(f"{counted(told.articles, 'article')}{about}, {days or 'undated'}"))
    for event in told.events:
        _show_event(screen, event)
    terminal.show_sources(screen, told.citations)


def _show_event(screen: "Console", event: "BriefEvent") -> None:
    from ui.cli import terminal

    screen.print()
    line = Text(event.text).append(f" {terminal.markers((event.citation,))}", style="cyan")
    screen.print(line)
    reports = counted(event.reports, "report")
    named = f": {', '.join(event.sources)}" if event.sources else ""
    screen.print(Text(f"    {reports}{named}", style="dim"))
    if event.differing:
        screen.print(Text(f"    one of them says otherwise {terminal.markers((event.differing,))}"))
