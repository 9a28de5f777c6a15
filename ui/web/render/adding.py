"""The drop zone, how far an adding has come, and what became of each file."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from rag.ingestion.loaders.kinds import SUFFIXES
from ui.web.render.html import el

if TYPE_CHECKING:
    from rag import Failure, IngestReport


class File(NamedTuple):
    """A file as its reader calls it, and where it lies while it is read."""

    name: str
    path: Path


def drop_zone_html() -> Markup:
    """Where files and folders are dropped or chosen; the page lists below how far each one is."""
    accepted = ",".join(sorted(SUFFIXES))
    return el(
        "div",
        el("p", "Drop articles here: files, or whole folders."),
        el(
            "p",
            el("label", "Choose files", _input(accept=accepted), class_="choose-files"),
            el("label", "Choose a folder", _input(webkitdirectory=True), class_="choose-files"),
        ),
        el("p", "Text, Markdown, web pages and JSON Lines, up to 20 MB each.", class_="aside"),
        el("ul", class_="uploads", aria_label="Files on their way"),
        class_="drop-zone",
        data_accepted=accepted,
    )


def _input(**attributes: str | bool) -> Markup:
    return el("input", type="file", multiple=True, **attributes)


def progress_html(done: int, total: int | None, name: str) -> Markup:
    """How far the adding has come."""
    said = f"{done:,} of {total:,}" if total else f"{done:,}"
    return el(
        "div",
        el("progress", value=done, max=total or None, aria_label="Adding articles"),
        el("p", f"{said} · {name}" if name else "Reading …", dir="auto"),
        class_="adding",
        role="status",
    )


def report_html(report: "IngestReport", files: Sequence[File] = ()) -> Markup:
    """What became of the files, all together and one by one, and what to know of them."""
    counts = [
        f"{number:,} {name}"
        for name in ("added", "updated", "unchanged")
        if (number := getattr(report, name))
    ]
    if report.failed:
        counts.append(f"{len(report.failed):,} failed")
    return el(
        "div",
        el("p", ", ".join(counts) or "Nothing was added", "."),
        el("ul", (_file(file, report.failed) for file in files), class_="files"),
        el("ul", (el("li", said) for said in _others(report, files)), class_="remarks"),
        class_="adding",
        role="status",
    )


def _file(file: File, failures: Iterable["Failure"]) -> Markup:
    reasons = [_reason(failure, file) for failure in failures if _is_of(failure, file)]
    ending = el("span", "; ".join(reasons) or "in the articles")
    kind = "failed" if reasons else "added"
    return el("li", el("b", file.name, dir="auto"), ": ", ending, class_=kind)


def _is_of(failure: "Failure", file: File) -> bool:
    return f"{failure.source}:".startswith(f"{file.path}:")


def _reason(failure: "Failure", file: File) -> str:
    """Why a file, or a line of it, failed."""
    line = failure.source.removeprefix(str(file.path)).lstrip(":")
    return f"line {line}: {failure.reason}" if line else failure.reason


def _others(report: "IngestReport", files: Sequence[File]) -> Iterator[str]:
    """Warnings, and failures of no file; each with the files as their reader calls them."""
    unknown = (f for f in report.failed if not any(_is_of(f, file) for file in files))
    for said in (*map(str, unknown), *report.warnings):
        yield next((said.replace(str(f.path), f.name) for f in files if str(f.path) in said), said)
