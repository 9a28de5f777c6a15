"""A store after a crash, with damage, beside another process, and on a server."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client
from pathlib import Path
from typing import Any

import numpy as np
import pytest

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
from vectorstore.bm25 import LexicalIndex
from vectorstore.catalog import Catalog, article_digest
from vectorstore.chroma import ChromaPassages
from vectorstore.errors import InputError, StoreError, StoreLocked
from vectorstore.log import ChangeLog
from vectorstore.records import Article, Passage
from vectorstore.store import ArticleStore

LONGER = Article(
    "river", "The river", RIVER.text + " It fell again on Friday, and nobody was hurt."
)
SHORTER = Article("river", "The river", "It fell.")


class Crash(BaseException):
    """Ends a change where it stands, as the end of the process would."""


def crash(*arguments: object, **named: object) -> None:
    raise Crash


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A closed store of two articles."""
    with open_store(tmp_path / "store") as store:
        store.put([entry(RIVER), entry(BUDGET)])
    return tmp_path / "store"


WAYS = [
    (ChromaPassages, "_ask"),
    (ChangeLog, "_claimed"),
    (LexicalIndex, "commit"),
    (Catalog, "reach"),
]


def crash_at(broken: pytest.MonkeyPatch, step: int, *, after: bool) -> None:
    """End the change at its `step`th call that writes or reads anything, or right after it."""
    done = count()

    def stopping(method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*values: Any, **named: Any) -> Any:
            here = next(done) == step
            if here and not after:
                raise Crash
            result = method(*values, **named)
            if here:
                raise Crash
            return result

        return call

    for owner, name in WAYS:
        broken.setattr(owner, name, stopping(getattr(owner, name)))


@pytest.mark.parametrize(
    ("changed", "after"),
    [(LONGER, False), (SHORTER, True), (BEES, False), (None, True)],
    ids=["longer", "shorter", "new", "removed"],
)
def test_a_crash_at_any_step_of_a_change_heals(
    folder: Path, monkeypatch: pytest.MonkeyPatch, after: bool, changed: Article | None
) -> None:
    for step in count():
        if not crashes(folder, monkeypatch, step, after, changed):
            assert step > 6
            return
        with open_store(folder, create=False) as healed:
            assert_sound(healed, changed)
            healed.put([entry(RIVER)])
            healed.remove(["bees"])
    raise AssertionError("no change ever ended")


def crashes(
    folder: Path, monkeypatch: pytest.MonkeyPatch, step: int, after: bool, changed: Article | None
) -> bool:
    store = open_store(folder)
    try:
        with monkeypatch.context() as broken:
            crash_at(broken, step, after=after)
            change(store, changed)
    except Crash:
        return True
    finally:
        store.close()
    return False


def change(store: ArticleStore, changed: Article | None) -> None:
    """Put an article, or remove the river."""
    if changed:
        store.put([entry(changed)])
    else:
        store.remove(["river"])


def assert_sound(store: ArticleStore, changed: Article | None) -> None:
    """Everything is as it was before the change, or as it should be after it."""
    before = {article.id: article for article in (RIVER, BUDGET)}
    done = {**before, changed.id: changed} if changed else {"budget": BUDGET}
    there = store.get_many(["river", "budget", "bees"])
    assert there in (before, done)
    assert store.passages == sum(len(passages_of(article)) for article in there.values())
    assert found(store, "river bridge taxes honey") == set(there)


def test_a_half_written_article_is_gone_after_a_crash(folder: Path) -> None:
    with open_store(folder) as store:
        store.put([entry(BEES)])
    with chroma_of(folder) as collection:
        collection.delete(["bees#0"])
    shutil.rmtree(folder / "index")
    with open_store(folder) as healed:
        assert [summary.id for summary in healed.articles()] == ["river", "budget"]
    with chroma_of(folder) as collection:
        assert collection.get(where={"id": "bees"})["ids"] == []


