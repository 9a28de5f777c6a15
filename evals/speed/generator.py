"""Made-up news from a seed: articles that read like English, and questions that they answer.

Names are built of syllables, sentences by a small grammar, and words are drawn after Zipf's law,
so that an index meets a few very common words and many rare ones. Article number n is the same
however many are made.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from math import prod
from random import Random
from typing import NamedTuple

from evals.speed.grammar import MONTHS, RULES, SYLLABLES, WORDS
from rag import Article

FIRST_DAY, DAYS = date(2023, 1, 2), 730
"""Articles are published on any of two years' days."""
SOURCES = tuple(
    f"{place} {kind}"
    for place in ("Ostermouth", "Penhallow", "Greywater", "Larkfield")
    for kind in ("Courier", "Evening Post", "Observer")
)

_WORDS_A_PASSAGE = 120
"""What passages of these articles come to on average, so that a size can be asked for."""
_MEDIAN_WORDS, _SPREAD, _MOST_WORDS = 550, 0.5, 2500
_OWN = ("person", "place", "body", "office", "amount", "thing", "day")
_RECURRING, _AGAIN = {"person", "place", "body"}, 0.4
_SLOT = re.compile(r"\{(\w+)\}")
_AN = re.compile(r"\ba(?= [aeiou])")
_NAMES = prod(map(len, SYLLABLES))


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the id of the article that answers it, and where and when that was published."""

    text: str
    article_id: str
    source: str
    day: date


class News(NamedTuple):
    """An article, and a question that its first sentence answers."""

    article: Article
    question: Question


def news(passages: int, *, seed: int = 0) -> list[News]:
    """As many articles as come to about so many passages."""
    made: list[News] = []
    words = 0
    for number in count():
        if words >= passages * _WORDS_A_PASSAGE:
            break
        made.append(one(number, seed=seed))
        words += len(made[-1].article.text.split())
    return made


def one(number: int, *, seed: int = 0) -> News:
    """The article of a number, with its question."""
    rng = Random(f"{seed}:{number}")  # noqa: S311
    writer = _Writer(rng)
    kind = rng.choice(("appointment", "budget", "opening"))
    title, lead, question = (writer.write(f"{kind} {part}") for part in ("title", "lead", "asked"))
    day = FIRST_DAY + timedelta(days=rng.randrange(DAYS))
    source = rng.choice(SOURCES)
    text = "\n\n".join(writer.paragraphs(lead, _length(rng)))
    article = Article(
        id=f"news-{seed}-{number}",
        title=title,
        text=text,
        source=source,
        published_at=day.isoformat(),
    )
    return News(article, Question(question, article.id, source, day))


def _length(rng: Random) -> int:
    """Words of an article: log-normal, as lengths of news are."""
    return min(round(_MEDIAN_WORDS * rng.lognormvariate(0, _SPREAD)), _MOST_WORDS)


class _Writer:
    """Expands the grammar for one article, whose own people and places recur in it."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._own: dict[str, str] = {}
        self._own = {slot: self._expanded(f"{{{slot}}}") for slot in _OWN}

    def write(self, rule: str) -> str:
        """One expansion of a rule, its `own` slots filled with what the article is about."""
        own = {f"own_{slot}": value for slot, value in self._own.items()}
        text = _SLOT.sub(lambda slot: own.get(slot[1], slot[0]), self._rng.choice(RULES[rule]))
        return _tidied(self._expanded(text))

    def paragraphs(self, lead: str, words: int) -> Iterator[str]:
        """Paragraphs of a few sentences, the first begun by `lead`, of so many words in all."""
        sentences = [lead]
        while words > 0:
            sentences += [self.write("sentence") for _ in range(self._rng.randint(2, 5))]
            paragraph = " ".join(sentences)
            words -= len(paragraph.split())
            sentences = []
            yield paragraph

    def _expanded(self, text: str) -> str:
        return _SLOT.sub(lambda slot: self._filled(slot[1]), text)

    def _filled(self, slot: str) -> str:
        if slot in self._own and slot in _RECURRING and self._rng.random() < _AGAIN:
            return self._own[slot]
        if slot in RULES:
            return self._expanded(self._rng.choice(RULES[slot]))
        if slot in WORDS:
            return WORDS[slot][_rank(self._rng, len(WORDS[slot]))]
        return self._drawn(slot)

    def _drawn(self, slot: str) -> str:
        """A name, a number or a date. What an article is about has a rare name."""
        rng = self._rng
        if slot == "name":
            return _name(_rank(rng, _NAMES) if self._own else rng.randrange(_NAMES))
        if slot == "number":
            return str(round(2 * 500 ** rng.random()))
        day = FIRST_DAY + timedelta(days=rng.randrange(DAYS))
        return str(day.year) if slot == "year" else f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _rank(rng: Random, size: int) -> int:
    """A place in a list of words, the n-th about 1/n times as often as the first."""
    return int(size ** rng.random()) - 1


def _name(number: int) -> str:
    """One of the names; neighbouring numbers give names that differ in every syllable."""
    left, name = number * 7919 % _NAMES, ""
    for syllables in SYLLABLES:
        left, place = divmod(left, len(syllables))
        name += syllables[place]
    return name


def _tidied(sentence: str) -> str:
    """With a capital at its beginning, and `an` before a vowel."""
    sentence = _AN.sub("an", sentence)
    first = next(place for place, letter in enumerate(sentence) if letter.isalnum())
    return sentence[: first + 1].upper() + sentence[first + 1 :]
