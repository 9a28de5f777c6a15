"""Articles in and out of a real store, and what searches find."""

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store_tools import (
    BEES,
    BUDGET,
    DIMENSION,
    RIVER,
    entry,
    found,
    open_store,
    passages_of,
    vector_of,
)
from vectorstore.errors import InputError, ModelMismatch, StoreError, StoreForeign, StoreMissing
from vectorstore.records import Article, Filters
from vectorstore.store import ArticleStore

ALL = {article.id: article for article in (RIVER, BUDGET, BEES)}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ArticleStore]:
    with open_store(tmp_path / "store") as store:
        store.put([entry(article) for article in ALL.values()])
        yield store


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArticleStore]:
    with open_store(tmp_path_factory.mktemp("empty") / "store") as store:
        yield store


def test_the_overview_counts_by_source_and_by_day(store: ArticleStore) -> None:
    seen = store.overview()
    assert (seen.articles, seen.passages) == (3, store.passages)
    assert seen.sources == {"Gazette": 1, "Herald": 1}
    assert list(seen.days.items()) == [("2024-03-01", 1), ("2024-05-01", 1)]


def test_articles_come_back_whole(store: ArticleStore) -> None:
    assert store.get_many([*ALL, "unknown"]) == ALL
    assert store.get("unknown") is None


def test_articles_come_back_after_opening_again(store: ArticleStore, tmp_path: Path) -> None:
    store.close()
    with open_store(tmp_path / "store", create=False) as again:
        assert again.get_many(ALL) == ALL
        assert again.passages == sum(len(passages_of(article)) for article in ALL.values())


def test_summaries_say_everything_but_the_text(store: ArticleStore) -> None:
    first = store.articles()[0]
    assert first.article(RIVER.text) == RIVER
    assert (first.passages, first.characters) == (3, len(RIVER.text))
    assert store.digest("river") == first.digest


def test_the_same_article_put_again_changes_nothing(store: ArticleStore) -> None:
    before = store.articles(), store.passages
    store.put([entry(BUDGET)])
    after = sorted(store.articles(), key=lambda summary: summary.id), store.passages
    assert after == (sorted(before[0], key=lambda summary: summary.id), before[1])


def test_a_shorter_text_leaves_nothing_of_the_longer(store: ArticleStore, tmp_path: Path) -> None:
    shorter = Article("river", "The river", "It fell.")
    store.put([entry(shorter)])
    assert store.get("river") == shorter
    everything = store.search(vector_of("x"), "river bridge closed monday", limit=99)
    assert [c.passage.text for c in everything if c.passage.article_id == "river"] == ["It fell."]
    store.close()
    assert ids_in_chroma(tmp_path / "store", "river") == ["river#0"]


def test_what_is_removed_is_nowhere(store: ArticleStore, tmp_path: Path) -> None:
    assert store.remove(["river", "unknown", "river"]) == 1
    assert store.get("river") is None
    assert found(store, "river bridge") == {"budget", "bees"}
    store.close()
    assert ids_in_chroma(tmp_path / "store", "river") == []


def ids_in_chroma(folder: Path, article: str) -> list[str]:
    client: Any = chromadb.PersistentClient(str(folder / "chroma"))
    try:
        collection = client.get_collection("footnote", embedding_function=None)
        return list(collection.get(where={"id": article}, include=[])["ids"])
    finally:
        client.close()


def test_candidates_have_both_scores(store: ArticleStore) -> None:
    nearest = passages_of(RIVER)[0]
    candidates = store.search(vector_of(nearest.text), "honey", limit=1)
    by_dense, by_words = sorted(candidates, key=lambda c: -c.dense)
    assert by_dense.passage == nearest
    assert by_dense.dense == pytest.approx(1, abs=1e-5)
    assert by_dense.lexical == 0
    assert by_words.passage.text == passages_of(BEES)[0].text
    assert by_words.dense == pytest.approx(
        float(vector_of(nearest.text) @ vector_of(by_words.passage.text)), abs=1e-5
    )
    assert by_words.lexical > 0


def test_lexical_scores_do_not_depend_on_how_a_candidate_was_found(store: ArticleStore) -> None:
    few = store.search(vector_of("x"), "river bridge", limit=1)
    many = {c.passage.id: c for c in store.search(vector_of("x"), "river bridge", limit=99)}
    assert [c.lexical for c in few] == pytest.approx([many[c.passage.id].lexical for c in few])


def test_words_match_by_their_stems_and_without_accents(store: ArticleStore) -> None:
    store.put([entry(Article("cafe", "Café", "Cafés were opening."))])
    candidates = store.search(vector_of("x"), "the cafe opened", limit=99)
    best = max(candidates, key=lambda c: c.lexical)
    assert best.passage.article_id == "cafe"


