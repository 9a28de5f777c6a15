"""Files made to do harm: each costs one failure, and the next one is read all the same."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.errors import SourceError
from rag.ingestion.loaders import Failure, Loader
from rag.ingestion.loaders.confined import ConfinedReader
from rag.ingestion.loaders.epub import read_epub
from rag.ingestion.loaders.opendocument import read_odt
from rag.ingestion.loaders.records import RawArticle
from rag.ingestion.loaders.word import read_docx
from tests.document_files import (
    LAUGHS,
    write_bomb_pdf,
    write_docx,
    write_epub,
    write_odt,
    write_pdf,
    write_warc,
    write_zip,
)
from vectorstore.records import Article

BOMB = "a" * 70_000_000
TOO_MUCH = "its texts come to 70 MB when unpacked; at most 60 MB are read. Split it"
DAMAGED = "it is damaged, or not what its name says"
MANIFEST = {
    "META-INF/manifest.xml": "<manifest><file-entry><encryption-data/></file-entry></manifest>"
}
DRM = {
    "META-INF/encryption.xml": "<encryption><EncryptedData><EncryptionMethod "
    'Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/></EncryptedData></encryption>'
}


def reason(read: Callable[[Path], object], path: Path) -> str:
    with pytest.raises(SourceError) as refused:
        read(path)
    return str(refused.value)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("a.docx", {"[Content_Types].xml": "<a/>", "word/document.xml": BOMB}),
        ("a.odt", {"content.xml": BOMB}),
        ("a.epub", {"META-INF/container.xml": "<a/>", "1.xhtml": BOMB}),
    ],
)
def test_what_unpacks_to_too_much_is_refused_packed(
    tmp_path: Path, name: str, parts: dict[str, str]
) -> None:
    readers: dict[str, Callable[[Path], object]] = {
        "a.docx": read_docx,
        "a.odt": read_odt,
        "a.epub": read_epub,
    }
    assert reason(readers[name], write_zip(tmp_path / name, parts)) == TOO_MUCH


def test_entities_in_a_word_document_are_refused(tmp_path: Path) -> None:
    parts = {"[Content_Types].xml": "<a/>", "word/document.xml": f"{LAUGHS}<a>&i;</a>"}
    assert reason(read_docx, write_zip(tmp_path / "a.docx", parts)) == (
        "it declares entities of XML, which no Word document does"
    )


def test_entities_that_grow_are_not_expanded(tmp_path: Path) -> None:
    path = write_odt(tmp_path / "a.odt", "<text:p>A loaf. &i;</text:p>", before=LAUGHS)
    assert reason(read_odt, path) == DAMAGED


def test_entities_do_not_read_files(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("the secret")
    place = (tmp_path / "secret").as_uri()
    outside = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{place}">]>'
    path = write_odt(tmp_path / "a.odt", "<text:p>A loaf. &e;</text:p>", before=outside)
    assert read_odt(path).text == "A loaf."


@pytest.mark.parametrize("keep", [0, 10, 0.5, 0.95])
def test_a_truncated_package_is_damaged(tmp_path: Path, keep: float) -> None:
    whole = write_docx(tmp_path / "a.docx", lambda document: document.add_paragraph("A loaf."))
    data = whole.read_bytes()
    whole.write_bytes(data[: int(keep if keep >= 1 else keep * len(data))])
    assert reason(read_docx, whole) == DAMAGED


def test_an_encrypted_word_document_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert reason(read_docx, tmp_path / "a.docx").startswith("it is encrypted, or of a Word before")


def test_an_encrypted_opendocument_text_says_so(tmp_path: Path) -> None:
    path = write_odt(tmp_path / "a.odt", "", **MANIFEST)
    assert reason(read_odt, path) == "it is encrypted; save it without a password, and add that"


def test_a_book_locked_by_its_seller_says_so(tmp_path: Path) -> None:
    path = write_epub(tmp_path / "a.epub", {"1.xhtml": "<p>x</p>"}, **DRM)
    assert reason(read_epub, path) == "it is encrypted by its seller (DRM), and cannot be read"


def texts(reader: ConfinedReader, path: Path) -> list[str]:
    return [part.raw.text for part in reader.parts(path) if isinstance(part.raw, RawArticle)]


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return write_pdf(tmp_path / "z.pdf", [[(50, 100, "A loaf costs more than it did.")]])


def test_a_document_that_breaks_its_reader_costs_one_failure(tmp_path: Path, good: Path) -> None:
    """The page unpacks to more than the process may have, and PDFium ends it for that."""
    bomb = write_bomb_pdf(tmp_path / "a.pdf")
    reader = ConfinedReader(memory=500_000_000)
    try:
        assert reason(lambda path: list(reader.parts(path)), bomb).startswith(
            "it breaks the program that reads it"
        )
        assert texts(reader, good) == ["A loaf costs more than it did."]
    finally:
        reader.close()


def test_a_document_nested_without_end_costs_one_failure(tmp_path: Path, good: Path) -> None:
    deep = "<w:tbl><w:tr><w:tc>" * 20_000 + "</w:tc></w:tr></w:tbl>" * 20_000
    names = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    parts = {
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": f"<w:document {names}><w:body>{deep}</w:body></w:document>",
    }
    failure, article = Loader([write_zip(tmp_path / "a.docx", parts), good])
    assert isinstance(failure, Failure)
    assert isinstance(article, Article)


def test_a_document_that_takes_too_long_costs_one_failure(tmp_path: Path, good: Path) -> None:
    links = tmp_path / "a.rtf"
    links.write_text("{\\rtf1 " + '{\\field{\\*\\fldinst{HYPERLINK "' * 20_000)
    reader = ConfinedReader(seconds=0.5)
    patient = ConfinedReader()
    try:
        assert reason(lambda path: list(reader.parts(path)), links) == (
            "it takes longer than 0.5 seconds to read; it may be damaged"
        )
        assert texts(patient, good) == ["A loaf costs more than it did."]
    finally:
        reader.close()
        patient.close()


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_the_reading_process_has_no_keys_and_does_not_outlive_its_reader(
    good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    before = children()
    reader = ConfinedReader()
    texts(reader, good)
    [child] = children() - before
    environ = Path(f"/proc/{child}/environ").read_bytes()
    reader.close()
    assert (b"sk-secret" in environ, children() - before) == (False, set())


def children() -> set[str]:
    """The processes that this one has begun."""
    tasks = Path("/proc/self/task").glob("*/children")
    return {child for task in tasks for child in task.read_text().split()}


def test_a_mail_with_a_header_without_end_costs_one_failure(tmp_path: Path, good: Path) -> None:
    nested = "Content-Type: message/rfc822\n\n" * 5_000
    (tmp_path / "a.eml").write_text(f"From: a@example.com\nSubject: x\n{nested}hello")
    failure, article = Loader([tmp_path / "a.eml", good])
    assert isinstance(failure, Failure)
    assert isinstance(article, Article)


def test_an_archive_that_breaks_off_gives_what_came_before(tmp_path: Path) -> None:
    page = b"<html><body><article><h1>A loaf</h1><p>A loaf costs more than it did in the year "
    page += b"before.</p><p>Nobody could say why that was so.</p></article></body></html>"
    whole = write_warc(
        tmp_path / "a.warc.gz", *[("https://x.org", "200 OK", "text/html", page)] * 2
    )
    whole.write_bytes(whole.read_bytes()[:-40])
    article, failure = Loader([whole])
    assert isinstance(article, Article)
    assert failure == Failure(f"{whole}:2", "https://x.org: the archive breaks off in it")
