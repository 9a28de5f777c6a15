"""Ask a chatbot every gold case and keep what became of it."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cache, lru_cache
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from platform import python_version
from time import perf_counter
from typing import TYPE_CHECKING, Any

from evals.cases import Case, GoldError
from evals.choosing import choose
from evals.judges.citations import citation_scores, support_judge
from evals.judges.model import judged_scores, model_judge
from evals.metrics import Scores, answer_scores, choice_score, flaws, retrieval_scores
from evals.results import About, Outcome, Run
from rag import Answer, Article, Chatbot, FootnoteError, Hit, answer_json
from rag.answering.candidate_sentences import candidate_sentences

if TYPE_CHECKING:
    from rag.llm.judge import ModelJudge

Progress = Callable[[int, int | None, str], None]

DEPTH = 50
"""Passages retrieved for the retrieval scores: enough to show 10 distinct articles."""

_AROUND = 160
_PACKAGES = (
    "footnote",
    "chromadb",
    "llama-index-core",
    "numpy",
    "onnxruntime",
    "openai",
    "tantivy",
)
_SECRET = {"openai_api_key", "openai_base_url", "store"}


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
    judge = model_judge(bot.settings) if judged else None
    about = describe(bot, judge.name if judge else None)
    known = _kept(previous, about, cases) | _resumed(journal, about, cases)
    rest = [case for case in cases if case.id not in known]
    asker = _Asker(bot, judge)
    for outcome in _written(asker.outcomes(rest), journal, about, list(known.values())):
        known[outcome.case.id] = outcome
        if progress:
            progress(len(known), len(cases), outcome.case.id)
    outcomes = tuple(known[case.id] for case in cases)
    seconds = round(perf_counter() - clock, 3)
    return Run(about, outcomes, started.isoformat(timespec="seconds"), seconds)


def describe(bot: Chatbot, judge: str | None = None) -> About:
    """What a run of this chatbot would be a run of; `judge` is the model that judges, if any."""
    settings = {k: v for k, v in asdict(bot.settings).items() if k not in _SECRET}
    if not bot.settings.is_extractive:
        settings["server"] = bot.settings.server
    if judge:
        settings["judge"] = judge
    articles = {article.id: article.digest[:16] for article in bot.articles()}
    corpus = sha256(json.dumps(articles, sort_keys=True).encode()).hexdigest()[:16]
    versions = {"python": python_version()} | {name: version(name) for name in _PACKAGES}
    return About(settings, versions, _engine(), corpus, dict(sorted(articles.items())))


@cache
def _engine() -> str:
    """A fingerprint of Footnote's own code and models, as this process found them."""
    digest = sha256()
    for package in ("evals", "rag", "vectorstore"):
        spec = find_spec(package)
        for folder in (spec.submodule_search_locations or []) if spec else []:
            for path in sorted(Path(folder).rglob("*")):
                if path.suffix in {".py", ".onnx", ".json"}:
                    digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


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
        self._judge = support_judge(bot.embedder.embed)

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
            hits = self._bot.retrieve(case.question, DEPTH, **options)
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

    def _scores(self, case: Case, answer: Answer, hits: Sequence[Hit]) -> Scores:
        scores = retrieval_scores(case, hits) | answer_scores(case, answer)
        if case.choices and case.answerable:
            question = answer.standalone or case.question
            found = candidate_sentences(question, answer.hits, self._bot.reader)
            scores |= choice_score(case, choose(case.choices, found))
        scores |= citation_scores(answer, self._judge)
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


def _kept(previous: Run | None, about: About, cases: Sequence[Case]) -> dict[str, Outcome]:
    if previous is None or previous.about.key != about.key:
        return {}
    wanted = {case.id: case for case in cases}
    return {
        o.case.id: replace(o, reused=True)
        for o in previous.outcomes
        if o.error is None and wanted.get(o.case.id) == o.case
    }


def _resumed(journal: Path | None, about: About, cases: Sequence[Case]) -> dict[str, Outcome]:
    """What an interrupted run wrote; a last line that was cut short is left out."""
    if journal is None or not journal.exists():
        return {}
    records = []
    for line in journal.read_text(encoding="utf-8").split("\n"):
        try:
            records.append(json.loads(line))
        except ValueError:
            break
    if not records or records[0] != {"key": about.key}:
        return {}
    outcomes = (Outcome.from_json(r["outcome"], r["elapsed_ms"]) for r in records[1:])
    wanted = {case.id: case for case in cases}
    return {o.case.id: o for o in outcomes if wanted.get(o.case.id) == o.case}


def _written(
    outcomes: Iterator[Outcome], journal: Path | None, about: About, known: Sequence[Outcome]
) -> Iterator[Outcome]:
    """Pass outcomes on, each written to the journal first."""
    if journal is None:
        yield from outcomes
        return
    with journal.open("w", encoding="utf-8") as file:
        file.write(json.dumps({"key": about.key}) + "\n")
        for outcome in known:
            file.write(_line(outcome))
        for outcome in outcomes:
            file.write(_line(outcome))
            file.flush()
            yield outcome


def _line(outcome: Outcome) -> str:
    record = {"outcome": outcome.to_json(), "elapsed_ms": dict(outcome.elapsed_ms)}
    return json.dumps(record, ensure_ascii=False) + "\n"
