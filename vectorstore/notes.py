"""Notes kept beside the articles, in a collection of Chroma's: what is followed, what was fetched.

They are where the articles are, so that whoever shares a store shares what it follows.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from vectorstore.collection import ChromaCollection

Note = dict[str, str | bool | None]
"""A small JSON document."""


class Notes(ChromaCollection):
    """The collection. A note has a kind, and a name that no other of its kind has."""

    def read(self, kind: str, names: Sequence[str] | None = None) -> dict[str, Note]:
        """The notes of these names, or all of a kind."""
        found: dict[str, Note] = {}
        if names is not None:
            for part in self._pages([_key(kind, name) for name in dict.fromkeys(names)]):
                found |= self._get(ids=part)
            return found
        while page := self._get(where={"kind": kind}, limit=self.page, offset=len(found)):
            found |= page
        return found

    def write(self, kind: str, notes: Mapping[str, Note]) -> None:
        """Write notes over those of the same names."""
        for names in self._pages(list(notes)):
            keys = [_key(kind, name) for name in names]
            self._ask(
                "upsert",
                keys,
                embeddings=[[float(int(key[:6], 16))] for key in keys],
                documents=[json.dumps(notes[name], ensure_ascii=False) for name in names],
                metadatas=[{"kind": kind, "name": name} for name in names],
            )

    def remove(self, kind: str, names: Iterable[str]) -> None:
        """Remove notes."""
        for part in self._pages([_key(kind, name) for name in names]):
            self._ask("delete", part)

    def _get(self, **which: Any) -> dict[str, Note]:
        found = self._ask("get", **which, include=["metadatas", "documents"])
        rows = zip(found["metadatas"], found["documents"], strict=True)
        return {data["name"]: json.loads(text) for data, text in rows}


def _key(kind: str, name: str) -> str:
    """The id of a note, of one length however long its name is."""
    return sha256(f"{kind} {name}".encode()).hexdigest()
