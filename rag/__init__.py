"""Footnote: ask your articles, get answers with footnotes that hold.

>>> from rag import Chatbot
>>> with Chatbot.open(".footnote") as bot:
...     bot.add("seeds/")
...     bot.ask("Who is Russia's finance minister?")
"""

from rag.answering.briefing import Brief, BriefEvent, brief_json
from rag.answering.fact_check import CheckedSentence, FactCheck, fact_check_json
from rag.answering.timeline import Timeline, TimelineEvent, timeline_json
from rag.answers import Answer, Citation, Cited, Delta, Done, Event, Retrieved, Statement, Usage
from rag.chatbot import Chatbot
from rag.citations.groundedness import Verdict, verify
from rag.conversation.conversation import Conversation
from rag.conversation.history import Turn
from rag.documents import answer_json, article_json, hit_json
from rag.errors import FootnoteError
from rag.ingestion.loaders import Failure
from rag.ingestion.pipeline import IngestReport
from rag.ingestion.web.following import Follow
from rag.settings import Settings
from rag.text.revisions import Edit, Revision
from vectorstore.catalog import ArticleSummary
from vectorstore.listing import Overview
from vectorstore.records import Article, Hit, Passage

__all__ = [
    "Answer",
    "Article",
    "ArticleSummary",
    "Brief",
    "BriefEvent",
    "Chatbot",
    "CheckedSentence",
    "Citation",
    "Cited",
    "Conversation",
    "Delta",
    "Done",
    "Edit",
    "Event",
    "FactCheck",
    "Failure",
    "Follow",
    "FootnoteError",
    "Hit",
    "IngestReport",
    "Overview",
    "Passage",
    "Retrieved",
    "Revision",
    "Settings",
    "Statement",
    "Timeline",
    "TimelineEvent",
    "Turn",
    "Usage",
    "Verdict",
    "answer_json",
    "article_json",
    "brief_json",
    "fact_check_json",
    "hit_json",
    "timeline_json",
    "verify",
]
