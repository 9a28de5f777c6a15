"""Statements that differ stand side by side, on the page and in what is taken away from it."""

import re

from rag import Answer, Article, Citation, Statement
from ui.web.kept import PageTurn, page_turn
from ui.web.render.export import conversation_html, conversation_markdown, turn_text
from ui.web.render.transcript import turn_html

OLD = Article("old", "In figures", "It holds 40 litres.", "Courier", published_at="2020-01-02")
NEW = Article("new", "Enlarged", "It holds 55 litres.", published_at="2024-03-04")
ASIDE = Article("aside", "Aside", "Nobody minds.")
NOTE = "The articles differ: “55” (Enlarged), “40” (In figures)."


def differing_turn() -> PageTurn:
    cited = [
        Citation.of(number, article, 0, len(article.text))
        for number, article in enumerate((NEW, OLD, ASIDE), 1)
    ]
    said = tuple(Statement(c.quote, (c,), "quoted") for c in cited)
    spans = (Citation.of(1, NEW, 9, 11), Citation.of(2, OLD, 9, 11))
    answer = Answer("How much?", "", said, differing=spans, notes=(NOTE, "Another note."))
    return page_turn("t", answer, (3, 3))


def test_each_side_has_its_date_its_figure_and_its_footnote() -> None:
    sides = turn_html(differing_turn()).split('class="side"')[1:]
    assert [
        re.findall(r"<time>(.*?)<|<strong>(.*?)<|data-number=\"(.)\"", s)[:3] for s in sides
    ] == [
        [("2024-03-04", "", ""), ("", "55", ""), ("", "", "1")],
        [("2020-01-02", "", ""), ("", "40", ""), ("", "", "2")],
    ]


def test_what_is_shown_side_by_side_is_not_told_again() -> None:
    shown = re.sub(r' data-(copy|markdown)="[^"]*"', "", turn_html(differing_turn()))
    assert (shown.count("The articles differ"), "Another note." in shown) == (1, True)


def test_markdown_has_a_column_for_each_side() -> None:
    text = conversation_markdown("T", [differing_turn()])
    assert (
        "| Enlarged · 2024-03-04 | In figures · Courier · 2020-01-02 |\n"
        "| --- | --- |\n"
        "| It holds 55 litres.[^1-1] | It holds 40 litres.[^1-2] |\n\n"
        "Nobody minds.[^1-3]\n\nAnother note.\n\n"
    ) in text


def test_a_saved_page_has_a_column_for_each_side() -> None:
    table = (
        conversation_html("T", [differing_turn()]).partition("<table>")[2].partition("</table>")[0]
    )
    assert re.findall(r"<(?:th|td) [^>]*>([^<]*)", re.sub("</?bdi>", "", table)) == [
        "Enlarged · 2024-03-04",
        "In figures · Courier · 2020-01-02",
        "It holds 55 litres.",
        "It holds 40 litres.",
    ]


def test_what_is_copied_says_that_the_articles_differ() -> None:
    assert NOTE in turn_text(differing_turn())


def test_what_is_saved_says_what_is_unsupported() -> None:
    said = Statement("It cost 7.", (), "unsupported", "7 is in no cited sentence.")
    unsupported = page_turn("t", Answer("?", said.marked, (said,)), (1, 1))
    doubt = "Not supported: 7 is in no cited sentence."
    assert doubt in conversation_html("T", [unsupported])
    assert doubt in conversation_markdown("T", [unsupported])


def test_an_address_cannot_leave_its_brackets() -> None:
    article = Article("a", "A", "It is so.", url="https://a.example/> <script>x</script>")
    said = Statement("It is so.", (Citation.of(1, article, 0, 9),), "quoted")
    saved = conversation_markdown("T", [page_turn("t", Answer("?", "", (said,)), (1, 1))])
    assert "<https://a.example/%3E%20%3Cscript%3Ex%3C/script%3E>" in saved
