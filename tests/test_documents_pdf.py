"""PDFs: paragraphs put together again, what is left out, pages, and what cannot be read."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rag import Chatbot, Citation, Settings, answer_json
from rag.errors import SourceError
from rag.ingestion.loaders.pdf import read_pdf
from rag.text.sentences import sentence_spans
from tests.document_files import Placed, write_pdf, write_raw_pdf, write_scan
from ui.cli.app import app
from ui.web.kept import page_turn
from ui.web.render.article import Span, article_html
from ui.web.render.export import conversation_html, conversation_markdown
from ui.web.render.statements import statements_html
from vectorstore.records import Article

STORY = [
    "The price of a loaf of bread in the harbour town rose by a tenth in March, as the",
    "town council said on Tuesday. Nobody in the old harbour could say why that was so,",
    "and the bakers were silent about it. The mayor, Hanne Brodersen, promised to look",
    "into the matter before Easter, and to tell the public what had been found out then.",
]


def column(lines: list[str], left: float = 50, top: float = 100, step: float = 12) -> Placed:
    return [(left, top + step * number, line) for number, line in enumerate(lines)]


def text_of(path: Path) -> str:
    return read_pdf(path).text


def reason(path: Path) -> str:
    with pytest.raises(SourceError) as refused:
        read_pdf(path)
    return str(refused.value)


def test_lines_are_put_together_and_paragraphs_kept_apart(tmp_path: Path) -> None:
    page = [*column(STORY), *column(STORY[:2], top=160), *column(STORY[2:], top=184, step=12)]
    whole = " ".join(STORY)
    assert text_of(write_pdf(tmp_path / "a.pdf", [page])) == f"{whole}\n\n{whole}"


def test_an_indented_line_begins_a_paragraph(tmp_path: Path) -> None:
    page = [*column(STORY), (65, 148, STORY[0][:70]), (50, 160, "council said.")]
    end = f"{STORY[0][:70]} council said."
    assert text_of(write_pdf(tmp_path / "a.pdf", [page])) == f"{' '.join(STORY)}\n\n{end}"


def test_words_broken_at_the_end_of_a_line_are_mended(tmp_path: Path) -> None:
    lines = [
        "A well-known baker of the town has asked the govern-",
        "ment in the capital for more help. He is a well-",
        "known and self-",
        "employed man of the years 2019-",
        "2024, and comes from Schleswig-",
        "Holstein.",
    ]
    assert text_of(write_pdf(tmp_path / "a.pdf", [column(lines)])) == (
        "A well-known baker of the town has asked the government in the capital for more help. "
        "He is a well-known and self-employed man of the years 2019-2024, and comes from "
        "Schleswig-Holstein."
    )


def test_running_heads_feet_and_page_numbers_are_left_out(tmp_path: Path) -> None:
    pages = [
        [
            (50, 30, "Journal of Bread, vol. 12"),
            (550, 30, str(number)),
            (250, 780, f"{number} of 3"),
            *column([f"Page {number} says that {STORY[0]}"], top=200),
        ]
        for number in (1, 2, 3)
    ]
    told = [f"Page {number} says that {STORY[0]}" for number in (1, 2, 3)]
    assert text_of(write_pdf(tmp_path / "a.pdf", pages)) == (f"{told[0]}\f{told[1]}\f{told[2]}")


def test_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    left = [f"Left {word} of the first column, which" for word in "one two three four five".split()]
    right = [f"right {word} of another column that" for word in "one two three four five".split()]
    right[-1] = "right at the end of the other column."
    page = [
        (50, 60, "A title that stands across both of the columns, over their gutter"),
        *(pair for rows in zip(column(left), column(right, 300), strict=True) for pair in rows),
        (50, 200, "And what stands below both of them, from one side to the other one."),
    ]
    assert text_of(write_pdf(tmp_path / "a.pdf", [page])) == (
        "A title that stands across both of the columns, over their gutter\n\n"
        f"{' '.join([*left, *right])}\n\n"
        "And what stands below both of them, from one side to the other one."
    )


def test_the_rows_of_a_table_stay_rows(tmp_path: Path) -> None:
    rows = [("Town", "Loaf", "Year"), ("Porto", "1.20", "2024"), ("Genoa", "1.40", "2023")]
    page = [
        (50 + 100 * at, 100 + 14 * number, cell)
        for number, row in enumerate(rows)
        for at, cell in enumerate(row)
    ]
    assert text_of(write_pdf(tmp_path / "a.pdf", [page])) == (
        "Town | Loaf | Year\nPorto | 1.20 | 2024\nGenoa | 1.40 | 2023"
    )


def test_pages_are_parted_by_form_feeds(tmp_path: Path) -> None:
    """On a line of its own; within a paragraph that goes on, as the space between two words."""
    pages: list[Placed] = [
        [],
        column([STORY[0]]),
        column(["town council said."]),
        column(["Done."]),
    ]
    raw = read_pdf(write_pdf(tmp_path / "a.pdf", pages))
    assert (raw.text, raw.remarks) == (
        f"\f\n{STORY[0]}\ftown council said.\n\f\nDone.",
        ("no text on 1 of 4 pages: 1",),
    )


def test_a_word_broken_by_a_page_is_whole_on_the_first(tmp_path: Path) -> None:
    pages = [column(["He asked the govern-"]), column(["ment for help."])]
    assert text_of(write_pdf(tmp_path / "a.pdf", pages)) == "He asked the government\ffor help."


def test_what_a_pdf_says_of_itself(tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(tmp_path / "a.pdf"))
    canvas.setTitle("The price of bread")
    canvas.setAuthor("Ada Holt")
    canvas.drawString(50, 700, STORY[0])
    canvas.save()
    raw = read_pdf(tmp_path / "a.pdf")
    assert (raw.title, raw.author) == ("The price of bread", "Ada Holt")


def test_without_a_title_the_largest_line_is_one(tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(tmp_path / "a.pdf"))
    canvas.setTitle("Microsoft Word - draft7.docx")
    canvas.setFont("Helvetica", 20)
    canvas.drawString(50, 750, "The price of bread")
    canvas.setFont("Helvetica", 10)
    canvas.drawString(50, 700, STORY[0])
    canvas.save()
    assert read_pdf(tmp_path / "a.pdf").title == "The price of bread"


@pytest.mark.parametrize(
    ("turned", "writing"), [(90, 90), (180, 180), (270, 270), (0, 90), (0, 270)]
)
def test_a_page_on_its_side_is_read_as_it_is_shown(
    tmp_path: Path, turned: int, writing: int
) -> None:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(600, 600))
    canvas.setPageRotation(turned)
    canvas.translate(300, 300)
    canvas.rotate(writing)
    canvas.setFont("Helvetica", 10)
    for number, line in enumerate(STORY):
        canvas.drawString(-250, 200 - 12 * number, line)
    canvas.save()
    assert text_of(tmp_path / "a.pdf") == " ".join(STORY)


def test_what_nobody_can_see_is_left_out_and_told(tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(600, 800))
    canvas.setFont("Helvetica", 10)
    canvas.drawString(50, 700, STORY[0])
    canvas.drawString(50, 900, "Ignore all this.")
    canvas.setFont("Helvetica", 1)
    canvas.drawString(50, 600, "And this as well.")
    canvas.save()
    raw = read_pdf(tmp_path / "a.pdf")
    assert (raw.text, raw.remarks) == (
        STORY[0],
        ("removed hidden text: lines too small to read or beside the page (2)",),
    )


# What cannot be read


def test_a_scan_says_that_it_is_one(tmp_path: Path) -> None:
    assert reason(write_scan(tmp_path / "a.pdf")) == (
        "there is no text on its pages (1), as on those of a scan; recognise it first, for example "
        "with ocrmypdf, and add what that writes"
    )


def test_an_encrypted_one_says_so(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", [column(STORY)], encrypt="secret")
    assert reason(path) == (
        "it is encrypted and opens with a password only; save it without one, and add that"
    )


def test_one_that_only_its_owner_may_print_is_read(tmp_path: Path) -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption

    guard = StandardEncryption("", "owner", canPrint=0)
    assert text_of(write_pdf(tmp_path / "a.pdf", [column(STORY)], encrypt=guard)) == " ".join(STORY)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"no pdf", bytes(range(256)) * 9])
def test_a_damaged_one_says_so(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(data)
    assert reason(path) == "it is damaged, or no PDF"


def test_a_page_tree_that_contains_itself_is_refused(tmp_path: Path) -> None:
    kids = b"3 0 R " * 10_000
    path = write_raw_pdf(
        tmp_path / "a.pdf",
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 10000/Kids[%b]>>" % kids,
        b"<</Type/Pages/Count 10000/Parent 2 0 R/Kids[%b]>>" % kids.replace(b"3", b"2"),
    )
    assert reason(path) == "it has 10,000 pages; at most 5,000 are read. Split it"


# Pages in citations


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A document whose second sentence begins on its second page and ends on the third."""
    second = "The lighthouse of Varn was built in 1887 by the engineer Hanne Brodersen, who had"
    pages = [["Page one says nothing of any of the towers by the sea."], [second]]
    ending = ["come to the island for one summer. It is thirty metres high."]
    return write_pdf(tmp_path / "report.pdf", [column(page) for page in [*pages, ending]])


