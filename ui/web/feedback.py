"""What readers think of answers, kept on this machine as candidates for gold cases."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import gradio as gr

from ui.web.kept import PageTurn, readable
from ui.web.parts import AT_ONCE

if TYPE_CHECKING:
    from rag import Chatbot

_NOT_KEPT = "That answer is not kept in this browser any more."
_WRITING = Lock()


def beside(store: str, name: str) -> Path:
    """The path of what the page keeps by itself, next to the store, or here for one on a server.

    Not inside: a folder that holds other things would not be taken for a store to be.
    """
    folder = Path(".footnote" if "://" in store else store).absolute()
    return folder.with_name(f"{folder.name}-{name}")


def candidate(turn: PageTurn, verdict: str, why: str) -> dict[str, Any]:
    """A gold case made of an answer and what its reader said; the last one of an `id` counts."""
    answer = turn["answer"]
    return {
        "id": turn["id"],
        "question": answer["standalone"] or answer["question"],
        "answers": [statement["text"] for statement in answer["statements"]],
        "answerable": not answer["refused"],
        "evidence": [
            {"article_id": c["article"]["id"], "quote": c["quote"]} for c in answer["citations"]
        ],
        "verdict": verdict,
        "why": why,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def keep(file: Path, case: Mapping[str, Any]) -> None:
    """Append one line. Raises `OSError` when the file cannot be written."""
    line = json.dumps(case, ensure_ascii=False) + "\n"
    with _WRITING, file.open("a", encoding="utf-8") as out:
        out.write(line)


def wire_feedback(bot: "Chatbot", transcripts: Iterable[gr.HTML]) -> None:
    """Thumbs under an answer, and the word of why that may follow."""
    file = beside(bot.settings.store, "feedback.jsonl")

    def judge(kept: Any, event: gr.EventData) -> None:
        turns = readable([kept])
        if not turns:
            raise gr.Error(_NOT_KEPT, print_exception=False)
        try:
            keep(file, candidate(turns[0], event._data["verdict"], event._data["why"]))
        except OSError as error:
            raise gr.Error(f"{file} cannot be written: {error}", print_exception=False) from error

    for transcript in transcripts:
        transcript.judge(
            judge,
            gr.JSON(visible="hidden"),
            js="() => [footnote.judged()]",
            trigger_mode="multiple",
            **AT_ONCE,
        )
