"""Footnote: ask your articles, get answers with footnotes that hold.

>>> from rag import Chatbot
>>> with Chatbot.open(".footnote") as bot:
...     bot.add("seeds/")
...     bot.ask("Who is Russia's finance minister?")
"""

from rag.answers import (
    Answer,
    Citation,
    Cited,
    Delta,
    Done,
    Event,
    Retrieved,
    Statement,
    Usage,
    answer_json,
    article_json,
    hit_json,
)
from rag.chatbot import Chatbot
from rag.conversation.conversation import Conversation
from rag.conversation.history import Turn
from rag.errors import FootnoteError
from rag.ingestion.loaders import Failure
from rag.ingestion.pipeline import IngestReport
from rag.settings import Settings
from vectorstore.catalog import ArticleSummary
from vectorstore.records import Article, Hit, Passage

__all__ = [
    "Answer",
    "Article",
    "ArticleSummary",
    "Chatbot",
    "Citation",
    "Cited",
    "Conversation",
    "Delta",
    "Done",
    "Event",
    "Failure",
    "FootnoteError",
    "Hit",
    "IngestReport",
    "Passage",
    "Retrieved",
    "Settings",
    "Statement",
    "Turn",
    "Usage",
    "answer_json",
    "article_json",
    "hit_json",
]
