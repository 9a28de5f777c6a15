"""A follow-up made into a question on its own: by a language model, or by rules."""

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rag.answers import Usage
from rag.citations.parser import THOUGHT
from rag.conversation.history import Turn
from rag.errors import ModelError
from rag.llm.messages import Piece, Prompt
from rag.llm.prompts import rewriting
from rag.llm.script import Script
from rag.text.names import name_spans, names, names_as_written
from rag.text.sentences import sentence_spans
from rag.text.vocabulary import FRAME
from rag.text.words import WORD, content, possessed

logger = logging.getLogger(__name__)

TURNS = 8
"""How many of the last turns are looked at."""
MOST_WORDS = 12
"""How many words of the topic are carried over."""
LONGEST_QUESTION = 400

_POINTS = re.compile(
    r"\b(?:its|he|him|his|she|hers?|they|them|theirs?|this|these|those|ones?|such|same|both"
    r"|another|others|else)\b"
    r"|\bit\b(?! (?:is |was )?(?:true|possible|important|necessary)\b)"
    r"|\bthat\b(?=\s*(?:[?.,!]|$|is\b|was\b|one\b))"
    r"|\b(?:is|was|were|about|of|like|do|did|does|for|to|by|after|before|with) that\b"
    r"|(?<!is )(?<!are )(?<!was )(?<!were )\bthere\b(?! (?:is|are|was|were)\b)"
    r"|^(?:and|but|so|also|then|why|how come|what about|how about)\b"
    r"|\b(?:you|i) (?:mean|meant|say|said|mentioned)\b",
    re.IGNORECASE,
)
_WHAT_ABOUT = re.compile(
    r"(?:(?:and|but|so|no|i meant?|what|how|about|for),? )+(\S.*?)\s*\??", re.IGNORECASE
)
_SOURCES = re.compile(
    r"\b(?:your sources?|the sources? (?:of|for) (?:that|this|it)|says who|who says (?:so|that)"
    r"|(?:which|what) articles? (?:says?|said|is that)|where (?:did|do) you (?:get|read|find)"
    r"|how do you know|where does (?:it|that|this) (?:say|come from))\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"\b(?:it|its|he|him|his|she|they|them|their)\b", re.IGNORECASE)
_PERSONS = frozenset(["he", "him", "his", "she"])
_BARE_POINTER = re.compile(r"\b(?:this|that|these|those|there|her)\b", re.IGNORECASE)
_MARKER = re.compile(r"\s?(?:\[\d+\]|\((?:unsupported|unchecked)\))")
_ASKING = FRAME | set(
    "tell know explain describe please give list mean means called yes okay ok thanks hi hello"
    " want like need find get make use there's what's who's i i'm me us do".split()
)


@dataclass(frozen=True, slots=True)
class Standalone:
    """A question that can be understood by itself.

    `question` is shown, `search_text` is what is searched for, and `changed` says whether either
    took something from the conversation. `usage` is what asking a model for it took.
    """

    question: str
    search_text: str
    changed: bool = False
    usage: Usage | None = None


def standalone(question: str, history: Sequence[Turn | Mapping[str, Any]]) -> Standalone:
    """Make a follow-up understandable by itself, by rules.

    They carry over the names and the topic of the turns before. A question that is understandable
    already, or begins a new subject, stays as it is.
    """
    return _resolved(question, *_topic(_last(history)))


def rewritten(question: str, history: Sequence[Turn | Mapping[str, Any]]) -> Script[Standalone]:
    """The same by a language model, and by rules where it fails."""
    turns = _last(history)
    if not any(turn.role == "user" for turn in turns):
        return Standalone(question, question)
    said: list[Piece] = []
    prompt = Prompt(tuple(rewriting(question, [(turn.role, turn.text) for turn in turns])))
    try:
        while piece := (yield prompt):
            said.append(piece)
        return _as_told(question, said)
    except ModelError as error:
        logger.warning("The follow-up was understood by rules: %s", error)
        return standalone(question, turns)


def _last(history: Sequence[Turn | Mapping[str, Any]]) -> list[Turn]:
    return [Turn.of(turn) for turn in history][-TURNS:]


def asks_for_sources(question: str) -> bool:
    """Whether a question is about where the answer before it comes from."""
    return bool(_SOURCES.search(question))


def _as_told(question: str, said: Sequence[Piece]) -> Standalone:
    """The question as a model puts it. Raises `ModelError` when that is not a question."""
    told = "".join(piece.text for piece in said).rpartition(THOUGHT)[2]
    line = " ".join(told.split()).strip('"“”')
    if not line or len(line) > LONGEST_QUESTION:
        raise ModelError("The model did not put the question in other words.")
    usage = next((piece.usage for piece in reversed(said) if piece.usage), None)
    return Standalone(line, line, changed=line != question, usage=usage)


def _topic(turns: Sequence[Turn]) -> tuple[str, str]:
    """The last question, itself made to stand alone, and the answer to it."""
    asked, answer = "", ""
    for turn in turns:
        if turn.role == "user":
            asked, answer = _resolved(turn.text, asked, answer).question, ""
        else:
            answer = _MARKER.sub("", turn.text)
    return asked, answer


def _resolved(question: str, asked: str, answer: str) -> Standalone:
    """The question with what it leaves out, from the question before it and its answer."""
    if not asked or _explains_itself(question) or not _depends(question):
        return Standalone(question, question)
    if asks_for_sources(question):
        return Standalone(asked, f"{asked} {answer}", changed=True)
    if exchanged := _exchanged(question, asked):
        return Standalone(exchanged, exchanged, changed=True)
    alone = _named(question, asked, answer) or question
    carried = [word for word in _topic_words(asked) if word.lower() not in alone.lower()]
    searched = " ".join([alone, *carried])
    if alone == question and carried:
        alone = f"{question} ({' '.join(carried)})"
    return Standalone(alone, searched, changed=True)


def _explains_itself(question: str) -> bool:
    """Whether every pronoun follows a name in the same question: `Russia ... its offensive`."""
    pronoun = _PRONOUN.search(question)
    return bool(pronoun and names_as_written(question[: pronoun.start()]))


def _depends(question: str) -> bool:
    """Whether a question leaves out what it is about."""
    if _POINTS.search(question) or asks_for_sources(question):
        return True
    return len(content(question)) < 2 and not names(question)


def _exchanged(question: str, asked: str) -> str | None:
    """`What about France?` as the question before it, asked about France."""
    other = _WHAT_ABOUT.fullmatch(question.strip())
    spans = name_spans(asked)
    if other is None or len(spans) != 1 or not other[1][0].isupper():
        return None
    [(start, end)] = spans
    return asked[:start] + other[1] + asked[end:]


def _named(question: str, asked: str, answer: str) -> str | None:
    """The question with its one pronoun replaced by the one name it can stand for."""
    pronouns = list(_PRONOUN.finditer(question))
    if len(pronouns) != 1 or _BARE_POINTER.search(question):
        return None
    pronoun = pronouns[0]
    name = _antecedent(pronoun[0].lower(), asked, answer)
    if name is None:
        return None
    owns = pronoun[0].lower() in {"his", "its", "their"}
    return question[: pronoun.start()] + name + ("'s" if owns else "") + question[pronoun.end() :]


def _antecedent(pronoun: str, asked: str, answer: str) -> str | None:
    of_asked, of_answer = names_as_written(asked), names_as_written(_first_sentence(answer))
    if pronoun in _PERSONS:
        fresh = [name for name in of_answer if name not in asked and " " in name]
        of_asked = fresh or [name for name in of_asked if " " in name]
    named = of_asked or of_answer
    return named[0] if len(set(named)) == 1 or (pronoun in _PERSONS and named) else None


def _topic_words(asked: str) -> list[str]:
    """The words of a question that say what it is about, as written, each once."""
    kept = [word for word in map(possessed, WORD.findall(asked)) if word.lower() not in _ASKING]
    return list(dict.fromkeys(kept))[:MOST_WORDS]


def _first_sentence(text: str) -> str:
    spans = sentence_spans(text)
    return text[slice(*spans[0])] if spans else ""
