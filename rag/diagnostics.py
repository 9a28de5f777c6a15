"""Is everything in place? What `footnote doctor` reports."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from rag.chatbot import Chatbot
from rag.errors import FootnoteError, StoreMissing
from rag.llm.messages import Message
from rag.settings import Settings

TRIAL = (Message("user", "Reply with the word: ready"),)


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
    yield _model(settings)


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
            articles = bot.articles()
    except StoreMissing as error:
        return Check("Store", ok=None, detail=str(error))
    except FootnoteError as error:
        return Check("Store", ok=False, detail=str(error))
    passages = sum(article.passages for article in articles)
    return Check(
        "Store", ok=True, detail=f"{settings.store}: {len(articles)} articles, {passages} passages"
    )


def _model(settings: Settings) -> Check:
    if settings.is_extractive:
        detail = "none: answers are the articles' own sentences. Set OPENAI_API_KEY to use one."
        return Check("Language model", ok=None, detail=detail)
    from rag.llm.language_model import language_model

    try:
        model = language_model(settings)
        said = " ".join(model.complete(TRIAL, 200).text.split())[:40]
    except FootnoteError as error:
        return Check("Language model", ok=False, detail=str(error))
    return Check(
        "Language model",
        ok=True,
        detail=f"{settings.llm} answered {said!r}; it is taken to read {model.window:,} tokens",
    )