def test_a_citation_across_pages_is_exact_and_says_where_it_begins(report: Path) -> None:
    article = Article("a", "Report", read_pdf(report).text)
    [span] = [s for s in sentence_spans(article.text) if "1887" in article.text[slice(*s)]]
    citation = Citation.of(1, article, *span)
    assert (citation.page, " ".join(citation.quote.split()), "\f" in citation.quote) == (
        2,
        "The lighthouse of Varn was built in 1887 by the engineer Hanne Brodersen, who had come to "
        "the island for one summer.",
        True,
    )


def test_the_page_is_told_wherever_a_citation_is_shown(report: Path, settings: Settings) -> None:
    with Chatbot.open(settings.store, settings) as bot:
        bot.add(report)
        answer = bot.ask("When was the lighthouse of Varn built?")
        [stored] = bot.articles()
        article = bot.article(stored.id)
    document = answer_json(answer)
    turns = [page_turn("a", answer, (1, 1))]
    [cited] = document["citations"]
    assert cited["page"] == 2
    assert article.text[cited["start"] : cited["end"]] == cited["quote"]
    assert "p. 2" in statements_html(document)
    assert "p. 2" in conversation_html("Talk", turns)
    assert "p. 2" in conversation_markdown("Talk", turns)
    pane = article_html(article, [Span.of(cited)], 1)
    assert pane.index("p. 1</p>") < pane.index("p. 2</p>") < pane.index("<mark")


def test_the_command_line_tells_the_page(report: Path, settings: Settings) -> None:
    run = CliRunner().invoke
    place = ["--store", settings.store]
    added = run(app, ["add", str(report), *place])
    said = run(app, ["ask", "When was the lighthouse of Varn built?", *place])
    listed = run(app, ["articles", "--json", *place])
    shown = run(app, ["article", json.loads(listed.stdout)[0]["id"], *place])
    assert added.stdout.startswith("1 added")
    assert " · p. 2" in said.stdout
    assert "\n\n[p. 3]\n\ncome to the island" in shown.stdout


def test_an_article_without_form_feeds_has_no_pages() -> None:
    article = Article("a", "T", "One sentence.")
    assert "page" not in answer_json_of(article)


def answer_json_of(article: Article) -> dict[str, object]:
    from rag.documents import citation_json

    return citation_json(Citation.of(1, article, 0, 13))
