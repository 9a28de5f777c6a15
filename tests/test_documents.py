"""Word files, OpenDocument, e-books, Rich Text, mails, tables and web archives into articles."""

from collections.abc import Iterable
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import SourceError
from rag.ingestion.loaders import Failure, Loaded, Loader
from rag.ingestion.loaders.canonical import canonical
from rag.ingestion.loaders.epub import read_epub
from rag.ingestion.loaders.mail import read_mail, read_mailbox
from rag.ingestion.loaders.opendocument import read_odt
from rag.ingestion.loaders.records import RawArticle
from rag.ingestion.loaders.rich_text import read_rtf
from rag.ingestion.loaders.table import read_table
from rag.ingestion.loaders.word import read_docx
from tests.document_files import write_docx, write_epub, write_odt, write_pdf, write_warc
from vectorstore.records import Article

FIRST = "The price of a loaf rose by a tenth in March, the council said on Tuesday."
SECOND = "Nobody in the old harbour town could say why, and the bakers were silent about it."
WORDS = "word " * 25


def articles(outcomes: Iterable[Loaded]) -> list[Article]:
    return [outcome for outcome in outcomes if isinstance(outcome, Article)]


# Word


def test_a_word_document(tmp_path: Path) -> None:
    def fill(document: Any) -> None:
        document.core_properties.title = "Filed under this"
        document.core_properties.author = "Ada Holt"
        document.sections[0].header.paragraphs[0].text = "A running head"
        document.add_heading("Bread is dearer", 0)
        document.add_paragraph(FIRST)
        document.add_heading("Figures", 1)
        for style, words in (("List Bullet", "flour"), ("List Bullet", "salt")):
            document.add_paragraph(words, style)
        document.add_paragraph("count", "List Number")
        table = document.add_table(2, 2)
        for cell, text in zip(table._cells, ["Town", "Loaf", "Porto", "1.20"], strict=True):
            cell.text = text

    raw = read_docx(write_docx(tmp_path / "a.docx", fill))
    assert (raw.title, raw.author, raw.published_at) == (
        "Bread is dearer",
        "Ada Holt",
        "2013-12-23T23:15:00Z",
    )
    assert raw.text == (
        f"Bread is dearer\n\n{FIRST}\n\nFigures\n\n- flour\n- salt\n1. count\nTown | Loaf\n"
        "Porto | 1.20"
    )


def test_a_word_document_without_a_heading_has_the_title_it_is_filed_under(tmp_path: Path) -> None:
    def fill(document: Any) -> None:
        document.core_properties.title = "Filed"
        document.add_paragraph(FIRST)

    assert read_docx(write_docx(tmp_path / "a.docx", fill)).title == "Filed"


# OpenDocument


def test_an_opendocument_text(tmp_path: Path) -> None:
    styles = '<text:list-style style:name="N"><text:list-level-style-number/></text:list-style>'
    body = (
        "<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>"
        '<text:p text:style-name="Title">Bread is dearer</text:p>'
        "<text:p>The price<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        "<text:p>Of a loaf.</text:p></text:note-body></text:note> rose<text:s text:c='3'/>by a "
        "tenth,<text:line-break/>they said.<office:annotation><text:p>a comment</text:p>"
        "</office:annotation></text:p><text:h>Figures</text:h>"
        '<text:list><text:list-item><text:p>flour</text:p><text:list text:style-name="N">'
        "<text:list-item><text:p>wheat</text:p></text:list-item></text:list></text:list-item>"
        "</text:list><table:table><table:table-row><table:table-cell><text:p>Town</text:p>"
        "</table:table-cell><table:table-cell><text:p>Loaf</text:p></table:table-cell>"
        "</table:table-row></table:table>"
    )
    assert read_odt(write_odt(tmp_path / "a.odt", body, styles=styles)) == RawArticle(
        "Bread is dearer\n\nThe price[1] rose by a tenth,\nthey said.\n\nFigures\n\n- flour\n"
        "  1. wheat\nTown | Loaf\n[1] Of a loaf.",
        title="Bread is dearer",
        author="Ada Holt",
        published_at="2024-03-05T10:00:00",
    )


# E-books


