"""Ask a chatbot every gold case and keep what became of it."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from evals.about import About
from evals.cases import Case, GoldError
from evals.choosing import choose
from evals.journal import resumed, reused, written
from evals.judges.citations import citation_scores, supports
from evals.judges.model import judged_scores, model_judge
from evals.metrics import Scores, answer_scores, choice_score, flaws, retrieval_scores
from evals.results import Outcome, Run
from rag import Answer, Article, Chatbot, FootnoteError, Hit, answer_json
from rag.answering.candidate_sentences import candidate_sentences
from rag.ingestion.pipeline import Progress

if TYPE_CHECKING:
    from rag.llm.judge import ModelJudge

DEPTH = 50
"""Passages retrieved for the retrieval scores: enough to show 10 distinct articles."""

_AROUND = 160


def run(
    bot: Chatbot,
    cases: Sequence[Case],
    *,
    journal: Path | None = None,
    previous: Run | None = None,
    judged: bool = False,
    progress: Progress | None = None,
) -> Run:
    """Ask every case. A case that raises is kept as an error, and the rest goes on.

    `journal` is a file that takes each outcome as it comes: a run that was interrupted goes on
    where it stopped. Outcomes of `previous` are taken over, and marked so, for cases that are the
    same in a run of the same articles, settings and program. With `judged`, a language model
    judges the answers as well. Raises `GoldError` for an id that occurs twice, `StoreError`, and
    `ModelError` where there is no model to judge.
    """
    _check_ids(cases)
    started, clock = datetime.now(UTC), perf_counter()
    judge = model_judge(bot) if judged else None
    about = About.of(bot, judge.name if judge else None)
    known = reused(previous, about, cases) | resumed(journal, about, cases)
    asked = _Asker(bot, judge).outcomes([case for case in cases if case.id not in known])
    for outcome in written(asked, journal, about, list(known.values())):
        known[outcome.case.id] = outcome
        if progress:
            progress(len(known), len(cases), outcome.case.id)
    outcomes = tuple(known[case.id] for case in cases)
    seconds = round(perf_counter() - clock, 3)
    return Run(about, outcomes, started.isoformat(timespec="seconds"), seconds)


def _check_ids(cases: Sequence[Case]) -> None:
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise GoldError(f"Two cases have the id {case.id!r}. Give one of them another.")
        seen.add(case.id)


class _Asker:
    """Asks cases, and keeps articles at hand for checking spans."""

    def __init__(self, bot: Chatbot, judge: "ModelJudge | None") -> None:
        self._bot = bot
        self._model_judge = judge
        self._article = lru_cache(maxsize=1000)(bot.article)

    def outcomes(self, cases: Sequence[Case]) -> Iterator[Outcome]:
        """Outcomes in the order of the cases; side by side where a model's server is waited for."""
        if self._bot.settings.is_extractive and not self._model_judge:
            yield from map(self._outcome, cases)
            return
        pool = ThreadPoolExecutor(8)
        try:
            yield from pool.map(self._outcome, cases)
        finally:
            pool.shutdown(cancel_futures=True)

    def _outcome(self, case: Case) -> Outcome:
        history = [asdict(turn) for turn in case.history]
        options: dict[str, Any] = {"as_of": case.asked_on, "history": history}
        try:
            answer = self._bot.ask(case.question, **options)
            hits = self._hits(answer, options)
            scores = self._scores(case, answer, hits)
        except FootnoteError as error:
            return Outcome(case, {}, error=f"{type(error).__name__}: {error}")
        if answer.mode == "extractive" and not self._bot.settings.is_extractive:
            return Outcome(case, {}, error=answer.notes[0])
        articles = self._articles(answer)
        wrong = flaws(answer, articles)
        return Outcome(
            case=case,
            answer=_plain(answer, articles),
            found=tuple(islice(dict.fromkeys(h.passage.article_id for h in hits), 10)),
            scores=scores | {"exact": float(not wrong)},
            flaws=tuple(wrong),
            usage=asdict(answer.usage) if answer.usage else None,
            elapsed_ms=dict(answer.timings),
        )

    def _hits(self, answer: Answer, options: Mapping[str, Any]) -> list[Hit]:
        """What the answer was made from, then what would have come next.

        A model may put a follow-up in other words than the rules of `retrieve` do.
        """
        question, history = answer.question, options["history"]
        if answer.mode == "generative":
            question, history = answer.standalone or question, ()
        found = self._bot.retrieve(question, DEPTH, history=history, as_of=options["as_of"])
        read = {hit.passage.id for hit in answer.hits}
        return [*answer.hits, *(hit for hit in found if hit.passage.id not in read)]

    def _scores(self, case: Case, answer: Answer, hits: Sequence[Hit]) -> Scores:
        scores = retrieval_scores(case, hits) | answer_scores(case, answer)
        if case.choices and case.answerable:
            question = answer.standalone or case.question
            found = candidate_sentences(question, answer.hits, self._bot.reader)
            scores |= choice_score(case, choose(case.choices, found))
        scores |= citation_scores(answer, supports)
        if self._model_judge:
            scores |= judged_scores(case, answer, self._model_judge)
        return {name: round(score, 6) for name, score in scores.items()}

    def _articles(self, answer: Answer) -> dict[str, Article]:
        spans = [*answer.citations, *([answer.short] if answer.short else [])]
        ids = {c.article.id for c in spans} | {h.passage.article_id for h in answer.hits}
        return {article_id: self._article(article_id) for article_id in sorted(ids)}


def _plain(answer: Answer, articles: Mapping[str, Article]) -> dict[str, Any]:
    plain = answer_json(answer)
    plain.pop("elapsed_ms")
    plain.pop("usage")
    plain["confidence"] = round(answer.confidence, 6)
    for citation in plain["citations"]:
        text = articles[citation["article"]["id"]].text
        start, end = citation["start"], citation["end"]
        citation["before"] = text[max(0, start - _AROUND) : start]
        citation["after"] = text[end : end + _AROUND]
    plain["passages"] = [
        {"article_id": p["article_id"], "start": p["start"], "end": p["end"]}
        for p in plain["passages"]
    ]
    return plain
