"""HTML is made in one place, and nothing in an article or a question can get out of its text."""

from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from rag import Answer, Citation, Statement
from ui.web.kept import PageTurn, page_turn
from ui.web.render.article import Span, article_html
from ui.web.render.export import conversation_html, conversation_markdown
from ui.web.render.html import el, join, listed, web_address
from vectorstore.records import Article

HOSTILE = '</mark></p><script>alert(1)</script><img src=x onerror="alert(2)">\'"&<'


class Reader(HTMLParser):
    """Collects the elements, attributes and text of some HTML."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(str(markup))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


@given(st.text())
def test_text_stays_text(text: str) -> None:
    made = el("p", text)
    assert (unescape(made[3:-4]), set(made[3:-4]) & {"<", ">", '"'}) == (text, set())


@given(st.text())
def test_an_attribute_cannot_be_left(value: str) -> None:
    assert [name for name, _ in Reader(el("p", title=value)).attributes] == ["title"]


def test_html_is_not_escaped_again() -> None:
    assert el("p", el("b", "a"), "c", None, (Markup("<i>d</i>") for _ in "1")) == (
        "<p><b>a</b>c<i>d</i></p>"
    )


def test_text_added_to_html_is_text() -> None:
    assert join(el("b", "a") + "<c>") == "<b>a</b>&lt;c&gt;"


@pytest.mark.parametrize("tag", ["script", "STYLE", "iframe", "p onload=x", "svg/onload", ""])
def test_elements_that_could_run_something_are_refused(tag: str) -> None:
    with pytest.raises(ValueError, match="not an element"):
        el(tag)


@pytest.mark.parametrize("name", ["onclick", "style", "srcdoc", "a b", 'x="', "onError"])
def test_attributes_that_could_run_something_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not an attribute"):
        el("p", **{name: "alert(1)"})


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "//example.com",
        "https:",
        "http://[",
        "",
        None,
    ],
)
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert (web_address(url), el("a", "x", href=url)) == (None, "<a>x</a>")


def test_a_web_address_becomes_a_link() -> None:
    assert el("a", "x", href="https://a.example/?b=1&c") == (
        '<a href="https://a.example/?b=1&amp;c">x</a>'
    )


def test_what_stands_in_one_line_keeps_its_own_direction() -> None:
    assert (listed("A", None, "<b>"), listed(None)) == ("A · <bdi>&lt;b&gt;</bdi>", "")


def article(text: str) -> Article:
    return Article("a", HOSTILE, text, source=HOSTILE, url="javascript:alert(3)")


@settings(deadline=None)
@given(st.data())
def test_every_span_is_marked_exactly(data: st.DataObject) -> None:
    text = data.draw(st.text(st.sampled_from("ab <&\n\n\u05d0"), min_size=1))
    edge = st.integers(0, len(text))
    starts = [data.draw(edge) for _ in range(3)]
    ends = [data.draw(st.integers(start, len(text))) for start in starts]
    spans = [
        Span(number, "a", start, end)
        for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1)
    ]
    for span in spans:
        marked = Marked(article_html(article(text), spans, 1), span.number)
        assert "".join(marked.text.split()) == "".join(text[span.start : span.end].split())


class Marked(Reader):
    """Collects the text of the marks that carry a number."""

    def __init__(self, markup: str, number: int) -> None:
        self.number, self.within = str(number), False
        super().__init__(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        numbers = (dict(attrs).get("data-numbers") or "").split()
        self.within = tag == "mark" and self.number in numbers

    def handle_endtag(self, tag: str) -> None:
        self.within = self.within and tag != "mark"

    def handle_data(self, data: str) -> None:
        self.text += data if self.within else ""


def hostile_turn() -> PageTurn:
    citation = Citation.of(1, article(HOSTILE), 0, len(HOSTILE))
    statement = Statement(HOSTILE, (citation,), "quoted")
    answer = Answer(HOSTILE, statement.marked, (statement,), short=citation, notes=(HOSTILE,))
    return page_turn("t", answer, (1, 1))


def test_an_exported_page_runs_nothing() -> None:
    page = conversation_html(HOSTILE, [hostile_turn()])
    read = Reader(page)
    assert page.startswith("<!doctype html>")
    assert {"title", "style", "h1"} <= set(read.tags)
    assert not {"script", "img"} & set(read.tags)
    assert [value for name, value in read.attributes if name == "href"] == ["#note-1-1"]


def test_exported_markdown_holds_no_markup() -> None:
    text = conversation_markdown("T", [hostile_turn()])
    assert "\\<script\\>" in text
    assert "\n[^1-1]: " in text


def test_of_a_very_long_article_the_part_around_the_span_is_shown() -> None:
    text = "".join(f"Line {number} of a long book.\n" for number in range(20_000))
    start = text.index("Line 15000")
    shown = article_html(Article("book", "Book", text), [Span(1, "book", start, start + 20)], 1)
    assert len(shown) < 600_000
    assert shown.count("<mark") == 1
    assert f'data-start="{start}"' in shown
    assert '<a href="article/book" target="_blank">Read it whole</a>' in shown
    assert "Line 19999" in article_html(Article("book", "Book", text), alone=True)
