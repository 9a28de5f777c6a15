"""Earlier versions of articles, in a collection beside the passages that nothing searches.

A version goes by its text's digest, so that keeping it twice is keeping it once. Which versions an
article has is written in its passages (`ArticleSummary.versions`), in one call with what replaced
the last of them; a version that is not named there is as good as none.
"""

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from vectorstore.catalog import ArticleSummary, Entry
from vectorstore.collection import ChromaCollection
from vectorstore.errors import StoreError
from vectorstore.listing import Listing
from vectorstore.records import Article

_Row = tuple[dict[str, Any], str]
KEPT = 10
"""How many earlier versions an article has at most; the oldest are forgotten."""
_FIELDS = ("title", "source", "url", "author", "published_at")
_PART = 4000
"""Characters of a record; Chroma Cloud takes 16,384 bytes."""


@dataclass(frozen=True, slots=True)
class Version:
    """An article as it was until a moment, ISO 8601 in UTC."""

    article: Article
    until: str


def text_digest(text: str) -> str:
    """What tells one text of an article from another."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


class ChromaHistory(ChromaCollection):
    """The collection of earlier versions."""

    def supersede(self, listing: Listing, entries: Sequence[Entry]) -> list[Entry]:
        """Keep the articles that `entries` are about to replace, and name them in these.

        Only a text that changes makes a version; a damaged article makes none.
        """
        named: list[Entry] = []
        kept: list[Article] = []
        for summary, passages in entries:
            earlier, before = _earlier(listing, summary.id, "".join(p.text for p in passages))
            latest = earlier[-KEPT:]
            if dropped := {digest for digest, _ in earlier} - {digest for digest, _ in latest}:
                self.forget([summary.id], dropped)
            kept += [before] if before else []
            told = json.dumps(latest) if latest else None
            named.append((replace(summary, earlier=told), passages))
        self._write([row for article in kept for row in _rows(article)])
        return named

    def read(self, summary: ArticleSummary) -> list[Version]:
        """The earlier versions of an article, latest first; what is not whole is left out."""
        found = [(self._article(summary.id, digest), until) for digest, until in summary.versions]
        return [Version(article, until) for article, until in reversed(found) if article]

    def forget(self, ids: Sequence[str], versions: Iterable[str] | None = None) -> None:
        """Delete what there is of articles, or of some of their versions."""
        named = [] if versions is None else [{"version": {"$in": sorted(versions)}}]
        for part in self._pages(ids):
            theirs = {"id": {"$in": part}}
            where = {"$and": [theirs, *named]} if named else theirs
            while found := self._ask("get", where=where, limit=self.page, include=[])["ids"]:
                self._ask("delete", found)

    def _article(self, article: str, digest: str) -> Article | None:
        """One version; None where it is not whole."""
        name = f"{article}@{digest}"
        first = self._get([f"{name}#0"])
        if not first:
            return None
        ((data, _),) = first.values()
        rows = self._get([f"{name}#{number}" for number in range(data["parts"])])
        text = "".join(rows[row][1] for row in sorted(rows, key=lambda row: rows[row][0]["part"]))
        fields: dict[str, Any] = {field: data.get(field) for field in _FIELDS}
        return Article(article, text=text, **fields) if text_digest(text) == digest else None

    def _write(self, rows: Sequence[_Row]) -> None:
        for start in range(0, len(rows), self.page):
            part = rows[start : start + self.page]
            self._ask(
                "upsert",
                [f"{data['id']}@{data['version']}#{data['part']}" for data, _ in part],
                embeddings=[[float(at)] for at in range(len(part))],
                documents=[text for _, text in part],
                metadatas=[data for data, _ in part],
            )

    def _get(self, ids: Sequence[str]) -> dict[str, _Row]:
        found: dict[str, _Row] = {}
        for part in self._pages(ids):
            got = self._ask("get", part, include=["metadatas", "documents"])
            rows = zip(got["metadatas"], got["documents"], strict=True)
            found |= dict(zip(got["ids"], rows, strict=True))
        return found


def _earlier(
    listing: Listing, article: str, text: str
) -> tuple[list[tuple[str, str]], Article | None]:
    """The versions of an article before a text, and the last of them where it is stored still."""
    summary, before = listing.summary(article), None
    with suppress(StoreError):  # damaged
        before = listing.article(article)
    named = summary.versions if summary else []
    if before is None or before.text == text:
        return named, None
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return [*named, (text_digest(before.text), now)], before


def _rows(article: Article) -> list[_Row]:
    fields = {field: getattr(article, field) for field in ("id", *_FIELDS)}
    texts = [article.text[at : at + _PART] for at in range(0, len(article.text), _PART)]
    shared = fields | {"version": text_digest(article.text), "parts": len(texts)}
    return [(shared | {"part": number}, text) for number, text in enumerate(texts)]