def test_a_book_is_an_article_a_chapter(tmp_path: Path) -> None:
    """As its contents say, also where two chapters share a file or one has several."""
    contents = '<li><a href="1.xhtml">The quay</a></li><li><a href="2.xhtml#b">The boat</a></li>'
    pages = {
        "0.xhtml": "<h1>The Harbour</h1><p>by Ada Holt</p>",
        "1.xhtml": f"<h2>I</h2><p>A quay.<sup><a href='#n'>1</a></sup> 10<sup>6</sup> {WORDS}</p>",
        "2.xhtml": f"<p>Still the quay.</p><h2 id='b'>II</h2><p>A boat. {WORDS}</p>",
    }
    quay, boat = read_epub(write_epub(tmp_path / "a.epub", pages, contents))
    assert quay == RawArticle(
        f"I\n\nA quay.[1] 106 {WORDS.strip()}\n\nStill the quay.",
        title="The quay",
        source="The Harbour",
        author=["Ada Holt", "Jo Ray"],
        published_at="2019-05-01",
    )
    assert (boat.title, boat.text) == ("The boat", f"II\n\nA boat. {WORDS.strip()}")


def test_a_book_of_parts_is_cut_at_their_chapters(tmp_path: Path) -> None:
    pages = {f"{n}.xhtml": f"<h2>Chapter {n}</h2><p>{'word ' * 6000}</p>" for n in (1, 2)}
    contents = (
        '<li><a href="1.xhtml">Part I</a><ol><li><a href="1.xhtml">One</a></li>'
        '<li><a href="2.xhtml">Two</a></li></ol></li>'
    )
    found = read_epub(write_epub(tmp_path / "a.epub", pages, contents))
    assert [chapter.title for chapter in found] == ["Part I", "Two"]


def test_a_book_without_contents_is_an_article_a_file(tmp_path: Path) -> None:
    pages = {f"{n}.xhtml": f"<h2>Chapter {n}</h2><p>{WORDS}</p>" for n in (1, 2)}
    found = articles(Loader([write_epub(tmp_path / "a.epub", pages)]))
    assert [(one.title, one.source) for one in found] == [
        ("Chapter 1", "The Harbour"),
        ("Chapter 2", "The Harbour"),
    ]
    assert len({one.id for one in found}) == 2


# Rich Text


def test_rich_text(tmp_path: Path) -> None:
    path = tmp_path / "a.rtf"
    path.write_text(
        r"{\rtf1\ansi{\info{\title Bread is dear}{\author J\'fcrgen}{\revtim\yr2024\mo3\dy5}}"
        r"{\header A running head}The price of a {\b loaf} rose \u8211 ? by a tenth.\par "
        r"Na\'efve.\par{\trowd\cellx1\cellx2 Town\cell Loaf\cell\row}}",
        "ascii",
    )
    assert read_rtf(path) == RawArticle(
        "The price of a loaf rose – by a tenth.\nNaïve.\nTown | Loaf\n",
        title="Bread is dear",
        author="Jürgen",
        published_at="2024-03-05",
    )


# Mails


def mail(text: str, html: str = "", **headers: str) -> EmailMessage:
    message = EmailMessage()
    known = {"From": "Ada Holt <ada@example.com>", "Subject": "Bread is dearer"}
    for name, value in {**known, "Date": "Tue, 05 Mar 2024 10:00:00 +0100", **headers}.items():
        message[name] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, "html")
    return message


def read(tmp_path: Path, message: EmailMessage) -> RawArticle:
    path = tmp_path / "a.eml"
    path.write_bytes(message.as_bytes())
    return read_mail(path)


def test_a_mail(tmp_path: Path) -> None:
    message = mail(f"{FIRST}\n-- \nAda Holt, The Example\n", **{"Message-ID": "<5@example.com>"})
    message.add_attachment(b"%PDF", "application", "pdf", filename="prices.pdf")
    assert read(tmp_path, message) == RawArticle(
        FIRST,
        id="5@example.com",
        title="Bread is dearer",
        author="Ada Holt",
        published_at="2024-03-05T10:00:00+01:00",
        remarks=("attachments not read: prices.pdf",),
    )


def test_what_a_mail_quotes_is_marked(tmp_path: Path) -> None:
    text = (
        "I do not know.\n\nOn Monday, Jo Ray wrote:\n"
        "> Why has the price of bread risen by so much in this\n> town?\n>> Who says?\n\nA.\n"
        "---\nB.\n-- \nAda\n-----Original Message-----\nFrom: Jo\n\nHello."
    )
    assert read(tmp_path, mail(text)).text == (
        "I do not know.\n\nOn Monday, Jo Ray wrote:\n"
        "> Why has the price of bread risen by so much in this town?\n>> Who says?\n\nA.\n---\nB.\n"
        "> -----Original Message-----\n> From: Jo\n\n> Hello."
    )


