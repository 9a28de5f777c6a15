"""An article as a reference: APA (7th edition), MLA (9th), BibTeX; plain text, without italics."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ui.web.render.html import web_address
from vectorstore.records import day_of

Cited = Mapping[str, Any]
"""An article's fields, as in `article_json`."""

_BETWEEN = re.compile(r"\s*;\s*|\s*,\s+(?:and\s+)?|\s+(?:and|&)\s+")
_GROUP = re.compile(
    r"\b(?:agenc\w*|associat\w*|board|bureau|council|desk|edit\w*|institut\w*|ministry|news\w*"
    r"|office|press|reporters?|reuters|staff|team|the|times|university)\b",
    re.IGNORECASE,
)
_PARTICLES = frozenset("af al da de del della der di du el la le ten ter van von zu".split())
_TEX = {**{c: f"\\{c}" for c in "&%$#_{}"}, "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_TEX["\\"] = r"\textbackslash{}"
_MLA_MONTHS = "Jan. Feb. Mar. Apr. May June July Aug. Sept. Oct. Nov. Dec.".split()


def apa(article: Cited) -> str:
    """`Example, A. B., & Other, C. (2025, August 14). Title. Source. https://…`."""
    authors = [_apa_name(name) for name in authors_of(article["author"])]
    told = _joined(authors, ", & ")
    when = f"({_apa_day(article)})."
    title = _ended(article["title"])
    return _line(
        *([_ended(told), when, title] if authors else [title, when]),
        _ended(article["source"]),
        web_address(article["url"]),
    )


def mla(article: Cited) -> str:
    """`Example, Ann B., and Carl Other. “Title.” Source, 14 Aug. 2025, https://….`."""
    names = authors_of(article["author"])
    if len(names) > 2:
        told = f"{_inverted(names[0])}, et al"
    else:
        told = _joined([*map(_inverted, names[:1]), *names[1:]], ", and ")
    rest = [article["source"], _mla_day(article), web_address(article["url"])]
    where = ", ".join(filter(None, rest))
    return _line(_ended(told), f"“{_ended(article['title'])}”", f"{where}." if where else "")


def bibtex(article: Cited) -> str:
    """An `@misc` entry, whose key is made of the author, the year and the title."""
    day = _day(article)
    authors = authors_of(article["author"])
    fields = {
        "author": " and ".join(_bibtex_name(name) for name in authors),
        "title": f"{{{_tex(article['title'])}}}",
        "howpublished": _tex(article["source"] or ""),
        "year": str(day.year) if day else "",
        "month": f"{day:%b}".lower() if day else "",
        "day": str(day.day) if day else "",
        "url": web_address(article["url"]) or "",
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value.strip("{}")]
    return "\n".join([f"@misc{{{_key(authors, day, article['title'])},", *lines, "}"])


STYLES = {"APA": apa, "MLA": mla, "BibTeX": bibtex}


def authors_of(author: str | None) -> list[str]:
    """The names in a by-line."""
    line = re.sub(r"^\s*by\s+", "", author or "", flags=re.IGNORECASE)
    return [name for name in (part.strip(" .,") for part in _BETWEEN.split(line)) if name]


def _split(name: str) -> tuple[str, str] | None:
    """First and last names of a person; None for what may be no person's name."""
    words = name.split()
    if not 2 <= len(words) <= 5 or _GROUP.search(name) or not words[-1][0].isupper():
        return None
    last = len(words) - 1
    while last > 1 and words[last - 1].casefold() in _PARTICLES:
        last -= 1
    return " ".join(words[:last]), " ".join(words[last:])


def _inverted(name: str) -> str:
    parts = _split(name)
    return f"{parts[1]}, {parts[0]}" if parts else name


def _apa_name(name: str) -> str:
    parts = _split(name)
    if not parts:
        return name
    initials = " ".join(
        "-".join(f"{piece[0].upper()}." for piece in word.split("-") if piece)
        for word in parts[0].split()
    )
    return f"{parts[1]}, {initials}"


def _bibtex_name(name: str) -> str:
    return _tex(_inverted(name)) if _split(name) else f"{{{_tex(name)}}}"


def _joined(names: Sequence[str], last: str) -> str:
    """The names in a row, with `last` before the last one."""
    return last.join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _day(article: Cited) -> date | None:
    day = day_of(article["published_at"])
    return date.fromisoformat(day) if day else None


def _apa_day(article: Cited) -> str:
    day = _day(article)
    return f"{day.year}, {day:%B} {day.day}" if day else "n.d."


def _mla_day(article: Cited) -> str | None:
    day = _day(article)
    return f"{day.day} {_MLA_MONTHS[day.month - 1]} {day.year}" if day else None


def _ended(text: str | None) -> str:
    """The text with a full stop, unless it ends a sentence by itself."""
    text = (text or "").strip()
    return text if not text or text[-1] in ".!?…" else f"{text}."


def _line(*parts: str | None) -> str:
    return " ".join(part for part in parts if part)


def _tex(text: str) -> str:
    return "".join(_TEX.get(character, character) for character in " ".join(text.split()))


def _key(authors: Sequence[str], day: date | None, title: str) -> str:
    who = authors[0].split()[-1] if authors else ""
    words = [word for word in re.findall(r"\w+", title) if len(word) > 3][:1]
    made = f"{who}{day.year if day else ''}{''.join(words)}"
    plain = unicodedata.normalize("NFKD", made).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]", "", plain) or "article"
