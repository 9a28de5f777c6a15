"""A store after a crash, with damage, beside another process, and on a server."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from rag.models.onnx_session import FloatArray
from tests.store_tools import BEES, BUDGET, DIMENSION, RIVER, entry, found, open_store, passages_of
from vectorstore.catalog import Entry, article_digest
from vectorstore.chroma import ChromaPassages
from vectorstore.errors import StoreError, StoreForeign, StoreLocked, StoreMissing
from vectorstore.records import Article
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


CHROMA, INDEX = "vectorstore.chroma.ChromaPassages", "vectorstore.index.DerivedIndex"
STEPS = [
    f"{CHROMA}.put",
    f"{CHROMA}.delete",
    f"{INDEX}.change",
    "vectorstore.vectors.VectorFile.append",
    "vectorstore.bm25.LexicalIndex.commit",
    "vectorstore.catalog.Catalog.change",
]


@pytest.mark.parametrize("changed", [LONGER, SHORTER, BEES], ids=["longer", "shorter", "new"])
@pytest.mark.parametrize("step", STEPS)
def test_a_crash_in_a_change_heals(
    folder: Path, monkeypatch: pytest.MonkeyPatch, step: str, changed: Article
) -> None:
    store = open_store(folder)
    with monkeypatch.context() as broken:
        broken.setattr(step, crash)
        with pytest.raises(Crash):
            store.put([entry(changed)])
        store.close()
    written = [] if step == f"{CHROMA}.put" else [changed]
    expected = {article.id: article for article in (RIVER, BUDGET, *written)}
    with open_store(folder, create=False) as healed:
        assert healed.get_many([*expected, "bees"]) == expected
        assert healed.passages == sum(len(passages_of(a)) for a in expected.values())
        assert found(healed, "river bridge taxes honey") == set(expected)
        healed.put([entry(changed)])
        assert healed.get(changed.id) == changed


def test_a_half_written_article_is_gone_after_a_crash(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(folder)
    with monkeypatch.context() as broken:
        broken.setattr("vectorstore.chroma.ChromaPassages.put", put_one_passage_and_crash)
        with pytest.raises(Crash):
            store.put([entry(BEES)])
    store.close()
    with open_store(folder) as healed:
        assert [summary.id for summary in healed.articles()] == ["river", "budget"]
        healed.put([entry(BEES)])
        assert healed.get("bees") == BEES


def put_one_passage_and_crash(
    truth: ChromaPassages, entries: Sequence[Entry], vectors: FloatArray
) -> None:
    from vectorstore.chroma import _metadatas

    [(summary, passages)] = entries
    metadata = next(iter(_metadatas(summary, passages)))
    truth._collection.upsert([passages[0].id], vectors[:1], [metadata], [passages[0].text])
    raise Crash


def test_a_failed_change_heals_without_opening_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(folder) as store:
        with monkeypatch.context() as broken:
            broken.setattr("vectorstore.catalog.Catalog.change", crash)
            with pytest.raises(Crash):
                store.put([entry(SHORTER)])
        assert store.get("river") == SHORTER
        assert found(store, "bridge fell") == {"river", "budget"}


@pytest.mark.parametrize("name", ["catalog.sqlite", "vectors.f32", "signs.u64", "lexical-", ""])
@pytest.mark.parametrize("how", ["deleted", "overwritten"])
def test_a_damaged_index_is_made_again(folder: Path, name: str, how: str) -> None:
    for path in (folder / "index").glob(f"{name}*"):
        damage(path, how)
    with open_store(folder, create=False) as store:
        assert store.get_many(["river", "budget"]) == {"river": RIVER, "budget": BUDGET}
        assert found(store, "bridge") == {"river", "budget"}


def damage(path: Path, how: str) -> None:
    for file in [path, *path.rglob("*")]:
        if file.is_file():
            file.unlink() if how == "deleted" else file.write_bytes(b"?")


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


HOLD = """
import sys
from tests.store_tools import open_store
with open_store(sys.argv[1]) as store:
    print("open", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_told_who_holds_the_store(folder: Path) -> None:
    holder = python(HOLD, str(folder))
    try:
        assert holder.stdout
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(StoreLocked, match=rf"process {holder.pid}\b.*FOOTNOTE_STORE=http"):
            open_store(folder)
    finally:
        holder.kill()
        holder.communicate()
    with open_store(folder) as store:
        assert store.get("river") == RIVER


def test_one_process_cannot_open_a_store_twice(folder: Path) -> None:
    with open_store(folder), pytest.raises(StoreLocked, match=str(os.getpid())):
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


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Chroma server."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--port", str(port)]
    place = str(tmp_path_factory.mktemp("server"))
    process = subprocess.Popen([*command, "--path", place], stdout=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not start")


def test_two_that_share_a_server_see_each_others_changes(server: str, tmp_path: Path) -> None:
    with pytest.raises(StoreMissing, match="footnote add seeds/"):
        on_server(server, tmp_path, create=False)
    with on_server(server, tmp_path) as one, on_server(server, tmp_path) as two:
        one.put([entry(RIVER), entry(BUDGET)])
        assert two.get("river") == RIVER
        assert found(two, "river") == {"river", "budget"}
        two.put([entry(SHORTER)])
        two.remove(["budget"])
        assert one.get_many(["river", "budget"]) == {"river": SHORTER}
        assert found(one, "taxes fell") == {"river"}


def on_server(url: str, cache: Path, create: bool = True) -> ArticleStore:
    return ArticleStore.open(url, model="test", dimension=DIMENSION, create=create, cache=cache)


def test_a_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"http://127\.0\.0\.1:9'.*chroma run"):
        on_server("http://127.0.0.1:9", tmp_path)


def test_a_foreign_collection_is_left_alone(server: str, tmp_path: Path) -> None:
    import chromadb

    client = chromadb.HttpClient("127.0.0.1", int(server.rsplit(":", 1)[1]))
    if "footnote" in [collection.name for collection in client.list_collections()]:
        client.delete_collection("footnote")
    client.create_collection("footnote", embedding_function=None)
    ChromaPassages(client, server).close()
    with pytest.raises(StoreForeign, match="not Footnote's"):
        on_server(server, tmp_path)
