"""The chat pane: a question goes in, statements with their footnotes come out, one at a time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import gradio as gr
from gradio.events import Dependency

from rag.answers import Answer, Cited, Delta, Done, Event, Retrieved
from rag.errors import FootnoteError
from ui.feedback import wire_feedback
from ui.html import Html
from ui.sources import opened, source_pane
from ui.talks import kept_talks, menu_pane, wire_menu
from ui.transcript import turn_html
from ui.turns import Collection, State, Turn, turn
from ui.welcome import welcome_pane

if TYPE_CHECKING:
    from rag import Chatbot

_DRAFTS_PER_SECOND = 8


@dataclass(frozen=True, slots=True)
class Asking:
    """A question as the page sends it."""

    question: str
    history: tuple[Any, ...] = ()
    as_of: str | None = None
    filters: Mapping[str, Any] | None = None


def answering(bot: "Chatbot", asking: Asking) -> Iterator[Turn]:
    """The turn at each step of its answer, the whole one last. Errors become sentences in it."""
    name = uuid4().hex
    answer = Answer(asking.question, "")
    collection = _collection(bot)
    yield turn(name, answer, collection, state="searching")
    try:
        events = bot.stream(
            asking.question,
            history=asking.history,
            as_of=asking.as_of,
            filters=asking.filters,
        )
        for reached, draft in _progress(answer, events):
            answer = reached
            state: State = "writing" if draft is not None else "done"
            yield turn(name, answer, collection, state=state, draft=draft or "")
    except FootnoteError as error:
        yield turn(name, answer, collection, state="failed", error=str(error))


def _progress(answer: Answer, events: Iterator[Event]) -> Iterator[tuple[Answer, str | None]]:
    """The answer so far and the statement being written; the draft is None when all is said."""
    draft, shown = "", 0.0
    for event in events:
        match event:
            case Retrieved(hits, standalone):
                answer = replace(answer, hits=hits, standalone=standalone)
            case Delta(text):
                draft += text
                if monotonic() - shown < 1 / _DRAFTS_PER_SECOND:
                    continue
                shown = monotonic()
            case Cited(statement):
                answer, draft = replace(answer, statements=(*answer.statements, statement)), ""
            case Done(whole):
                yield whole, None
                return
        yield answer, draft


def _collection(bot: "Chatbot") -> Collection:
    articles = bot.articles()
    return Collection(sum(article.passages for article in articles), len(articles))


def chat_pane(bot: "Chatbot", page: gr.Blocks) -> None:
    """The conversation on the left, the source pane on the right, and their events."""
    talks = kept_talks()
    with gr.Row(elem_id="chat"):
        with gr.Column(elem_id="talk"):
            menu = menu_pane()
            welcome = welcome_pane(bot, page)
            past, live = _transcript("past"), _transcript("live")
            composer = _composer(bot)
        source = source_pane(bot, [past, live])
    asked = _wire_asking(bot, talks, composer, [welcome, past, live], source)
    wire_menu(page, menu, talks, past=past, live=live, asked=asked)
    wire_feedback(bot, talks, [past, live])


def _wire_asking(
    bot: "Chatbot",
    talks: gr.BrowserState,
    composer: "Composer",
    askers: list[gr.HTML],
    source: gr.HTML,
) -> list[Dependency]:
    """A question is answered into the last of `askers`, which may all ask by themselves."""
    record = gr.JSON(visible="hidden")

    def ask(question: str, history: list[Any], *scope: Any) -> Iterator[tuple[Any, ...]]:
        if not question.strip():
            return
        for step in answering(bot, Asking(question, tuple(history), *_scoped(*scope))):
            done = step["state"] == "done"
            shown = _first_source(bot, step) if done else None
            yield turn_html(step), shown or gr.skip(), step if done else None

    events = [composer.send.click, composer.question.submit, *(asker.ask for asker in askers)]
    asked = [
        event(
            ask,
            [composer.question, talks, *composer.scope],
            [askers[-1], source, record],
            js="(...inputs) => footnote.ask(inputs)",
            show_progress="minimal",
            show_progress_on=askers[-1],
            concurrency_limit=8,
            api_visibility="private",
        )
        for event in events
    ]
    for one in asked:
        one.then(None, [record, talks], talks, js="footnote.save")
    composer.stop.click(None, cancels=asked, js="footnote.stopped")
    return asked


def _transcript(name: str) -> gr.HTML:
    return gr.HTML(
        "",
        elem_id=name,
        apply_default_css=False,
        js_on_load="footnote.transcript(element, trigger, watch, 'open', 'ask', 'judge')",
    )


@dataclass(frozen=True, slots=True)
class Composer:
    """Where a question is written; `scope` are as_of, since, until and sources."""

    question: gr.Textbox
    send: gr.Button
    stop: gr.Button
    scope: tuple[gr.components.Component, ...]


def _composer(bot: "Chatbot") -> Composer:
    with gr.Column(elem_id="composer"):
        with gr.Row(elem_id="asking"):
            question = gr.Textbox(
                placeholder="Ask the articles",
                label="Question",
                show_label=False,
                lines=1,
                max_lines=6,
                autofocus=True,
                elem_id="question",
            )
            send = gr.Button("Ask", variant="primary", elem_id="send")
            stop = gr.Button("Stop", elem_id="stop")
        with gr.Accordion("Dates and sources", open=False, elem_id="scope"), gr.Row():
            as_of = gr.Textbox(label="As of", placeholder="2025-08-14")
            since = gr.Textbox(label="Published since", placeholder="2025-08-01")
            until = gr.Textbox(label="Published until", placeholder="2025-08-14")
            named = gr.Dropdown(_sources(bot), label="Sources", multiselect=True)
    return Composer(question, send, stop, (as_of, since, until, named))


def _sources(bot: "Chatbot") -> list[str]:
    return sorted({article.source for article in bot.articles() if article.source})


def _scoped(
    as_of: str | None, since: str | None, until: str | None, named: list[str] | None
) -> tuple[str | None, dict[str, Any]]:
    filters = {"since": since, "until": until, "source": named}
    return as_of or None, {name: value for name, value in filters.items() if value}


def _first_source(bot: "Chatbot", step: Turn) -> Html | None:
    """The pane at the answer's first footnote, if it has one."""
    spans = [
        {
            "number": citation["number"],
            "article": citation["article"]["id"],
            "start": citation["start"],
            "end": citation["end"],
            "title": citation["article"]["title"],
        }
        for citation in step["answer"]["citations"]
    ]
    if not spans:
        return None
    first = spans[0]
    asked = {"article": first["article"], "current": first["number"], "spans": spans}
    return opened(bot, asked)
