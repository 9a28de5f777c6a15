"""Rows of JSON Lines files."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path


def read_json_lines(path: Path) -> Iterator[dict[str, object]]:
    """The objects of a JSON Lines file, gzipped or not."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def find_rows(folder: Path, name: str) -> Iterator[dict[str, object]]:
    """The rows of `name.jsonl.gz`, or of `name.jsonl`, in a folder."""
    for ending in (".jsonl.gz", ".jsonl"):
        if (folder / f"{name}{ending}").exists():
            return read_json_lines(folder / f"{name}{ending}")
    raise FileNotFoundError(f"neither {name}.jsonl.gz nor {name}.jsonl is in {folder}")
