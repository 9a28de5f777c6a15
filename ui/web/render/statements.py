"""Statements as HTML: each with its footnotes, those that differ side by side."""

from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup

from ui.web.kept import shorten
from ui.web.render.article import Span
from ui.web.render.documents import Document, about, apart, doubt, key_spans
from ui.web.render.html import el, join, listed
from ui.web.render.links import article_path
from vectorstore.records import day_of


def statements_html(answer: Document) -> Markup:
    """The statements of an `answer_json` document; first, side by side, those that differ."""
    cited = {citation["number"]: citation for citation in answer["citations"]}
    sides, others = apart(answer)
    key = key_spans(answer)
    return join(
        _sides(sides, cited, key) if sides else None,
        (_statement(statement, cited, key) for statement in others),
    )


def _sides(
    sides: Sequence[Document], cited: Mapping[int, Document], key: Sequence[Document]
) -> Markup:
    return el(
        "figure",
        el("figcaption", "The articles differ"),
        el("div", *(_side(statement, cited, key) for statement in sides), class_="sides"),
        class_="differing",
    )


def _side(statement: Document, cited: Mapping[int, Document], key: Sequence[Document]) -> Markup:
    article = cited[statement["citations"][0]]["article"]
    day = day_of(article["published_at"]) or "No date"
    return el(
        "div",
        el("p", el("time", day), class_="day"),
        _statement(statement, cited, key),
        el("p", listed(article["title"], article["source"]), dir="auto"),
        class_="side",
    )


def _statement(
    statement: Document, cited: Mapping[int, Document], key: Sequence[Document]
) -> Markup:
    said = doubt(statement)
    return el(
        "p",
        _emphasised(statement, key),
        el("span", *(marker(cited[n]) for n in statement["citations"]), class_="markers"),
        el("span", said, class_="doubt") if said else None,
        class_=f"statement {statement['support']}",
        dir="auto",
    )


def _emphasised(statement: Document, key: Sequence[Document]) -> Iterator[str]:
    """The text, with the span of the `key` that belongs to it set off."""
    spans = (span["quote"] for span in key if span["number"] in statement["citations"])
    before, found, after = statement["text"].partition(next(spans, "\0"))
    yield from (before, el("strong", found), after) if found else (before,)


def marker(citation: Document) -> Markup:
    """A footnote's number. Pointing at it shows the quote, pressing it opens the source.

    It is a link to the span in its article, so that it can be opened by itself as well; to the
    article alone where that has changed since, and the span is elsewhere or gone.
    """
    article = citation["article"]
    place = () if citation.get("changed") else (citation["start"], citation["end"])
    return el(
        "a",
        str(citation["number"]),
        el(
            "span",
            el("q", shorten(citation["quote"], 300), dir="auto"),
            el("cite", listed(*about(citation)), dir="auto"),
            class_="quote",
            role="tooltip",
        ),
        href=article_path(article["id"], *place),
        class_="marker",
        aria_label=f"Footnote {citation['number']}: {shorten(article['title'], 80)}",
        **Span.of(citation).data(),
    )
