"""Cases proposed from articles, for a person to accept, reword or drop."""

import re
from collections.abc import Iterable, Iterator

from evals.cases import Case, Evidence
from rag import Article
from rag.text.sentences import sentence_spans

GAP = "____"

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_WANTED = {
    "when": re.compile(rf"\b{_MONTH}\.? \d{{1,2}}(?:, \d{{4}})?\b|\b(?:19|20)\d\d\b"),
    "how many": re.compile(
        r"[$€£]?\b\d[\d,.]*\d?(?: ?%| (?:percent|hundred|[mb]illion|trillion))?"
    ),
    "who or what": re.compile(r"(?<=[a-z,] )[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)+"),
}
_SHORTEST, _LONGEST = 40, 300


def propose(articles: Iterable[Article], most: int = 5) -> list[Case]:
    """Up to `most` cases an article: a sentence with its date, figure or name left out.

    The sentence is the evidence, and what was left out the answer, so that a person has only to
    turn the gap into the question a reader would ask. Sentences are taken in their order, and no
    answer twice.
    """
    return [case for article in articles for case in _drafted(article, most)]


def _drafted(article: Article, most: int) -> Iterator[Case]:
    taken: set[str] = set()
    for sentence in _sentences(article):
        found = _first(sentence)
        if found is None or found[1].group() in taken:
            continue
        kind, answer = found
        taken.add(answer.group())
        yield Case(
            id=f"{article.id}-draft-{len(taken)}",
            question=f"{sentence[: answer.start()]}{GAP}{sentence[answer.end() :]}",
            answers=(answer.group(),),
            evidence=(Evidence(article.id, sentence),),
            type=kind,
        )
        if len(taken) == most:
            return


def _sentences(article: Article) -> Iterator[str]:
    for start, end in sentence_spans(article.text):
        if _SHORTEST <= end - start <= _LONGEST:
            yield article.text[start:end]


def _first(sentence: str) -> tuple[str, re.Match[str]] | None:
    for kind, pattern in _WANTED.items():
        if found := pattern.search(sentence):
            return kind, found
    return None