@pytest.mark.parametrize(
    ("filters", "inside"),
    [
        (Filters(), {"river", "budget", "bees"}),
        (Filters(until=RIVER.timestamp), {"river", "bees"}),
        (Filters(since=BUDGET.timestamp), {"budget", "bees"}),
        (Filters(since=RIVER.timestamp, until=BUDGET.timestamp), {"river", "budget", "bees"}),
        (Filters(until=0), {"bees"}),
        (Filters(sources=frozenset({"Gazette"})), {"river"}),
        (Filters(articles=frozenset({"bees", "budget", "unknown"})), {"bees", "budget"}),
        (Filters(sources=frozenset({"Herald"}), until=0), set()),
        (Filters(articles=frozenset()), set()),
    ],
)
def test_a_scope_bounds_both_indexes(
    store: ArticleStore, filters: Filters, inside: set[str]
) -> None:
    assert found(store, "river taxes honey", filters) == inside


def test_more_than_there_is_gives_all_there_is(store: ArticleStore) -> None:
    assert len(store.search(vector_of("x"), "river", limit=10_000)) == store.passages


@pytest.mark.parametrize("text", ["", "?!", 'title:"x" AND (', "\x00", "的"])
def test_any_question_can_be_asked(store: ArticleStore, text: str) -> None:
    assert len(store.search(vector_of("x"), text, limit=2)) == 2


def test_an_empty_store_has_no_candidates(empty: ArticleStore) -> None:
    assert empty.search(vector_of("x"), "river", limit=5) == []
    assert (empty.articles(), empty.passages) == ([], 0)


def test_the_generation_grows_with_every_change(store: ArticleStore) -> None:
    generations = [store.generation]
    store.put([entry(Article("new", "New", "New words."))])
    generations.append(store.generation)
    store.remove(["new"])
    generations.append(store.generation)
    assert generations == sorted(set(generations))


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(min_size=1, max_size=300), size=st.integers(1, 80), title=st.text(max_size=9))
def test_any_text_in_any_tiling_comes_back_exactly(
    empty: ArticleStore, text: str, size: int, title: str
) -> None:
    article = Article("any", title, text, published_at="2020-02-29")
    empty.put([entry(article, size)])
    try:
        assert empty.get("any") == article
    finally:
        empty.remove(["any"])


def test_passages_that_do_not_tile_are_refused(empty: ArticleStore) -> None:
    article, passages, vectors = entry(RIVER)
    with pytest.raises(ValueError, match="river"):
        empty.put([(article, passages[:-1], vectors[:-1])])
    with pytest.raises(ValueError, match="river"):
        empty.put([(article, passages, vectors[:-1])])


def test_reading_a_missing_store_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing, match="footnote add seeds/"):
        open_store(tmp_path / "nowhere", create=False)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_is_no_store_yet(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing):
        open_store(tmp_path, create=False)
    with open_store(tmp_path) as store:
        assert store.passages == 0


@pytest.mark.parametrize("create", [True, False])
def test_a_folder_of_other_things_is_left_alone(tmp_path: Path, create: bool) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(StoreForeign, match=r"thesis\.txt"):
        open_store(tmp_path, create=create)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(StoreForeign, match="file"):
        open_store(tmp_path / "file")


def test_an_unreadable_database_is_named(store: ArticleStore, tmp_path: Path) -> None:
    store.close()
    (tmp_path / "store" / "chroma" / "chroma.sqlite3").write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError, match=r"chroma\.sqlite3"):
        open_store(tmp_path / "store", create=False)


def test_another_model_is_refused(store: ArticleStore, tmp_path: Path) -> None:
    store.close()
    with pytest.raises(ModelMismatch, match=r"'test'.*'other'.*footnote add"):
        ArticleStore.open(tmp_path / "store", model="other", dimension=DIMENSION)


