"""A checked text as HTML: each sentence with its verdict, and the footnotes that bear it."""

from collections import Counter

from markupsafe import Markup

from ui.web.render.documents import Document
from ui.web.render.html import el
from ui.web.render.statements import marker
from ui.wording import counted

_SAID = {
    "supported": "Supported",
    "contradicted": "Contradicted",
    "not found": "Not found",
    "unchecked": "Not checked",
}


def check_html(checked: Document) -> Markup:
    """The sentences of a `fact_check_json` document under a line that counts the verdicts."""
    cited = {citation["number"]: citation for citation in checked["citations"]}
    counts = Counter(statement["verdict"] for statement in checked["statements"])
    summary = ", ".join(f"{counts[v]:,} {v}" for v in _SAID if counts[v])
    total = counted(len(checked["statements"]), "sentence")
    return el(
        "section",
        el("p", f"{total}: {summary}." if summary else "There is no sentence.", role="status"),
        *(_sentence(statement, cited) for statement in checked["statements"]),
        class_="checked",
    )


def _sentence(statement: Document, cited: dict[int, Document]) -> Markup:
    verdict = statement["verdict"]
    note = f": {statement['note']}" if statement["note"] and verdict != "not found" else ""
    return el(
        "p",
        statement["text"],
        el("span", *(marker(cited[n]) for n in statement["citations"]), class_="markers"),
        el("span", f"{_SAID[verdict]}{note}", class_="finding"),
        class_=f"statement {verdict.replace(' ', '-')}",
        dir="auto",
    )
