"""Mails, one in a file or many in a mailbox, as articles."""

import re
from collections.abc import Iterable, Iterator, Sequence
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import Path
from typing import IO

from rag.errors import SourceError
from rag.ingestion.loaders.blocks import Block, blocks
from rag.ingestion.loaders.decoding import MOST_BYTES, bytes_of, decode
from rag.ingestion.loaders.records import Numbered, RawArticle
from rag.ingestion.loaders.webpage import visible_page

_BEGINS = re.compile(rb"From \S+.*\d{4}")
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
_QUOTE = re.compile(r"((?:>[ ]?)+)(.*)")
# What programs write above the whole of the mail that is answered.
_ORIGINAL = re.compile(
    r"^[ \t]*(?:-{3,}[ \t]*(?:original|forwarded|weitergeleitete|ursprüngliche|message d|mensaje)"
    r"|(?:From|Von|De): .*(?:@|\n(?:Sent|Date|Gesendet|Datum|Envoyé|Enviado): ))",
    re.IGNORECASE | re.MULTILINE,
)
_WRAPPED = 50
_SHORT_TEXT = 200


def read_mail(path: Path) -> RawArticle:
    """A mail: sender, date, subject, and what it says, the quoted parts marked with `>`.

    Raises `SourceError` for a file that is none, or has no text in it.
    """
    return _mail(bytes_of(path))


def read_mailbox(file: IO[bytes]) -> Numbered:
    """The mails of a mailbox (mbox), with their numbers, or why one gives no article."""
    for number, data in enumerate(_messages(file), start=1):
        try:
            yield number, _mail(_ESCAPED.sub(rb"\1", data))
        except SourceError as error:
            yield number, error
        except RecursionError:
            yield number, SourceError("a mail nested too deep")


def _messages(file: IO[bytes]) -> Iterator[bytes]:
    """The mails of a mailbox as they stand in it; of an overlong one only the beginning."""
    lines: list[bytes] = []
    size, blank = 0, True
    while line := file.readline(MOST_BYTES + 1):
        if blank and _BEGINS.match(line):
            if lines:
                yield b"".join(lines)
            lines, size = [], 0
        elif size <= MOST_BYTES:
            lines.append(line)
            size += len(line)
        blank = not line.strip()
    if lines:
        yield b"".join(lines)


def _mail(data: bytes) -> RawArticle:
    from email import message_from_bytes, policy

    if len(data) > MOST_BYTES:
        raise SourceError(f"a mail larger than {MOST_BYTES // 1_000_000} MB")
    mail = message_from_bytes(data, policy=policy.default)
    if not isinstance(mail, EmailMessage) or not (mail.get("From") or mail.get("Subject")):
        raise SourceError("it is no mail: neither sender nor subject")
    text, hidden = _text(mail)
    if not text.strip():
        raise SourceError("the mail has no text of its own" + _listed(mail, "; attached: "))
    attached = _listed(mail, "attachments not read: ")
    return RawArticle(
        text.strip(),
        id=_header(mail, "Message-ID").strip("<> ") or None,
        title=_header(mail, "Subject") or None,
        author=_sender(mail),
        published_at=_date(mail),
        remarks=(*hidden, *([attached] if attached else [])),
    )


def _header(mail: EmailMessage, name: str) -> str:
    """A header's words; none where it is so broken that the standard library gives up."""
    try:
        return " ".join(str(mail.get(name, "")).split())
    except (ValueError, IndexError, AttributeError, TypeError, LookupError):
        return ""


def _sender(mail: EmailMessage) -> str | None:
    name, address = parseaddr(_header(mail, "From"))
    return name or address or None


def _date(mail: EmailMessage) -> str | None:
    try:
        return parsedate_to_datetime(_header(mail, "Date")).isoformat()
    except (ValueError, TypeError, IndexError):
        return None


def _text(mail: EmailMessage) -> tuple[str, tuple[str, ...]]:
    """What a mail says, and what was hidden in it: of its plain text, or else of its HTML."""
    plain = "\n\n".join(decode(*part) for part in _parts(mail, "plain"))
    pages = list(_parts(mail, "html"))
    # Programs that write HTML alone put a line such as "open this in a browser" in the other.
    if plain.strip() and (not pages or len(plain) > _SHORT_TEXT):
        return _marked(plain), ()
    texts: list[str] = [] if pages else [plain]
    hidden: list[str] = []
    for page in pages:
        tree, remarks = visible_page(*page)
        texts.append(_of_blocks(blocks(tree)))
        hidden += remarks
    text = "\n\n".join(texts)
    return (text, tuple(hidden)) if len(text) >= len(plain) else (_marked(plain), ())


def _parts(mail: EmailMessage, kind: str) -> Iterator[tuple[bytes, str | None]]:
    """The texts of one kind that are part of the mail itself, with the names of their encodings."""
    for part in mail.walk():
        if part.get_content_type() == f"text/{kind}" and not _is_attached(part):
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes) and payload.strip():
                yield payload, part.get_content_charset()


def _is_attached(part: EmailMessage) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _listed(mail: EmailMessage, before: str) -> str:
    """The names of what is attached, after a word on it; nothing where nothing is."""
    names = [
        part.get_filename() or part.get_content_type() for part in mail.walk() if _is_attached(part)
    ]
    return before + ", ".join(" ".join(name.split()) for name in names) if names else ""


def _marked(plain: str) -> str:
    """A plain text whose quoted parts are paragraphs that begin with `>`; no signature."""
    text = plain.replace("\r\n", "\n")
    answered = _ORIGINAL.search(text)
    own = text[: answered.start()] if answered else text
    quoted = text[answered.start() :].split("\n") if answered else []
    lines = [*_unsigned(own.split("\n")), *(f"> {line}" for line in quoted)]
    return "\n".join(_unwrapped(lines))


def _unsigned(lines: Iterable[str]) -> Iterator[str]:
    """The lines without a signature, which goes on to the end or to what is quoted below it."""
    signing = False
    for line in lines:
        signing = (signing or line.rstrip() == "--") and not line.startswith(">")
        if not signing:
            yield line


def _unwrapped(lines: Iterable[str]) -> list[str]:
    """The lines, quoted ones that were broken at a margin put together again."""
    whole: list[str] = []
    before, length = "", 0
    for line in lines:
        quote = _QUOTE.match(line)
        depth = quote[1].replace(" ", "") if quote else ""
        said = quote[2].strip() if quote else line
        if depth and depth == before and said and length >= _WRAPPED:
            whole[-1] += f" {said}"
        else:
            whole.append(f"{depth} {said}" if depth and said else said)
        before, length = depth, len(said)
    return whole


def _of_blocks(found: Sequence[Block]) -> str:
    lines = []
    for block in found:
        mark = "> " if block.quoted else ""
        lines += [mark + line for line in block.text.split("\n")] + [""]
    return "\n".join(lines)
