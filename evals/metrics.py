"""What is measured of one case: pure functions over the case and what came back.

A score lies in [0, 1]; a metric that does not apply to a case is absent from its scores.
"""

import re
import string
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from evals.cases import Case
from rag import Answer, Article, Citation, Hit

Group = Literal["retrieval", "answers", "citations", "refusals", "judged by a model"]
Scores = dict[str, float]


@dataclass(frozen=True, slots=True)
class Metric:
    """A score every case may have. `gate` marks those a comparison tests for being worse."""

    name: str
    group: Group
    label: str
    gate: bool = False
    lower_is_better: bool = False

    @property
    def sign(self) -> int:
        """1 where more is better, -1 where less is."""
        return -1 if self.lower_is_better else 1


METRICS = {
    metric.name: metric
    for metric in (
        Metric("hit@1", "retrieval", "a gold article comes first"),
        Metric("hit@5", "retrieval", "... among the first 5"),
        Metric("hit@10", "retrieval", "... among the first 10"),
        Metric("ndcg@10", "retrieval", "nDCG@10", gate=True),
        Metric("mrr@10", "retrieval", "MRR@10"),
        Metric("full@10", "retrieval", "all gold articles among the first 10", gate=True),
        Metric("quote@5", "retrieval", "a gold quote in the first 5 passages", gate=True),
        Metric("ans@5", "retrieval", "an accepted answer in the first 5 passages", gate=True),
        Metric("first", "answers", "right in the first statement", gate=True),
        Metric("any", "answers", "right in the answer", gate=True),
        Metric("em", "answers", "short span: exact match"),
        Metric("f1", "answers", "short span: token F1", gate=True),
        Metric("choice", "answers", "multiple choice: right option", gate=True),
        Metric("cite_recall", "citations", "statements supported by their citations", gate=True),
        Metric("cite_precision", "citations", "citations that are needed", gate=True),
        Metric("exact", "citations", "spans exact"),
        Metric("refused_rightly", "refusals", "unanswerable and refused", gate=True),
        Metric(
            "refused_wrongly", "refusals", "answerable and refused", gate=True, lower_is_better=True
        ),
        Metric("correctness", "judged by a model", "correct, 1 to 5 taken as 0 to 1"),
        Metric("faithfulness", "judged by a model", "faithful to the passages"),
    )
}

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_DASHES = dict.fromkeys(map(ord, "-–—/"), " ")
_PUNCTUATION = dict.fromkeys(map(ord, string.punctuation + "‘’“”…"), "")
_FOLDING = _PUNCTUATION | _DASHES


def normalise(text: str) -> str:
    """A text without case, punctuation, English articles and extra space, as SQuAD's script does.

    Dashes and slashes part words here, so that `a 14-year-old` contains `14`.
    """
    return " ".join(_ARTICLES.sub(" ", text.casefold().translate(_FOLDING)).split())


def contains(text: str, answers: Iterable[str]) -> bool:
    """Whether an answer stands in the text as whole words, both normalised.

    An `s` may follow, since `Putin's` is normalised to `putins`.
    """
    wanted = "|".join(re.escape(answer) for answer in map(normalise, answers) if answer)
    return bool(wanted) and bool(re.search(rf"(?<!\w)(?:{wanted})s?(?!\w)", normalise(text)))


def exact_match(text: str, answers: Iterable[str]) -> float:
    """1 if the normalised text is one of the answers."""
    return float(normalise(text) in map(normalise, answers))


def token_f1(text: str, answers: Iterable[str]) -> float:
    """The best F1 of the text's tokens against an answer's, as SQuAD's script does."""
    return max(
        (_token_f1(normalise(text).split(), normalise(a).split()) for a in answers), default=0
    )


def _token_f1(found: Sequence[str], wanted: Sequence[str]) -> float:
    common = (Counter(found) & Counter(wanted)).total()
    return 2 * common / (len(found) + len(wanted)) if common else 0.0


