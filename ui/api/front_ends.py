"""What chat front ends send beside questions: Open WebUI's own tasks, and questions it wraps up."""

import json
import re

_TASK = "### Task:"
_CONTEXT = "</context>"
_WRAPPED = re.compile(r"<user_query>(.*?)</user_query>", re.DOTALL)
_WANTED = re.compile(r"\{\s*\"(\w+)\"\s*:\s*(\[|\")")
_FIRST_QUESTION = re.compile(r"^\s*(?:USER|user)\s*:\s*(.+)$", re.MULTILINE)
_LONGEST_TITLE = 60


def question_in(text: str) -> str:
    """The question itself, where a front end has put it behind instructions and a context."""
    if not (text.lstrip().startswith(_TASK) and _CONTEXT in text):
        return text
    wrapped = _WRAPPED.search(text)
    return (wrapped[1] if wrapped else text.rpartition(_CONTEXT)[2]).strip()


def task_reply(text: str) -> str | None:
    """The brief reply to a front end's own task, such as a title; None for a question.

    It is in the JSON that the task asks for. Only a title says anything: the first question.
    """
    if not text.lstrip().startswith(_TASK) or _CONTEXT in text:
        return None
    wanted = _WANTED.search(text)
    if wanted is None:
        return _title(text)
    name, opening = wanted.groups()
    value = [] if opening == "[" else _title(text) if name == "title" else ""
    return json.dumps({name: value}, ensure_ascii=False)


def _title(text: str) -> str:
    asked = _FIRST_QUESTION.search(text)
    title = " ".join(asked[1].split()) if asked else "Footnote"
    return title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1].rstrip()}…"
