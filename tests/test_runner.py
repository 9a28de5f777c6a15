"""A run over the seeds with the real chatbot: what is kept, resumed, reused and told."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from evals import Case, Evidence, GoldError, Run, compare, evaluate, load_cases, run, seeds_gold
from evals.about import fingerprint
from rag import Article, Chatbot, Turn
from tests.openai_server import ModelServer


@pytest.fixture(scope="module")
def cases() -> Sequence[Case]:
    every = load_cases(seeds_gold())
    return [*every[:3], *every[-2:]]


@pytest.fixture(scope="module")
def done(bot: Chatbot, cases: Sequence[Case]) -> Run:
    return run(bot, cases)


def stopping_after(count: int) -> object:
    def progress(done: int, total: int | None, name: str) -> None:
        if done == count:
            raise KeyboardInterrupt

    return progress


def test_every_case_has_an_outcome_with_exact_spans(done: Run, cases: Sequence[Case]) -> None:
    assert [o.case for o in done.outcomes] == cases
    assert done.broken == []
    assert done.scores("exact") == [1.0] * len(cases)


def test_retrieval_is_scored_where_there_is_evidence(done: Run) -> None:
    assert ["hit@5" in o.scores for o in done.outcomes] == [True, True, True, False, False]


def test_the_same_run_twice_is_the_same(done: Run, bot: Chatbot, cases: Sequence[Case]) -> None:
    one, two = done.to_json(), run(bot, cases).to_json()
    for times in ("started_at", "seconds", "elapsed_ms"):
        one.pop(times)
        two.pop(times)
    assert one == two


def test_an_interrupted_run_goes_on_where_it_stopped(
    done: Run, bot: Chatbot, cases: Sequence[Case], tmp_path: Path
) -> None:
    journal = tmp_path / "run.partial"
    with pytest.raises(KeyboardInterrupt):
        run(bot, cases, journal=journal, progress=stopping_after(3))  # type: ignore[arg-type]
    journal.write_text(journal.read_text() + '{"cut sho')
    asked: list[str] = []
    again = run(bot, cases, journal=journal, progress=lambda d, t, name: asked.append(name))
    assert asked == [case.id for case in cases[3:]]
    assert [o.to_json() for o in again.outcomes] == [o.to_json() for o in done.outcomes]


def test_unchanged_cases_are_reused_and_marked(
    done: Run, bot: Chatbot, cases: Sequence[Case]
) -> None:
    changed = [replace(cases[0], question="Who called for the talks?"), *cases[1:]]
    again = run(bot, changed, previous=done)
    assert [o.reused for o in again.outcomes] == [False, True, True, True, True]
    assert len(again.times()) == 1


def test_nothing_is_reused_over_another_corpus(
    done: Run, bot: Chatbot, cases: Sequence[Case]
) -> None:
    other = replace(done, about=replace(done.about, corpus="another"))
    assert not any(o.reused for o in run(bot, cases[:1], previous=other).outcomes)


@pytest.mark.parametrize("name", ["reader.graph", "prompt.txt", "loaders/new.py"])
def test_any_file_of_the_program_changes_its_fingerprint(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("before")
    before = fingerprint([tmp_path])
    path.write_text("after")
    assert fingerprint([tmp_path]) != before


@pytest.mark.parametrize("name", ["__pycache__/a.pyc", "gold/seeds.baseline.json"])
def test_caches_and_gold_cases_are_no_part_of_the_program(tmp_path: Path, name: str) -> None:
    before = fingerprint([tmp_path])
    path = tmp_path / name
    path.parent.mkdir()
    path.write_text("x")
    assert fingerprint([tmp_path]) == before


def test_retrieval_is_scored_by_the_question_that_the_model_asked(tmp_path: Path) -> None:
    bridge = Article("bridge", "Bridge", "The engineer Mara Lindqvist led the work on the bridge.")
    river = Article("river", "River", "Ada Holt led the work on the banks of the river Wenor.")
    talk = (Turn("user", "Who led the work on the river Wenor?"), Turn("agent", "Ada Holt."))
    case = Case("a", "And who on the other?", evidence=(Evidence("bridge"),), history=talk)
    with ModelServer() as server, Chatbot.open(tmp_path / "s", server.settings(passages=1)) as bot:
        bot.add([bridge, river])
        assert bot.retrieve(case.question, history=talk)[0].article.id == "river"
        server.say("Who led the work on the bridge?", "Mara Lindqvist led the work [1].")
        outcome = run(bot, [case]).outcomes[0]
    assert (outcome.scores["hit@1"], outcome.found) == (1.0, ("bridge", "river"))


def test_a_question_that_cannot_be_asked_is_kept_as_an_error(bot: Chatbot) -> None:
    outcomes = run(bot, [Case("a", "Who asked?", asked_on="yesterday")]).outcomes
    assert outcomes[0].error is not None
    assert outcomes[0].error.startswith("InputError: as_of is 'yesterday'")


def test_ids_used_twice_are_refused(bot: Chatbot) -> None:
    with pytest.raises(GoldError, match="the id 'a'"):
        run(bot, [Case("a", "Who?"), Case("a", "Why?")])


def test_a_saved_run_holds_no_secret_and_no_place(done: Run) -> None:
    assert not {"openai_api_key", "store"} & set(done.about.settings)


def test_evaluating_saves_compares_and_tidies_up(bot: Chatbot, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text('{"id": "a", "question": "Who is the finance minister of Russia?"}\n')
    save = tmp_path / "run.json"
    evaluate(bot, [gold], save=save)
    again = evaluate(bot, [gold], baseline=save, save=save, reuse=True)
    assert again.comparison == compare(Run.load(save), again.run)
    assert again.failures == ()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["gold.jsonl", "run.json"]


def test_what_is_no_run_is_named(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("[]")
    with pytest.raises(GoldError, match=r"run\.json is not a saved run"):
        Run.load(tmp_path / "run.json")
