"""Copies made of an article by a recipe: cut, thinned, reworded, moved, framed, joined.

`+` joins several steps; a number says how far one goes: `cut-40` leaves 40% of the sentences, from
the top, `thinned-70` any 70%; `reworded-30` touches up 30% of them; `moved` changes two paragraphs
about; `framed` puts a byline, a note and a notice around it; `joined-30` adds so many percent of
its length from another article.
"""

import re
from collections.abc import Mapping
from random import Random
from typing import Any

from rag.text.sentences import sentence_spans

Corpus = Mapping[str, Mapping[str, Any]]


def made(text: str, recipe: str, random: Random, corpus: Corpus) -> str:
    """What a recipe makes of a text."""
    for step in recipe.split("+"):
        name, _, number = step.partition("-")
        share = int(number or 0) / 100
        match name:
            case "cut":
                text = _cut(text, share)
            case "thinned":
                text = _thinned(text, share, random)
            case "reworded":
                text = _reworded(text, share, random)
            case "moved":
                text = _moved(text, random)
            case "framed":
                text = _framed(text, random)
            case "joined":
                text = f"{text}\n\n{_start_of_another(corpus, int(share * len(text)), random)}"
            case _:
                raise ValueError(f"There is no recipe {name!r}.")
    return text


def _cut(text: str, share: float) -> str:
    spans = sentence_spans(text)
    return text[: spans[max(0, round(share * len(spans)) - 1)][1]]


def _thinned(text: str, share: float, random: Random) -> str:
    spans = sentence_spans(text)
    kept = sorted(random.sample(spans, max(1, round(share * len(spans)))))
    return "\n\n".join(text[start:end] for start, end in kept)


def _reworded(text: str, share: float, random: Random) -> str:
    spans = sentence_spans(text)
    chosen = set(random.sample(range(len(spans)), round(share * len(spans))))
    parts, at = [], 0
    for number, (start, end) in enumerate(spans):
        sentence = text[start:end]
        parts += [text[at:start], _touched_up(sentence, random) if number in chosen else sentence]
        at = end
    return "".join(parts) + text[at:]


def _moved(text: str, random: Random) -> str:
    paragraphs = [part for part in text.split("\n\n") if part.strip()]
    if len(paragraphs) > 2:
        one, other = sorted(random.sample(range(1, len(paragraphs)), 2))
        paragraphs[one], paragraphs[other] = paragraphs[other], paragraphs[one]
    return "\n\n".join(paragraphs)


def _framed(text: str, random: Random) -> str:
    day = random.randint(1, 28)
    return (
        f"By our own correspondents\n\nFirst published on day {day} of the month, as we had it "
        f"from the agency. Read it in {random.randint(3, 9)} minutes.\n\n{text}\n\nDo you know "
        "more of this story? Write to the desk. Subscribe to our letter for the morning's reports."
    )


def _start_of_another(corpus: Corpus, length: int, random: Random) -> str:
    return str(corpus[random.choice(sorted(corpus))]["text"])[:length]


_WORDS = {
    "said": "stated",
    "says": "states",
    "told": "informed",
    "people": "persons",
    "about": "roughly",
    "also": "as well",
    "but": "yet",
    "because": "since",
    "after": "following",
    "before": "ahead of",
    "more than": "over",
    "over": "above",
    "killed": "left dead",
    "announced": "made known",
    "according to": "as reported by",
    "including": "among them",
    "began": "started",
    "many": "numerous",
    "last": "past",
    "will": "is to",
    "and": "as well as",
}
_DROPPED = re.compile(r"\b(?:very|just|also|now|still|only|already|even|\w+ly)\s", re.IGNORECASE)
_CLAUSE = re.compile(r"^(\w[^,]{8,}), ([^,]{12,})([.!?])$")


def _touched_up(sentence: str, random: Random) -> str:
    """A sentence as another desk might put it: other words, fewer words, clauses turned about."""
    for word, other in _WORDS.items():
        sentence = re.sub(rf"\b{word}\b", other, sentence)
    sentence = _DROPPED.sub("", sentence)
    if clauses := _CLAUSE.match(sentence):
        sentence = f"{clauses[2]}, {clauses[1]}{clauses[3]}"
    words = sentence.split(" ")
    for _ in range(len(words) // 12):
        del words[random.randrange(len(words))]
    return " ".join(words)
