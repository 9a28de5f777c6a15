"""Is everything in place? What `footnote doctor` reports."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from rag.answering.generative import WITHOUT
from rag.chatbot import Chatbot
from rag.errors import FootnoteError, StoreMissing
from rag.llm.local_servers import local_servers
from rag.llm.script import completed
from rag.retrieval.query import Query
from rag.settings import Settings
from vectorstore.records import Article, Hit, Passage

QUESTION = "When did the bridge at Brandau reopen?"
_TEXT = "The bridge at Brandau reopened on 3 May 2024. Its repairs had taken two years."
_ARTICLE = Article("trial", "The bridge at Brandau", _TEXT)
HIT = Hit(Passage("trial", 0, 0, len(_TEXT), _TEXT), _ARTICLE, 1.0)
"""What a configured model is asked about."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. `ok` is None where there is nothing to judge."""

    name: str
    ok: bool | None
    detail: str


def examine(settings: Settings) -> Iterator[Check]:
    """Look at the parts in turn: Python, the encoder, the store, the language model."""
    yield Check("Python", sys.version_info >= (3, 11), sys.version.split()[0])
    bot = Chatbot(settings)
    yield _encoder(bot)
    yield _store(settings)
    yield from _model(settings)


def _encoder(bot: Chatbot) -> Check:
    try:
        embedder = bot.embedder
        embedder.embed(["A sentence to try it."])
    except FootnoteError as error:
        return Check("Encoder", ok=False, detail=str(error))
    return Check("Encoder", ok=True, detail=f"{embedder.name}, {embedder.dimension} dimensions")


def _store(settings: Settings) -> Check:
    try:
        with Chatbot.open(settings=settings) as bot:
            articles, passages = bot.count(), bot.store.passages
    except StoreMissing as error:
        return Check("Store", ok=None, detail=str(error))
    except FootnoteError as error:
        return Check("Store", ok=False, detail=str(error))
    return Check(
        "Store", ok=True, detail=f"{settings.store}: {articles} articles, {passages} passages"
    )


def _model(settings: Settings) -> Iterator[Check]:
    if settings.is_extractive:
        detail = "none: answers are the articles' own sentences. Set OPENAI_API_KEY to use one."
        yield Check("Language model", ok=None, detail=detail)
        for server in local_servers():
            yield Check("Local server", ok=True, detail=f"{server.name} runs: {server.settings}")
        return
    yield _trial(settings)


def _trial(settings: Settings) -> Check:
    """One real question: the model is to say, with the sentence's number, what an article says."""
    try:
        with Chatbot(settings) as bot:
            model = bot.language_model
            draft = completed(bot.synthesizer("generative").compose(Query.parse(QUESTION), (HIT,)))
            window = model.window
    except FootnoteError as error:
        return Check("Language model", ok=False, detail=str(error))
    if draft.mode == "extractive":
        return Check(
            "Language model", ok=False, detail=draft.notes[0].removeprefix(WITHOUT).strip()
        )
    said = " ".join(draft.text.split())[:60]
    holds = any(statement.support in {"quoted", "supported"} for statement in draft.statements)
    told = f"{settings.llm} answered {said!r}"
    if not holds:
        return Check("Language model", ok=None, detail=f"{told}, which cites nothing that holds")
    return Check("Language model", ok=True, detail=f"{told}; it is taken to read {window:,} tokens")
