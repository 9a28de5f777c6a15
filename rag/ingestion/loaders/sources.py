"""What a person names, as the files that are meant."""

import os
from collections.abc import Iterable, Iterator
from glob import glob, has_magic
from pathlib import Path

from rag.ingestion.loaders.kinds import SUFFIXES, suffix_of
from rag.ingestion.loaders.records import Failure


def files(sources: Iterable[str | Path]) -> Iterator[Path | Failure]:
    """The files that `sources` (files, folders, globs) name, each once, or why there are none.

    Folders are searched through and through, in order of name, for the suffixes that can be read;
    hidden files and folders are left out.
    """
    seen: set[Path] = set()
    for source in sources:
        for found in _files(str(source)):
            if isinstance(found, Failure):
                yield found
            elif (place := found.resolve()) not in seen:
                seen.add(place)
                yield found


def _files(source: str) -> Iterator[Path | Failure]:
    path = Path(source)
    if path.is_dir():
        found = _in_folder(path)
        yield from found
        if not found:
            yield Failure(source, f"no files ending in {_known()} in it")
    elif path.exists():
        known = suffix_of(path) in SUFFIXES
        yield path if known else Failure(source, f"unknown kind of file; known are {_known()}")
    elif has_magic(source) and (matches := sorted(glob(source, recursive=True))):
        for match in matches:
            yield from _files(match)
    else:
        yield Failure(source, _missing(source))


def _in_folder(folder: Path) -> list[Path]:
    """The readable files below `folder`; a link back up is not followed twice."""
    found: list[Path] = []
    visited: set[str] = set()
    for root, folders, names in os.walk(folder, followlinks=True):
        place = os.path.realpath(root)
        folders[:] = [] if place in visited else sorted(f for f in folders if f[0] != ".")
        if place not in visited:
            paths = (Path(root, name) for name in sorted(names) if name[0] != ".")
            found += (path for path in paths if suffix_of(path) in SUFFIXES)
        visited.add(place)
    return found


def _missing(source: str) -> str:
    if has_magic(source):
        return "no file matches"
    return "no such file or folder"


def _known() -> str:
    return ", ".join(sorted(SUFFIXES))
