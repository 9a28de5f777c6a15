"""`footnote add`, `articles`, `article`, `history` and `remove`: what is in the store."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer
from rich.text import Text

from ui.cli import options as opt
from ui.cli.opening import chatbot

if TYPE_CHECKING:
    from rag import Article, ArticleSummary, Revision
    from vectorstore.records import Order
    from vectorstore.snapshot import Snapshot


def add(
    sources: opt.Sources,
    store: opt.Store = None,
    allow_private: opt.AllowPrivate = False,
    as_json: opt.AsJson = False,
) -> None:
    """Add articles: files, folders, globs, web addresses, sitemaps. Again changes nothing."""
    from ui.cli import terminal

    with chatbot(store) as bot:
        terminal.show_new_store(bot)
        with terminal.progress("Adding") as progress:
            report = bot.add(sources, allow_private=allow_private, progress=progress)
        terminal.show_report(report, as_json=as_json)
    nothing_read = not (report.added or report.updated or report.unchanged)
    if report.failed and nothing_read:
        raise typer.Exit(1)


def articles(
    words: opt.Words = None,
    changed: opt.Changed = False,
    order: opt.Order = None,
    limit: opt.Limit = 100,
    store: opt.Store = None,
    as_json: opt.AsJson = False,
) -> None:
    """List the articles, or those with all of some words in title, source, author or id."""
    query = " ".join(words or [])
    with chatbot(store) as bot, bot.store.snapshot() as stored:
        if changed:
            found = _changed(stored, order, query)
            listed, total = found[:limit], len(found)
        else:
            listed = stored.articles(0, limit, order or "added", query)
            total = stored.count(query)
    show_articles(listed, total, as_json=as_json)


def article(
    article_id: opt.ArticleId, store: opt.Store = None, as_json: opt.AsJson = False
) -> None:
    """Print one article."""
    with chatbot(store) as bot:
        show_article(bot.article(article_id), as_json=as_json)


def history(
    article_id: opt.ArticleId, store: opt.Store = None, as_json: opt.AsJson = False
) -> None:
    """Show how an article's text has changed."""
    with chatbot(store) as bot:
        show_history(article_id, bot.history(article_id), as_json=as_json)


def remove(article_ids: opt.ArticleIds, store: opt.Store = None) -> None:
    """Remove articles."""
    with chatbot(store) as bot:
        for article_id in article_ids:
            bot.remove(article_id)
            typer.echo(f"Removed {article_id}.", err=True)


def show_articles(articles: "Sequence[ArticleSummary]", total: int, *, as_json: bool) -> None:
    """A list of some of `total` articles, of which standard error is told where they are more."""
    from rich.table import Table

    from ui.cli import terminal
    from ui.documents import stored_json
    from vectorstore.records import day_of

    if total > len(articles):
        typer.echo(
            f"The first {len(articles)} of {total} articles. For more: --limit {total}", err=True
        )
    if as_json:
        terminal.print_json([stored_json(article) for article in articles])
        return
    table = Table(box=None, pad_edge=False)
    for column in ("id", "title", "source", "date", "passages"):
        table.add_column(column, overflow="fold")
    for article in articles:
        day = day_of(article.published_at) or ""
        row = (article.id, article.title, article.source or "", day, str(article.passages))
        table.add_row(*(Text(cell) for cell in row))
    terminal.print_padded(terminal.console(), table)


def show_article(article: "Article", *, as_json: bool) -> None:
    """One article, whole."""
    from rag import article_json
    from ui.cli import terminal

    if as_json:
        terminal.print_json({**article_json(article), "text": article.text})
        return
    screen = terminal.console()
    screen.print(Text(terminal.byline(article), style="bold"))
    screen.print()
    screen.print(Text(_with_page_numbers(article.text)))


def show_history(article_id: str, revisions: "Sequence[Revision]", *, as_json: bool) -> None:
    """The changes of an article's text, the latest first: what was removed, what was added."""
    from ui.cli import terminal
    from ui.documents import history_json
    from vectorstore.records import day_of

    if as_json:
        terminal.print_json(history_json(article_id, revisions))
        return
    screen = terminal.console()
    if not revisions:
        screen.print(Text(f"{article_id} has not changed since it was added."))
    for revision in revisions:
        screen.print(Text(f"Changed on {day_of(revision.changed_at)}", style="bold"))
        for edit in revision.edits:
            for mark, sentences, style in (("-", edit.removed, "red"), ("+", edit.added, "green")):
                if sentences:
                    screen.print(Text(f"  {mark} {sentences}", style=style))


def _changed(stored: "Snapshot", order: "Order | None", query: str) -> "list[ArticleSummary]":
    """Those found whose texts have changed, in an order or the latest change first."""
    if order is None and not query:
        return stored.changed()
    found = stored.articles(0, None, order or "added", query)
    changed = [article for article in found if article.changed_at]
    if order is None:
        changed.sort(key=lambda article: article.changed_at or "", reverse=True)
    return changed


def _with_page_numbers(text: str) -> str:
    """A text with a line at each page break; a form feed would clear some screens."""
    from vectorstore.records import PAGE_BREAK

    first, *others = text.split(PAGE_BREAK)
    pages = (f"\n\n[p. {n}]\n\n{page.strip()}" for n, page in enumerate(others, start=2))
    return first.rstrip() + "".join(pages)
