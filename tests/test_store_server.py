"""A store on a real Chroma server: many writers and readers, kills, quotas, and no answer."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.request import Request, urlopen

import pytest

from benchmarks import chroma
from tests.store_tools import (
    BEES,
    BUDGET,
    DIMENSION,
    LONGER,
    RIVER,
    SHORTER,
    assert_sound,
    crashes,
    entry,
    found,
)
from vectorstore.errors import StoreError, StoreForeign, StoreMissing
from vectorstore.notes import Note
from vectorstore.records import Article
from vectorstore.server import disconnect
from vectorstore.store import ArticleStore


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Chroma server."""
    with chroma.server(tmp_path_factory.mktemp("server")) as url:
        yield url


def test_simultaneous_writers_miss_nothing(server: str, tmp_path: Path) -> None:
    articles = [replace(BEES, id=f"bees-{number}") for number in range(24)]
    with ExitStack() as open_stores, ThreadPoolExecutor(2) as threads:
        writers = [
            open_stores.enter_context(on_server(server, tmp_path / str(n), collection="writers"))
            for n in range(2)
        ]
        parts = [articles[:12], articles[12:]]
        list(threads.map(put_each, writers, parts))
        fresh = open_stores.enter_context(
            on_server(server, tmp_path / "fresh", collection="writers")
        )
        wanted = {article.id: article for article in articles}
        assert [store.get_many(wanted) for store in [*writers, fresh]] == [wanted] * 3


def put_each(store: ArticleStore, articles: list[Article]) -> None:
    for article in articles:
        store.put([entry(article)])


def test_writers_of_one_article_take_turns(server: str, tmp_path: Path) -> None:
    versions = [replace(RIVER, text=RIVER.text * size) for size in (1, 9, 2, 5)]
    with ExitStack() as open_stores, ThreadPoolExecutor(2) as threads:
        one, two = (
            open_stores.enter_context(on_server(server, tmp_path / str(n), collection="turns"))
            for n in range(2)
        )
        list(threads.map(put_each, [one, two], [versions, versions[::-1]]))
        assert one.get("river") == two.get("river")
        assert one.get("river") in versions
        assert one.passages == two.passages == one.articles()[0].passages


@pytest.mark.parametrize(
    ("changed", "after"),
    [(LONGER, False), (SHORTER, True), (None, False)],
)
def test_a_writer_that_crashes_at_any_step_is_mended_by_another(
    server: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    after: bool,
    changed: Article | None,
) -> None:
    monkeypatch.setattr("vectorstore.sync.LEASE", 0.05)
    with ExitStack() as open_stores:

        def opened(name: str) -> ArticleStore:
            place = tmp_path / name
            return open_stores.enter_context(on_server(server, place, collection="steps"))

        other, reader = opened("other"), opened("reader")
        other.put([entry(RIVER), entry(BUDGET)])
        for step in count():
            writer = opened(f"writer {step}")
            if not crashes(writer, monkeypatch, step, after, changed):
                break
            other.count()
            time.sleep(0.06)
            assert_sound(other, changed)
            assert_sound(reader, changed)
            other.put([entry(RIVER)])
        assert step > 6


