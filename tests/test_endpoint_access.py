"""Who may use the endpoint: keys, hosts, origins, limits; and what is logged."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from rag import Article, Chatbot, Settings
from rag.errors import InputError, SettingsError
from ui.api.app import Access
from ui.api.keys import KeyFile
from ui.api.limits import RateLimit
from ui.api.server import Served, serve
from ui.cli.app import app
from ui.web.app import launch

ARTICLE = {"id": "ferry", "title": "Ferry", "text": "The ferry was steered by Oskar Venn."}
QUESTION = {"question": "Who steered the ferry?"}


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chatbot]:
    with Chatbot.open(tmp_path_factory.mktemp("access") / "store", Settings()) as bot:
        bot.add(Article(**ARTICLE))
        yield bot


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyFile:
    return KeyFile(tmp_path_factory.mktemp("keys") / "keys")


@pytest.fixture(scope="module")
def secrets(keys: KeyFile) -> dict[str, str]:
    return {
        "reader": keys.add("reader"),
        "writer": keys.add("writer", "write"),
        "rare": keys.add("rare", rate=1),
    }


@pytest.fixture(scope="module")
def locked(bot: Chatbot, keys: KeyFile, secrets: dict[str, str]) -> Iterator[str]:
    with Served(bot, Access(keys=keys)) as served:
        yield served.url


@pytest.fixture(scope="module")
def free(bot: Chatbot) -> Iterator[str]:
    with Served(bot, Access()) as served:
        yield served.url


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def test_a_key_is_kept_as_a_hash_that_others_cannot_read(
    keys: KeyFile, secrets: dict[str, str]
) -> None:
    written = keys.path.read_text(encoding="utf-8")
    assert [secret for secret in secrets.values() if secret in written] == []
    assert keys.path.stat().st_mode & 0o077 == 0


def test_a_removed_key_opens_nothing(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "keys")
    kept, lost = file.add("kept"), file.add("lost")
    file.remove("lost")
    holder = file.holder(kept)
    assert (holder and holder.name, file.holder(lost)) == ("kept", None)


def test_the_file_of_keys_is_a_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "footnote.toml").write_text('api_keys = "secret/keys"', encoding="utf-8")
    made = CliRunner().invoke(app, ["key", "add", "newsroom", "--write"])
    [key] = KeyFile(tmp_path / "secret" / "keys").read()
    assert (key.name, key.access) == ("newsroom", "write")
    assert KeyFile(tmp_path / "secret" / "keys").holder(made.stdout.split()[0]) == key


@pytest.mark.parametrize("name", ["", "two words", "a\nb"])
def test_a_name_that_would_break_the_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="no name for a key"):
        KeyFile(tmp_path / "keys").add(name)


@pytest.mark.parametrize(
    ("who", "method", "path", "status"),
    [
        (None, "GET", "/api/articles", 401),
        (None, "GET", "/v1/models", 401),
        (None, "GET", "/metrics", 401),
        (None, "GET", "/healthz", 200),
        ("reader", "GET", "/api/articles", 200),
        ("reader", "POST", "/api/articles", 403),
        ("reader", "DELETE", "/api/articles/ferry", 403),
        ("writer", "POST", "/api/articles", 200),
    ],
)
def test_a_key_opens_what_it_is_for(
    locked: str, secrets: dict[str, str], who: str | None, method: str, path: str, status: int
) -> None:
    headers = bearer(secrets[who]) if who else {}
    body = ARTICLE if method == "POST" else None
    assert httpx.request(method, locked + path, headers=headers, json=body).status_code == status


def test_a_key_used_too_often_is_told_when_to_come_again(
    locked: str, secrets: dict[str, str]
) -> None:
    replies = [httpx.get(f"{locked}/v1/models", headers=bearer(secrets["rare"])) for _ in "ab"]
    assert [reply.status_code for reply in replies] == [200, 429]
    assert 0 < int(replies[1].headers["Retry-After"]) <= 60


def test_a_rate_comes_back_with_time() -> None:
    moments = iter([0.0, 0.0, 0.0, 30.0])
    limit = RateLimit(lambda: next(moments))
    assert [limit.wait("one", 2) for _ in range(4)] == [0.0, 0.0, 30.0, 0.0]


@pytest.mark.parametrize(
    ("host", "status"),
    [("evil.example", 403), ("localhost", 200), ("127.0.0.1:1", 200), ("[::1]:80", 200)],
)
def test_only_known_hosts_are_answered(free: str, host: str, status: int) -> None:
    assert httpx.get(f"{free}/api/articles", headers={"Host": host}).status_code == status


def test_a_name_that_was_allowed_is_known(
    bot: Chatbot, keys: KeyFile, secrets: dict[str, str]
) -> None:
    with Served(bot, Access(allowed=["News.example"], keys=keys)) as served:
        headers = {"Host": "news.example", **bearer(secrets["reader"])}
        assert httpx.get(f"{served.url}/v1/models", headers=headers).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
def test_pages_of_other_sites_change_nothing(free: str, origin: str) -> None:
    headers = {"Origin": origin}
    assert httpx.delete(f"{free}/api/articles/ferry", headers=headers).status_code == 403
    assert httpx.get(f"{free}/api/articles/ferry").status_code == 200


def test_a_page_of_its_own_may_ask(free: str) -> None:
    reply = httpx.post(f"{free}/api/retrieve", json=QUESTION, headers={"Origin": free}, timeout=60)
    assert reply.status_code == 200


def test_a_body_too_large_is_refused_however_it_is_sent(free: str) -> None:
    large = b'{"question": "' + b"x" * 1_000_000 + b'"}'
    pieces = (large[i : i + 65_536] for i in range(0, len(large), 65_536))
    kind = {"Content-Type": "application/json"}
    assert httpx.post(f"{free}/api/ask", content=large, headers=kind).status_code == 413
    assert httpx.post(f"{free}/api/ask", content=pieces, headers=kind).status_code == 413


def test_other_machines_are_not_served_without_keys(bot: Chatbot) -> None:
    with pytest.raises(SettingsError, match="footnote key add"):
        serve(bot, Access("0.0.0.0"))


@pytest.mark.parametrize("logged", [False, True])
def test_questions_are_logged_only_when_asked_for(
    bot: Chatbot, caplog: pytest.LogCaptureFixture, logged: bool
) -> None:
    caplog.set_level(logging.INFO, "footnote.requests")
    with Served(bot, Access(), log_questions=logged) as served:
        httpx.post(f"{served.url}/api/retrieve", json=QUESTION, timeout=60)
    ours = [r for r in caplog.records if r.name == "footnote.requests"]
    [line] = [record.getMessage() for record in ours]
    assert line.startswith("- POST /api/retrieve 200 ")
    assert ("Who steered the ferry?" in line) is logged


@contextmanager
def page(bot: Chatbot, **options: Any) -> Iterator[str]:
    """The address of a page over the bot."""
    # Gradio makes event loops that it leaves open, unless there is one.
    served = asyncio.run(launched(bot, **options))
    try:
        yield served.local_url.rstrip("/")
    finally:
        served.close()


async def launched(bot: Chatbot, **options: Any) -> Any:
    return launch(bot, **options)


def test_the_page_s_port_has_the_endpoint(bot: Chatbot) -> None:
    with page(bot) as url:
        [model] = httpx.get(f"{url}/v1/models").json()["data"]
        shown = httpx.get(url).text
    assert model["id"] == "footnote"
    assert "</html>" in shown


def test_a_page_with_a_password_has_an_endpoint_with_keys(bot: Chatbot) -> None:
    with page(bot, auth="ada:secret") as url:
        assert httpx.get(f"{url}/api/articles").status_code == 401