@contextmanager
def chroma_of(folder: Path) -> Iterator[Any]:
    import chromadb

    client: Any = chromadb.PersistentClient(str(folder / "chroma"))
    try:
        yield client.get_collection("footnote", embedding_function=None)
    finally:
        client.close()


def test_a_failed_change_heals_without_opening_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(folder) as store:
        with monkeypatch.context() as broken:
            put = ChromaPassages.put

            def put_and_break(chroma: ChromaPassages, *values: Any) -> None:
                put(chroma, *values)
                broken.setattr(Catalog, "reach", crash)

            broken.setattr(ChromaPassages, "put", put_and_break)
            with pytest.raises(Crash):
                store.put([entry(SHORTER)])
        assert store.get("river") == SHORTER
        assert found(store, "bridge fell") == {"river", "budget"}


@pytest.mark.parametrize("name", ["catalog.sqlite", "words", ""])
@pytest.mark.parametrize("how", ["deleted", "overwritten"])
def test_a_damaged_index_is_made_again(folder: Path, name: str, how: str) -> None:
    for path in (folder / "index").glob(f"*/*/{name}*"):
        damage(path, how)
    with open_store(folder, create=False) as store:
        assert store.get_many(["river", "budget"]) == {"river": RIVER, "budget": BUDGET}
        assert found(store, "bridge") == {"river", "budget"}


def damage(path: Path, how: str) -> None:
    for file in [path, *path.rglob("*")]:
        if file.is_file():
            file.unlink() if how == "deleted" else file.write_bytes(b"?")


def test_a_store_of_an_earlier_version_opens_and_its_index_is_gone(folder: Path) -> None:
    shutil.rmtree(folder / "index")
    (folder / "index" / "lexical-1").mkdir(parents=True)
    for name in ("catalog.sqlite", "vectors.f32", "signs.u64"):
        (folder / "index" / name).write_bytes(b"of the first release")
    import chromadb

    client: Any = chromadb.PersistentClient(str(folder / "chroma"))
    client.delete_collection("footnote-changes")
    client.close()
    with open_store(folder, create=False) as store:
        assert [article.id for article in store.articles()] == ["river", "budget"]
        store.put([entry(SHORTER)])
        assert store.get_many(["river", "budget"]) == {"river": SHORTER, "budget": BUDGET}
    assert [path.name for path in (folder / "index").iterdir()] == ["footnote"]


def test_the_form_of_passages_outlives_the_index(tmp_path: Path) -> None:
    with open_store(tmp_path / "store") as store:
        store.put([entry(RIVER)], version="two")
    shutil.rmtree(tmp_path / "store" / "index")
    with open_store(tmp_path / "store") as again:
        assert again.digests() == {"river": article_digest(RIVER, "two")}
        assert again.get("river") == RIVER


def test_a_change_that_the_index_missed_is_caught_up(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "index", tmp_path / "old")
    with open_store(folder) as store:
        store.put([entry(SHORTER), entry(BEES)])
        store.remove(["budget"])
    shutil.rmtree(folder / "index")
    shutil.copytree(tmp_path / "old", folder / "index")
    with open_store(folder) as store:
        assert store.get_many(["river", "budget", "bees"]) == {"river": SHORTER, "bees": BEES}


def test_questions_while_an_article_changes_are_answered_from_one_state(folder: Path) -> None:
    texts = {article.text for article in (RIVER, SHORTER, LONGER)}
    with open_store(folder) as store, ThreadPoolExecutor(4) as threads:
        writing = threads.submit(rewrite, store)
        asking = [threads.submit(ask_until, store, writing) for _ in range(3)]
        writing.result()
        seen = [one for asked in asking for one in asked.result()]
    assert seen
    assert {text for text, _ in seen} <= texts
    assert all(text[passage.start : passage.end] == passage.text for text, passage in seen)


def rewrite(store: ArticleStore) -> None:
    for article in [LONGER, SHORTER, RIVER] * 4:
        store.put([entry(article)])
        store.remove(["river"])