def test_writers_and_readers_killed_at_random_lose_nothing(root: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.crashes", "--kills", "6"]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert ran.stdout.count("nothing lost") == 2, ran.stderr


class Quotas(BaseHTTPRequestHandler):
    """Passes requests on to a Chroma server, within the quotas of Chroma Cloud."""

    target = ""
    refused: list[str]

    def do_GET(self) -> None:
        self.pass_on()

    def do_POST(self) -> None:
        self.pass_on()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        asked = json.loads(body) if body else {}
        action = self.path.partition("?")[0].rsplit("/", 1)[1]
        if len(asked.get("ids") or ()) > 300 or asked.get("n_results", 0) > 300:
            self.refused.append(f"{action} of too many")
            return self.answer(400, b'{"error": "QuotaError", "message": "over the quota"}')
        if action == "get" and not asked.get("ids"):
            asked["limit"] = min(asked.get("limit") or 300, 300)
            body = json.dumps(asked).encode()
        path = self.path.removeprefix("/behind")
        request = Request(self.target + path, body or None, method=self.command)
        request.add_header("content-type", "application/json")
        try:
            with urlopen(request) as answer:
                return self.answer(answer.status, answer.read())
        except OSError as error:
            return self.answer(getattr(error, "code", 500), getattr(error, "read", bytes)())

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(body)


def test_the_quotas_of_chroma_cloud_are_kept(server: str, tmp_path: Path) -> None:
    Quotas.target, Quotas.refused = server, []
    long = replace(RIVER, id="long", text="x" * 700)
    others = [replace(BEES, id=f"bee {number}") for number in range(330)]
    with ThreadingHTTPServer(("127.0.0.1", 0), Quotas) as proxy:
        Thread(target=proxy.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{proxy.server_port}/behind"
        with on_server(url, tmp_path / "one", collection="quotas") as one:
            one.put([entry(long, 1), *(entry(article) for article in others)])
            one.put([entry(replace(long, text="y" * 650), 1)])
            assert found(one, "y") >= {"long"}
        with on_server(url, tmp_path / "two", collection="quotas") as two:
            assert two.count() == 331
            assert two.get("long") == replace(long, text="y" * 650)
            assert two.remove([article.id for article in others]) == 330
            assert two.passages == 650
        proxy.shutdown()
    assert Quotas.refused == []


def test_a_server_that_says_nothing_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vectorstore.server.TIME_LIMIT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(StoreError, match=r"timed out.*chroma run"):
            on_server(url, tmp_path)


def test_one_server_holds_several_stores(server: str, tmp_path: Path) -> None:
    with (
        on_server(server, tmp_path, collection="first") as first,
        on_server(server, tmp_path, collection="second") as second,
    ):
        first.put([entry(RIVER)])
        second.put([entry(BUDGET)])
        assert [a.id for a in first.articles()] == ["river"]
        assert [a.id for a in second.articles()] == ["budget"]


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


def test_two_that_share_a_server_see_one_history_and_one_group(server: str, tmp_path: Path) -> None:
    words = " ".join(f"w{number}" for number in range(80)) + "."
    first, copy = (Article(name, name, words) for name in ("first", "copy"))
    with (
        on_server(server, tmp_path / "1", collection="shared") as one,
        on_server(server, tmp_path / "2", collection="shared") as two,
    ):
        one.put([entry(first, 90)])
        two.put([entry(copy, 90), entry(RIVER)])
        one.put([entry(SHORTER)])
        for store in (one, two):
            assert {summary.id: summary.group for summary in store.articles()} == {
                "first": "copy",
                "copy": "copy",
                "river": None,
            }
            assert [version.article for version in store.history("river")] == [RIVER]
        two.remove(["copy", "river"])
        assert [(summary.id, summary.group) for summary in one.articles()] == [("first", None)]
        assert one.history("river") == []


def on_server(
    url: str, cache: Path, create: bool = True, collection: str = "footnote"
) -> ArticleStore:
    return ArticleStore.open(
        url,
        model="test",
        dimension=DIMENSION,
        create=create,
        cache=cache,
        collection=collection,
    )


def test_a_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"http://127\.0\.0\.1:9'.*chroma run"):
        on_server("http://127.0.0.1:9", tmp_path)


def test_a_foreign_collection_is_left_alone(server: str, tmp_path: Path) -> None:
    import chromadb

    client: Any = chromadb.HttpClient("127.0.0.1", int(server.rsplit(":", 1)[1]))
    if "footnote" in [collection.name for collection in client.list_collections()]:
        client.delete_collection("footnote")
    client.create_collection("footnote", embedding_function=None)
    disconnect(client)
    with pytest.raises(StoreForeign, match="not Footnote's"):
        on_server(server, tmp_path)


def test_notes_are_shared_by_all_who_share_a_store(server: str, tmp_path: Path) -> None:
    many: dict[str, Note] = {
        f"https://courier.example/{n}": {"mark": str(n), "failure": None} for n in range(700)
    }
    with (
        on_server(server, tmp_path, collection="noted") as one,
        on_server(server, tmp_path, collection="noted") as two,
    ):
        one.write_notes("page", many)
        one.write_notes("follow", {"a": {"title": "A"}, "b": {"title": "B"}})
        one.write_notes("follow", {"a": {"title": "Another"}})
        two.remove_notes("follow", ["b", "c"])
        assert one.notes("follow") == {"a": {"title": "Another"}}
        assert two.notes("page") == many
        assert two.notes("page", [*many, "nobody", *many]) == many
        assert two.notes("page", []) == {}
