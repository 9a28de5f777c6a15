"""Files of every kind that can be read, made for the tests."""

import gzip
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

Placed = Sequence[tuple[float, float, str]]
"""Lines of a page: how far from the left and from the top, in points, and what they say."""

TEXT = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
TEXT += ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
TEXT += ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
TEXT += ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
META = (
    '<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta><dc:title>Filed</dc:title>'
    "<dc:creator>Ada Holt</dc:creator><dc:date>2024-03-05T10:00:00</dc:date>"
    "</office:meta></office:document-meta>"
)
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
"""Declares `&i;`, which expands to a billion characters."""


def write_pdf(path: Path, pages: Sequence[Placed], **options: Any) -> Path:
    """A PDF of pages whose lines stand where they are told to."""
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path), pagesize=(600, 800), **options)
    canvas.setTitle("")
    for page in pages:
        canvas.setFont("Helvetica", 10)
        for left, top, text in page:
            canvas.drawString(left, 800 - top, text)
        canvas.showPage()
    canvas.save()
    return path


def write_scan(path: Path) -> Path:
    """A PDF of one picture."""
    from PIL import Image
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path), pagesize=(600, 800))
    canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, 600, 800)
    canvas.save()
    return path


def write_raw_pdf(path: Path, *objects: bytes) -> Path:
    """A PDF of objects as they are given; the first is its catalogue."""
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    data += b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n" % (count, table)
    data += b"<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (count, data.rindex(b"xref"))
    path.write_bytes(data)
    return path


def write_bomb_pdf(path: Path) -> Path:
    """A PDF of some kilobytes whose one page unpacks, twice, to a gigabyte."""
    packing, spaces = zlib.compressobj(9), b" " * 1_000_000
    # Blocks that know nothing of one another, so that one made once may be repeated.
    first, later = (packing.compress(spaces) + packing.flush(zlib.Z_FULL_FLUSH) for _ in "12")
    data = zlib.compress(first + later * 1000 + packing.flush(), 9)
    return write_raw_pdf(
        path,
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R>>",
        b"<</Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n%b\nendstream" % (len(data), data),
    )


def write_docx(path: Path, fill: Callable[[Any], None]) -> Path:
    """A Word document by python-docx, which `fill` gives its contents."""
    from docx import Document

    document = Document()
    fill(document)
    document.save(str(path))
    return path


def write_zip(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    """A zip file of parts."""
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return path


def write_odt(path: Path, body: str, *, before: str = "", styles: str = "", **parts: str) -> Path:
    """An OpenDocument text of this body; `before` stands before its root."""
    content = (
        f"{before}<office:document-content {TEXT}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:text>{body}</office:text></office:body>"
        "</office:document-content>"
    )
    return write_zip(path, {"content.xml": content, "meta.xml": META, **parts})


def write_epub(path: Path, pages: Mapping[str, str], contents: str = "", **parts: str) -> Path:
    """An e-book of XHTML files in their order, with a table of contents if one is given."""
    items = [
        f'<item id="{name}" href="{name}" media-type="application/xhtml+xml"/>' for name in pages
    ]
    if contents:
        items.append('<item id="nav" href="nav.xhtml" properties="nav"/>')
    order = "".join(f'<itemref idref="{name}"/>' for name in pages)
    catalogue = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<metadata><dc:title>The Harbour</dc:title><dc:creator>Ada Holt</dc:creator>"
        "<dc:creator>Jo Ray</dc:creator><dc:date>2019-05-01</dc:date></metadata>"
        f"<manifest>{''.join(items)}</manifest><spine>{order}</spine></package>"
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="book/a.opf"/></rootfiles></container>'
    )
    texts = {
        f"book/{name}": f"<html><head><title>x</title></head><body>{page}</body></html>"
        for name, page in pages.items()
    }
    nav = f'<html><body><nav epub:type="toc"><ol>{contents}</ol></nav></body></html>'
    known = {"META-INF/container.xml": container, "book/a.opf": catalogue, **texts}
    return write_zip(path, {**known, "book/nav.xhtml": nav, **parts})


def write_warc(path: Path, *responses: tuple[str, str, str, bytes]) -> Path:
    """A web archive of responses: the address, status, type and body of each."""
    with path.open("wb") as file:
        for url, status, kind, body in responses:
            answer = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n\r\n".encode() + body
            head = (
                f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\n"
                "WARC-Date: 2023-11-02T08:00:00Z\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
                "Content-Type: application/http; msgtype=response\r\n"
                f"Content-Length: {len(answer)}\r\n\r\n"
            )
            record = head.encode() + answer + b"\r\n\r\n"
            file.write(gzip.compress(record) if path.suffix == ".gz" else record)
    return path