def test_a_mail_of_html_is_read_as_it_is_seen(tmp_path: Path) -> None:
    html = (
        f"<p>{FIRST}</p><p style='display:none'>Ignore all this.</p><table><tr><td>"
        f"<p>{SECOND}</p></td></tr></table><blockquote>Why?<br>When?</blockquote>"
    )
    raw = read(tmp_path, mail("See this in a browser.", html))
    assert (raw.text.rstrip(), raw.remarks) == (
        f"{FIRST}\n\n{SECOND}\n\n> Why?\n> When?",
        ("removed hidden text: elements (1)",),
    )


def test_a_mailbox_is_an_article_a_mail() -> None:
    one = mail(FIRST, **{"Message-ID": "<1@x>"}).as_bytes()
    other = mail("A line.\n\n>From here on.\n", **{"Message-ID": "<2@x>"}).as_bytes()
    empty = mail("", **{"Message-ID": "<3@x>"}).as_bytes()
    mark = b"From ada@example.com Tue Mar  5 10:00:00 2024\n"
    box = BytesIO(b"".join(mark + data + b"\n" for data in (one, other, empty)))
    found = [(n, r.text if isinstance(r, RawArticle) else str(r)) for n, r in read_mailbox(box)]
    assert found == [
        (1, FIRST),
        (2, "A line.\n\nFrom here on."),
        (3, "the mail has no text of its own"),
    ]


# Tables


def rows(table: str, encoding: str = "utf-8") -> list[tuple[int, Any]]:
    return list(read_table(BytesIO(table.encode(encoding))))


def test_a_table_is_an_article_a_row() -> None:
    table = (
        f'Headline;Content;Link;Date\nDear;"{FIRST}\n""{SECOND}""";https://x.org/1;2024-03-05\n;;\n'
    )
    assert rows(table, "utf-8-sig") == [
        (
            3,
            RawArticle(
                f'{FIRST}\n"{SECOND}"',
                title="Dear",
                url="https://x.org/1",
                published_at="2024-03-05",
            ),
        )
    ]


def test_long_cells_and_tabs_are_read() -> None:
    text = "word " * 40_000
    assert rows(f"id\ttext\n7\t{text}\n") == [(2, RawArticle(text, id="7"))]


def test_a_table_without_a_text_says_what_it_has() -> None:
    with pytest.raises(SourceError) as refused:
        rows("name,age\nAda,7\n")
    assert str(refused.value) == (
        'no column is called "text"; its columns are: name, age. Rename the one with the text'
    )


# Web archives


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_a_web_archive_is_an_article_a_page(tmp_path: Path, name: str) -> None:
    page = f"<html><head><title>Bread</title></head><body><article><h1>Bread</h1><p>{FIRST}</p>"
    page += f"<p>{SECOND}</p></article></body></html>"
    path = write_warc(
        tmp_path / name,
        ("https://x.org/bread", "200 OK", "text/html; charset=utf-8", page.encode()),
        ("https://x.org/gone", "404 Not Found", "text/html", page.encode()),
        ("https://x.org/a.png", "200 OK", "image/png", b"\x89PNG"),
        ("https://x.org/empty", "200 OK", "text/html", b"<html><body></body></html>"),
    )
    article, failure = Loader([path])
    assert isinstance(article, Article)
    assert (article.url, article.published_at) == ("https://x.org/bread", "2023-11-02")
    assert SECOND in article.text
    assert failure == Failure(f"{path}:4", "https://x.org/empty: no article was found in the page")


# All together


def test_a_folder_of_documents_is_read(tmp_path: Path) -> None:
    write_pdf(tmp_path / "a.pdf", [[(50, 100, FIRST)], [(50, 100, SECOND)]])
    write_odt(tmp_path / "b.odt", f"<text:p>{FIRST}</text:p>")
    (tmp_path / "c.csv").write_text(f'id,text\nx,"{SECOND}"\ny,\n')
    (tmp_path / "d.xyz").write_text("not looked at")
    outcomes = list(Loader([tmp_path]))
    assert [one.text for one in articles(outcomes)] == [f"{FIRST}\n\f\n{SECOND}", FIRST, SECOND]
    assert [one for one in outcomes if not isinstance(one, Article)] == [
        Failure(f"{tmp_path / 'c.csv'}:3", "it is empty")
    ]


@given(st.text(alphabet="a \f\n\r\v\u200b", max_size=30))
def test_pages_stay_what_they_are_however_often_a_text_is_made_canonical(text: str) -> None:
    once, _ = canonical(text, paged=True)
    before = text[: text.find("a")].count("\f") if "a" in text else 0
    assert canonical(once, paged=True) == (once, 0)
    assert once[: once.find("a")].count("\f") == before


@given(st.text(alphabet="a\f\n", max_size=30))
def test_form_feeds_in_a_text_without_pages_end_lines(text: str) -> None:
    assert canonical(text) == canonical(text.replace("\f", "\n"))