def test_more_passages_than_the_shortlist_are_searched_well(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    rows = random.normal(size=(2500, 384)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    article = Article("long", "Long", "x" * len(rows))
    with ArticleStore.open(tmp_path / "s", model="m", dimension=384, create=True) as store:
        store.put([(article, passages_of(article, 1), rows)])
        query = rows[17] + 0.02 * random.normal(size=384).astype(np.float32)
        query /= np.linalg.norm(query)
        best = store.search(query, "", limit=1)
    assert [(c.passage.number, round(c.dense, 4)) for c in best] == [
        (17, round(float(rows[17] @ query), 4))
    ]


def test_a_large_store_can_be_asked_after_its_last_article_is_removed(tmp_path: Path) -> None:
    large = Article("large", "Large", "x" * 2100)
    with open_store(tmp_path / "s") as store:
        store.put([entry(large, 1), entry(RIVER)])
        store.remove(["river"])
    with open_store(tmp_path / "s", create=False) as again:
        assert found(again, "x") == {"large"}


def test_a_damaged_text_is_not_returned(store: ArticleStore, tmp_path: Path) -> None:
    store.close()
    [catalog] = (tmp_path / "store" / "index").glob("*/*/catalog.sqlite")
    with sqlite3.connect(catalog) as db:
        db.execute("UPDATE passages SET text = 'forged' WHERE row = 1")
    db.close()
    with open_store(tmp_path / "store") as again:
        with pytest.raises(StoreError, match="delete the folder 'index'"):
            again.get("river")
        assert again.remove(["river"]) == 1
        assert again.get("river") is None


def test_pages_of_articles(store: ArticleStore) -> None:
    def ids(*page: object, **named: object) -> list[str]:
        return [summary.id for summary in store.articles(*page, **named)]  # type: ignore[arg-type]

    assert ids(1, 1) == ["budget"]
    assert ids(order="newest") == ["budget", "river", "bees"]
    assert ids(order="oldest") == ["river", "budget", "bees"]
    assert ids(0, 2, order="title") == ["bees", "budget"]
    assert ids(query="the gaz") == ["river"]
    assert (ids(query="?!"), ids(query="bees budget")) == ([], [])
    assert [store.count(query) for query in ("", "b", "ann", "?")] == [3, 2, 1, 0]
    with pytest.raises(InputError, match=r"'best'.*newest"):
        ids(order="best")


@given(filters=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_search_finds_what_comparing_everything_finds(
    many: ArticleStore, filters: st.DataObject
) -> None:
    scope = Filters(
        since=filters.draw(st.none() | st.integers(0, 100)),
        until=filters.draw(st.none() | st.integers(0, 100)),
        sources=filters.draw(st.none() | st.frozensets(st.sampled_from(["a", "b", "c"]))),
        articles=filters.draw(st.none() | st.frozensets(st.integers(0, 499).map(str), max_size=9)),
    )
    limit = filters.draw(st.sampled_from([1, 10, 100, 2000]))
    query = vector_of(filters.draw(st.text(max_size=5)))
    inside = [
        (article.id, float(vector_of(article.text) @ query))
        for article in MANY
        if (scope.since is None or article.timestamp is None or article.timestamp >= scope.since)
        and (scope.until is None or article.timestamp is None or article.timestamp <= scope.until)
        and (scope.sources is None or article.source in scope.sources)
        and (scope.articles is None or article.id in scope.articles)
    ]
    wanted = sorted(inside, key=lambda found: -found[1])[:limit]
    found = many.search(query, "nothing", limit=limit, filters=scope)
    assert len(found) == len(wanted)
    assert sorted(c.dense for c in found) == pytest.approx(
        sorted(cosine for _, cosine in wanted), abs=0.02
    )


MANY = [
    Article(
        str(number),
        "Many",
        f"text {number}",
        source="abc"[number % 3],
        published_at=f"1970-01-01T00:01:{number % 60:02}" if number % 7 else None,
    )
    for number in range(500)
]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArticleStore]:
    with open_store(tmp_path_factory.mktemp("many") / "store") as store:
        store.put([entry(article) for article in MANY])
        yield store


def test_a_snapshot_stays_as_it_is(store: ArticleStore) -> None:
    other = Article("river", "The river", "A wholly other text, and a longer one than that was.")
    with store.snapshot() as before:
        store.put([entry(other)])
        store.remove(["budget"])
        found = {c.passage.article_id: c.passage for c in before.search(VECTOR, "river", limit=99)}
        articles = before.get_many(["river", "budget"])
        assert articles == {"river": RIVER, "budget": BUDGET}
        river = found["river"]
        assert RIVER.text[river.start : river.end] == river.text
        assert before.count() == 3
    assert store.get_many(["river", "budget"]) == {"river": other}


VECTOR = vector_of("x")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"id": ""}, "0 bytes"),
        ({"id": "x" * 1001}, "1001 bytes"),
        ({"published_at": "yesterday"}, "'yesterday'.*2025-08-14"),
        ({"text": "half \ud800"}, "surrogate.*character 5"),
        ({"title": None}, "title.*None"),
    ],
)
def test_an_article_that_could_not_be_stored_is_refused(fields: dict[str, str], told: str) -> None:
    with pytest.raises(InputError, match=told):
        replace(RIVER, **fields)


def test_a_date_that_cannot_be_read_does_no_harm(store: ArticleStore, tmp_path: Path) -> None:
    store.close()
    client: Any = chromadb.PersistentClient(str(tmp_path / "store" / "chroma"))
    collection = client.get_collection("footnote", embedding_function=None)
    ids = collection.get(where={"id": "river"}, include=[])["ids"]
    collection.update(ids, metadatas=[{"published_at": "yesterday"}] * len(ids))
    client.close()
    shutil.rmtree(tmp_path / "store" / "index")
    with open_store(tmp_path / "store") as again:
        assert again.get("river") == replace(RIVER, published_at=None)
        again.put([entry(RIVER)])
        assert again.get_many(ALL) == ALL
