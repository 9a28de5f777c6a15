"""What the command line prints: for a person on a terminal, plain text in a pipe, or JSON."""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from rag import answer_json, article_json, fact_check_json, hit_json
from rag.errors import InputError, StoreMissing
from ui.documents import also_in, report_json
from vectorstore.records import day_of

if TYPE_CHECKING:
    from rag import Answer, Article, ArticleSummary, Chatbot, Citation, FactCheck, Hit, IngestReport
    from rag.ingestion.pipeline import Progress

    Copies = Mapping[str, Sequence[ArticleSummary]]

UNWRAPPED = 100_000
_COUNTS = ("added", "updated", "unchanged", "failed", "passages")
_STYLES = {
    "supported": "green",
    "contradicted": "bold red",
    "not found": "yellow",
    "unchecked": "dim",
}


def print_json(document: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")


@contextmanager
def progress(label: str) -> "Iterator[Progress]":
    """A progress bar on a terminal's standard error; nothing elsewhere."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    screen = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Bar(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task(label, total=None)

        def show(done: int, total: int | None, name: str) -> None:
            bar.update(
                task, completed=done, total=total, description=f"{label} {shorten(name, 40)}"
            )

        yield show


def show_collection(bot: "Chatbot") -> None:
    """What is going to be served, and how there comes to be more; on standard error."""
    count = f"{bot.count():,} articles" if bot.count() != 1 else "1 article"
    _say(f"{count} in {_place(bot)}")
    _say("Add more on the page, under Articles, or in another shell: footnote add FOLDER")


def show_new_store(bot: "Chatbot") -> None:
    """Where the first article makes a store, if there is none; on standard error."""
    try:
        bot.count()
    except StoreMissing:
        _say(f"Making a store in {_place(bot)}")


def _place(bot: "Chatbot") -> str:
    """Where its store is, without the password that an address may hold."""
    store = bot.settings.store
    return re.sub("//[^/@]*@", "//", store) if "://" in store else str(Path(store).absolute())


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def show_report(report: "IngestReport", *, as_json: bool) -> None:
    """What adding did: counts on standard output, failures on standard error."""
    for failure in report.failed:
        sys.stderr.write(f"footnote: {failure.source}: {failure.reason}\n")
    for warning in report.warnings:
        sys.stderr.write(f"footnote: {warning}\n")
    document = report_json(report)
    if as_json:
        print_json(document)
    else:
        sys.stdout.write(", ".join(f"{document[name]} {name}" for name in _COUNTS) + "\n")


def show_answer(answer: "Answer", *, as_json: bool) -> None:
    """An answer: its text with markers, then its numbered sources."""
    if as_json:
        print_json(answer_json(answer))
        return
    screen = console()
    screen.print(_answer_text(answer))
    for note in answer.notes:
        screen.print(Text(note, style="italic"))
    show_sources(screen, answer.citations, answer.also)
    if answer.refused and answer.hits:
        screen.print("\nThe nearest passages:")
        for hit in answer.hits[:3]:
            screen.print(Text(f"  · {byline(hit.article, None, hit.also)}", style="bold"))
            print_padded(screen, _indented(Text(shorten(hit.passage.text, 200))))
    if answer.usage:
        screen.print(Text(f"\n{answer.usage}", style="dim"))


def read_text(file: str) -> str:
    """The text in a file, or on standard input for `-`. Raises `InputError`."""
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise InputError(f"{file!r} cannot be read: {reason}. Name a text file, or -.") from error


def show_check(checked: "FactCheck", *, as_json: bool) -> None:
    """The sentences of a text with their verdicts, then the numbered sources."""
    if as_json:
        print_json(fact_check_json(checked))
        return
    screen = console()
    for statement in checked.statements:
        marks = markers(statement.citations)
        line = Text(f"{statement.verdict:<13}", style=_STYLES[statement.verdict])
        line.append(_one_line(statement.text), style="default")
        line.append(f" {marks}" if marks else "", style="cyan")
        if statement.verdict == "contradicted":
            line.append(f" ({statement.note})", style="dim")
        screen.print(line)
    show_sources(screen, checked.citations)


def markers(citations: Iterable["Citation"]) -> str:
    """The numbers of citations, `[1][2]`."""
    return "".join(f"[{citation.number}]" for citation in citations)


def show_sources(
    screen: Console, citations: Sequence["Citation"], also: "Copies | None" = None
) -> None:
    """Each citation's article, with the copies that it has, and words, under its number."""
    for citation in citations:
        copies = (also or {}).get(citation.article.id, ())
        told = byline(citation.article, citation.page, copies)
        screen.print()
        screen.print(Text(f"[{citation.number}] {told}", style="bold"))
        print_padded(screen, _indented(Text(f"“{_one_line(citation.quote)}”")))


def show_hits(question: str, hits: Sequence["Hit"], *, as_json: bool) -> None:
    """Passages found, best first."""
    if as_json:
        print_json({"question": question, "passages": [hit_json(hit) for hit in hits]})
        return
    screen = console()
    for number, hit in enumerate(hits, 1):
        told = byline(hit.article, hit.article.page_at(hit.passage.start), hit.also)
        screen.print(Text(f"{number}. {hit.score:.3f}  {told}", style="bold"))
        print_padded(screen, _indented(Text(hit.passage.text.strip())))


def console() -> Console:
    """Standard output; in a pipe, plain and never wrapped."""
    if sys.stdout.isatty():
        return Console(highlight=False)
    return Console(highlight=False, color_system=None, width=UNWRAPPED)


def print_padded(screen: Console, shown: Table | Padding) -> None:
    """Print what is padded to one width, in a pipe without the blanks at the ends of lines."""
    if screen.is_terminal:
        screen.print(shown)
        return
    with screen.capture() as captured:
        screen.print(shown)
    screen.out("\n".join(line.rstrip() for line in captured.get().splitlines()), highlight=False)


def _indented(text: Text) -> Padding:
    return Padding(text, (0, 0, 0, 4), expand=False)


def _answer_text(answer: "Answer") -> Text:
    text = Text()
    for statement in answer.statements:
        marks = markers(statement.citations)
        weak = "dim italic" if statement.support == "unsupported" else ""
        body = Text(f"{_one_line(statement.text)} ", style=weak)
        if answer.short and any(_covers(c, answer.short) for c in statement.citations):
            body.highlight_words([_one_line(answer.short.quote)], "bold")
        text.append_text(body).append(f"{marks} ", style="cyan")
        if statement.support in {"unsupported", "unchecked"}:
            text.append(f"({statement.support}: {statement.note}) ", style="dim")
        elif statement.note:
            text.append(f"({statement.note}) ", style="dim")
    return text if answer.statements else Text(answer.text)


def _covers(citation: "Citation", short: "Citation") -> bool:
    same = citation.article.id == short.article.id
    return same and citation.start <= short.start and short.end <= citation.end


def _one_line(text: str) -> str:
    return " ".join(text.split())


def byline(
    article: "Article", page: int | None = None, copies: "Iterable[ArticleSummary]" = ()
) -> str:
    """Who says it: title, source and day, the page and where it is also, as far as known."""
    also = also_in(article_json(article), map(article_json, copies))
    told = f"p. {page}" if page else None
    parts = (article.title, article.source, day_of(article.published_at), told, also)
    return " · ".join(filter(None, parts))