def retrieval_scores(case: Case, hits: Sequence[Hit]) -> Scores:
    """Scores of the passages found, best first: enough of them to show 10 distinct articles.

    A gold article that another one, its copy, stands for is found where that one is.
    """
    found = list(dict.fromkeys(hit.passage.article_id for hit in hits))
    standing = {copy.id: hit.passage.article_id for hit in reversed(hits) for copy in hit.also}
    standing |= dict(zip(found, found, strict=True))
    named = (evidence.article_id for evidence in case.evidence)
    gold = {standing.get(article, article) for article in named}
    scores = _ranking_scores(gold, found) if gold else {}
    passages = "\n".join(hit.passage.text for hit in hits[:5])
    quotes = [e.quote for e in case.evidence if e.quote.strip()]
    if quotes:
        scores["quote@5"] = float(any(is_quoted(quote, [passages]) for quote in quotes))
    if case.answerable and case.answers:
        text = passages.casefold()
        scores["ans@5"] = float(any(answer.casefold() in text for answer in case.answers))
    return scores


def _ranking_scores(gold: set[str], found: Sequence[str]) -> Scores:
    from ir_measures import RR, R, Success, calc_aggregate, nDCG

    names = {
        Success @ 1: "hit@1",
        Success @ 5: "hit@5",
        Success @ 10: "hit@10",
        nDCG @ 10: "ndcg@10",
        RR @ 10: "mrr@10",
        R @ 10: "full@10",
    }
    if not found:
        return dict.fromkeys(names.values(), 0.0)
    run = {"q": {article: float(-rank) for rank, article in enumerate(found)}}
    values = calc_aggregate(list(names), {"q": dict.fromkeys(gold, 1)}, run)
    scores = {name: float(values[measure]) for measure, name in names.items()}
    return scores | {"full@10": float(scores["full@10"] == 1)}


def answer_scores(case: Case, answer: Answer) -> Scores:
    """Scores of the answer's words, and of whether there should have been one."""
    if not case.answerable:
        return {"refused_rightly": float(answer.refused)}
    scores = {"refused_wrongly": float(answer.refused)}
    if case.answers:
        said = [] if answer.refused else [statement.text for statement in answer.statements]
        short = answer.short.quote if answer.short and not answer.refused else ""
        scores["first"] = float(contains(said[0], case.answers)) if said else 0.0
        scores["any"] = float(contains(" ".join(said), case.answers))
        scores["em"] = exact_match(short, case.answers)
        scores["f1"] = token_f1(short, case.answers)
    return scores


def choice_score(case: Case, chosen: int) -> Scores:
    """Whether the option chosen is an accepted answer."""
    return {"choice": exact_match(case.choices[chosen], case.answers)}


def flaws(answer: Answer, articles: Mapping[str, Article]) -> list[str]:
    """Every span of an answer that is not exactly what it claims to be, in a sentence each.

    `articles` are the stored ones that the answer cites or was made from.
    """
    spans: list[Citation] = [*answer.citations, *([answer.short] if answer.short else [])]
    wrong = [
        f"{c.article.id}[{c.start}:{c.end}] is not {c.quote!r}."
        for c in spans
        if articles[c.article.id].text[c.start : c.end] != c.quote
    ]
    for hit in answer.hits:
        passage = hit.passage
        if articles[passage.article_id].text[passage.start : passage.end] != passage.text:
            wrong.append(f"{passage.article_id}[{passage.start}:{passage.end}] is not its passage.")
    for statement in answer.statements:
        quotes = [citation.quote for citation in statement.citations]
        if statement.support == "quoted" and not is_quoted(statement.text, quotes):
            wrong.append(f"{statement.text!r} is not what its citations quote.")
    return wrong


def is_quoted(text: str, quotes: Iterable[str]) -> bool:
    """Whether the quotes, one after another, have the text word for word."""
    return _folded(text) in _folded(" ".join(quotes))


def _folded(text: str) -> str:
    return " ".join(text.split())
