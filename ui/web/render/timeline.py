"""A timeline as HTML: a line with a point a time, and its sentences beside it."""

from collections.abc import Iterable
from itertools import groupby

from markupsafe import Markup

from ui.web.render.documents import Document
from ui.web.render.html import el
from ui.web.render.statements import marker
from ui.wording import counted


def timeline_html(told: Document) -> Markup:
    """The events of a `timeline_json` document, those of one time under it."""
    cited = {citation["number"]: citation for citation in told["citations"]}
    total = counted(len(told["events"]), "event")
    said = f"{total}, the earliest first." if told["events"] else "Nothing dated was found."
    times = groupby(told["events"], key=lambda event: event["date"])
    return el(
        "section",
        el("p", said, role="status"),
        el("ol", (_time(time, events, cited) for time, events in times), class_="timeline"),
        class_="told",
    )


def _time(time: str, events: Iterable[Document], cited: dict[int, Document]) -> Markup:
    return el("li", el("time", time), *(_event(event, cited) for event in events))


def _event(event: Document, cited: dict[int, Document]) -> Markup:
    several = f"{event['reports']} reports" if event["reports"] > 1 else None
    return el(
        "p",
        event["text"],
        el("span", *(marker(cited[n]) for n in event["citations"]), class_="markers"),
        el("span", several, class_="finding") if several else None,
        class_="statement" if event["stated"] else "statement by-article",
        dir="auto",
    )
