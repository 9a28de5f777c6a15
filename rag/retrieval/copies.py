"""Of copies one stands for all: what they say alike takes the space of one."""

from collections.abc import Iterator, Mapping, Sequence

from vectorstore.catalog import ArticleSummary
from vectorstore.copies import ComparableText
from vectorstore.records import Candidate

Ranked = tuple[Candidate, float]
Groups = Mapping[str, Sequence[ArticleSummary]]
_TOLD = 0.5
"""The share of a passage's words, four in a row, that makes it told by others."""


def without_copies(ranked: Sequence[Ranked], groups: Groups) -> list[Ranked]:
    """The ranked candidates without passages of copies that repeat those of another article.

    Of the articles of a group that were found, the fullest stands, of equal ones the earliest:
    `groups` have the articles that may be found, earliest first. Its passages take the scores of
    those they stand for where these are better. What only a copy says stays in its place.
    """
    scores = {candidate.passage.id: score for candidate, score in ranked}
    dropped: set[str] = set()
    for name, articles in groups.items():
        found = [candidate for candidate, _ in ranked if candidate.group == name]
        for passage, standing in _repeated(found, _fullest(found, articles)):
            dropped.add(passage)
            scores[standing] = max(scores[standing], scores[passage])
    kept = [(c, scores[c.passage.id]) for c, _ in ranked if c.passage.id not in dropped]
    return sorted(kept, key=lambda one: -one[1])


def others(candidate: Candidate, groups: Groups) -> tuple[ArticleSummary, ...]:
    """The copies of a candidate's article, earliest first."""
    members = groups.get(candidate.group or "", ())
    return tuple(one for one in members if one.id != candidate.passage.article_id)


def _fullest(found: Sequence[Candidate], articles: Sequence[ArticleSummary]) -> str:
    """The id of the article that stands for those found."""
    there = {candidate.passage.article_id for candidate in found}
    return max((one for one in articles if one.id in there), key=lambda one: one.characters).id


def _repeated(found: Sequence[Candidate], standing: str) -> Iterator[tuple[str, str]]:
    """The passages that repeat those of the standing article, each with the one most like it."""
    told = {
        candidate.passage.id: ComparableText(candidate.passage.text).runs
        for candidate in found
        if candidate.passage.article_id == standing
    }
    everything = set[tuple[str, ...]]().union(*told.values())
    for candidate in found:
        if candidate.passage.article_id == standing:
            continue
        runs = ComparableText(candidate.passage.text).runs
        if len(runs & everything) >= _TOLD * len(runs):
            yield candidate.passage.id, max(told, key=lambda name: len(runs & told[name]))
