"""`footnote doctor`: what is configured, what works, what does not and how to mend it."""

import os
from dataclasses import replace

from rich.console import Console
from rich.text import Text

from rag import Settings
from rag.diagnostics import Check, examine

MARKS = {True: ("ok", "green"), False: ("broken", "bold red"), None: ("none", "yellow")}


def report(store: str | None) -> bool:
    """Print every check as it is made; whether nothing is broken."""
    settings = Settings.load(os.environ)
    if store is not None:
        settings = replace(settings, store=store)
    console = Console(highlight=False, soft_wrap=True)
    checks = []
    for check in examine(settings):
        console.print(_line(check))
        checks.append(check)
    return all(check.ok is not False for check in checks)


def _line(check: Check) -> Text:
    mark, style = MARKS[check.ok]
    return Text.assemble((f"{mark:<8}", style), f"{check.name}: {check.detail}")