def ask_until(store: ArticleStore, done: "Future[None]") -> list[tuple[str, Passage]]:
    seen = []
    while not done.done():
        with store.snapshot() as stored:
            candidates = stored.search(vector_of("x"), "river bridge fell", limit=9)
            articles = stored.get_many({c.passage.article_id for c in candidates})
            seen += [
                (articles["river"].text, c.passage)
                for c in candidates
                if c.passage.article_id == "river"
            ]
    return seen


HOLD = """
import sys
from tests.store_tools import open_store
with open_store(sys.argv[1]) as store:
    print("open", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_works_through_the_one_that_holds_the_store(folder: Path) -> None:
    holder = python(HOLD, str(folder))
    try:
        assert holder.stdout
        assert holder.stdout.readline() == "open\n"
        with open_store(folder, create=False) as store:
            store.put([entry(BEES)], version="two")
            assert store.remove(["budget", "unknown"]) == 1
            assert store.get_many(["river", "budget", "bees"]) == {"river": RIVER, "bees": BEES}
            assert store.digests() == {
                "river": article_digest(RIVER),
                "bees": article_digest(BEES, "two"),
            }
            assert found(store, "river bridge honey") == {"river", "bees"}
            assert (store.count(), store.passages) == (2, 6)
            with pytest.raises(InputError, match="order"):
                store.articles(order="best")  # type: ignore[arg-type]
            with pytest.raises(ValueError, match="bees"):
                store.put([(BEES, [], np.empty((0, DIMENSION), np.float32))])
    finally:
        holder.kill()
        holder.communicate()
    with open_store(folder) as store:
        assert store.get_many(["river", "bees"]) == {"river": RIVER, "bees": BEES}


def test_when_the_holder_ends_the_next_process_holds_the_store(folder: Path) -> None:
    holder = python(HOLD, str(folder))
    try:
        assert holder.stdout
        assert holder.stdout.readline() == "open\n"
        with open_store(folder, create=False) as store:
            assert store.count() == 2
            with pytest.raises(StoreError, match=rf"Process {holder.pid}\b.*ended.*again"):
                count_while_ending(store, holder)
            store.put([entry(BEES)])
            assert store.get_many(["bees"]) == {"bees": BEES}
            with open_store(folder, create=False) as lent:
                assert lent.count() == 3
    finally:
        holder.kill()
        holder.communicate()


def count_while_ending(store: ArticleStore, holder: "subprocess.Popen[str]") -> None:
    with store.snapshot() as snapshot:
        holder.kill()
        holder.communicate()
        snapshot.count()


def test_who_does_not_know_the_secret_gets_nothing(folder: Path) -> None:
    with open_store(folder):
        told = json.loads((folder / "holder").read_text())
        assert (folder / "holder").stat().st_mode & 0o077 == 0
        with pytest.raises(AuthenticationError):
            Client(("127.0.0.1", told["port"]), authkey=b"guessed")


def test_a_holder_that_takes_no_requests_is_named(folder: Path) -> None:
    with open_store(folder):
        (folder / "holder").write_text(json.dumps({"process": 7}))
        with pytest.raises(StoreLocked, match=r"process 7\b.*FOOTNOTE_STORE=http"):
            open_store(folder)


def python(program: str, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
    )


def test_a_killed_writer_leaves_a_store_that_opens(tmp_path: Path) -> None:
    write = """
import sys
from tests.store_tools import open_store, entry, RIVER
from dataclasses import replace
with open_store(sys.argv[1]) as store:
    for number in range(1000):
        store.put([entry(replace(RIVER, text=RIVER.text * (1 + number % 5)))])
        print(number, flush=True)
"""
    writer = python(write, str(tmp_path / "store"))
    assert writer.stdout
    for _ in range(4):
        writer.stdout.readline()
    writer.kill()
    writer.communicate()
    with open_store(tmp_path / "store", create=False) as store:
        article = store.get("river")
        assert article is None or article.text.removeprefix(RIVER.text).startswith(("", RIVER.text))
        store.put([entry(RIVER)])
        assert store.get("river") == RIVER
        assert store.passages == len(passages_of(RIVER))
