"""Logging in to the page: passwords, cookies, attempts, keys."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from gradio_client import Client  # type: ignore[import-untyped]
from typer.testing import CliRunner

from rag import Article, Chatbot, Settings
from rag.errors import SettingsError
from tests.test_endpoint_access import bearer, page
from ui.api.keys import KeyFile
from ui.cli.app import app
from ui.web.auth import Users, hashed
from ui.web.login import Sessions

FERRY = Article("ferry", "Ferry", "The ferry was steered by Oskar Venn.")
FORM = {"username": "ada", "password": "s3cret:word"}
BROWSER = {"Accept": "text/html"}
TLS = {"X-Forwarded-Proto": "https"}


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chatbot]:
    with Chatbot.open(tmp_path_factory.mktemp("login") / "store", Settings()) as bot:
        bot.add(FERRY)
        yield bot


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyFile:
    return KeyFile(tmp_path_factory.mktemp("keys") / "keys")


@pytest.fixture(scope="module")
def key(keys: KeyFile) -> str:
    return keys.add("program")


@pytest.fixture(scope="module")
def url(
    bot: Chatbot, keys: KeyFile, key: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    users = tmp_path_factory.mktemp("users") / "users"
    users.write_text(f"ada:{hashed('s3cret:word')}\nbob:plain\n")
    with page(bot, auth=str(users), keys=keys.path) as url:
        yield url


@pytest.fixture
def reader(url: str) -> Iterator[httpx.Client]:
    """A browser that has logged in."""
    with httpx.Client(base_url=url, timeout=60) as client:
        assert client.post("/login", data=FORM).status_code == 200
        client.get("/")
        yield client


def test_nothing_is_shown_to_who_has_not_logged_in(url: str) -> None:
    paths = (
        "",
        "config",
        "theme.css",
        "assets/x.js",
        "gradio_api/info",
        "gradio_api/mcp",
        "api/articles",
    )
    shown = {path: httpx.get(f"{url}/{path}").status_code for path in paths}
    assert set(shown.values()) == {401}
    assert httpx.post(f"{url}/gradio_api/run/articles", json={}).status_code == 401
    assert httpx.get(f"{url}/gradio_api/heartbeat/abc").status_code == 401


@pytest.mark.parametrize("form", [FORM, {"username": "bob", "password": "plain"}])
def test_a_password_lets_in_whether_it_was_kept_as_a_hash_or_not(
    url: str, form: dict[str, str]
) -> None:
    assert httpx.post(f"{url}/login", data=form).json() == {"success": True}


@pytest.mark.parametrize(
    "form",
    [
        {"username": "ada", "password": "wrong"},
        {"username": "ada", "password": ""},
        {"username": "eve", "password": "s3cret:word"},
        {},
    ],
)
def test_a_wrong_password_lets_nobody_in(url: str, form: dict[str, str]) -> None:
    reply = httpx.post(f"{url}/login", data=form, headers=BROWSER)
    assert (reply.status_code, "set-cookie" in reply.headers) == (401, False)
    assert "There is no such name with this password." in reply.text


def test_the_cookie_is_bound_to_the_server_and_to_tls(url: str) -> None:
    plain, secure = (httpx.post(f"{url}/login", data=FORM, headers=h) for h in ({}, TLS))
    flags = plain.headers["set-cookie"].split("; ")[1:]
    assert flags == ["Path=/", "Max-Age=1209600", "HttpOnly", "SameSite=Lax"]
    assert secure.headers["set-cookie"].endswith("; SameSite=Lax; Secure")


def test_a_browser_is_led_on_to_where_it_wanted_to_go(url: str) -> None:
    for goal, led in [("/article/a?b=c", "/article/a?b=c"), ("//evil.example", "/"), ("x", "/")]:
        form = {**FORM, "next": goal}
        reply = httpx.post(f"{url}/login", data=form, headers=BROWSER)
        assert (reply.status_code, reply.headers["location"]) == (303, led)


@pytest.fixture
def rare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two attempts a minute, so that a slow machine gives back none meanwhile."""
    monkeypatch.setattr("ui.web.login.ATTEMPTS", 2)


def test_attempts_are_slowed_for_a_name_from_wherever_they_come(url: str, rare: None) -> None:
    form = {"username": "eve", "password": "wrong"}
    tried = [tried_from(url, f"192.0.2.{n}", form) for n in range(3)]
    assert [reply.status_code for reply in tried] == [401, 401, 429]
    assert 0 < int(tried[-1].headers["Retry-After"]) <= 60
    other = {"username": "carl", "password": "wrong"}
    assert tried_from(url, "192.0.2.1", other).status_code == 401


def test_attempts_are_slowed_for_an_address_whatever_the_name(url: str, rare: None) -> None:
    tried = [tried_from(url, f"2001:db8::{n}", {"username": f"n{n}"}) for n in range(3)]
    assert [reply.status_code for reply in tried] == [401, 401, 429]
    assert tried_from(url, "192.0.2.99", FORM).status_code == 200


def test_who_logs_in_is_not_slowed(url: str, rare: None) -> None:
    replies = [tried_from(url, "192.0.2.77", FORM) for _ in range(4)]
    assert {reply.status_code for reply in replies} == {200}


def tried_from(url: str, address: str, form: dict[str, str]) -> httpx.Response:
    """An attempt that a proxy on this machine passes on."""
    return httpx.post(f"{url}/login", data=form, headers={"X-Forwarded-For": address})


def test_who_has_logged_in_asks(reader: httpx.Client) -> None:
    reply = reader.post("/gradio_api/run/articles", json={"data": []})
    assert [article["id"] for article in reply.json()["data"][0]] == ["ferry"]


def test_who_has_logged_out_asks_no_more(url: str, reader: httpx.Client) -> None:
    kept = dict(reader.cookies)
    assert reader.get("/logout").status_code == 200
    assert reader.get("/").status_code == 200
    reader.post("/logout")
    assert httpx.get(url, cookies=kept).status_code == 401


def test_the_client_of_python_logs_in(url: str) -> None:
    client = Client(url, auth=("ada", "s3cret:word"), verbose=False)
    assert [article["id"] for article in client.predict(api_name="/articles")] == ["ferry"]
    client.close()


def test_a_key_opens_the_documented_endpoints_and_not_the_page_s_own_events(
    url: str, key: str
) -> None:
    call = f"{url}/gradio_api/run/articles"
    assert httpx.post(call, json={"data": []}, headers=bearer("fn-wrong")).status_code == 401
    assert httpx.post(call, json={"data": []}, headers=bearer(key)).status_code == 200
    config = httpx.get(f"{url}/config", headers=bearer(key)).json()
    [removed] = [d["id"] for d in config["dependencies"] if d["api_name"] == "removed"]
    own = {"data": ["", ""], "fn_index": removed}
    with httpx.Client(base_url=url, headers=bearer(key)) as program:
        program.get("/")  # a page's cookie makes no reader of a program
        program.headers["Cookie"] = f"footnote-page-{program.base_url.port}={'a' * 22}"
        reply = program.post("/gradio_api/run/predict", json=own)
    assert reply.status_code == 403


def test_a_form_too_large_is_refused(url: str) -> None:
    assert httpx.post(f"{url}/login", content=b"x" * 10_001).status_code == 413


def test_a_session_ends_when_it_is_not_used() -> None:
    moments = iter([0.0, 13 * 86_400.0, 13 * 86_400.0, 28 * 86_400.0])
    sessions = Sessions(lambda: next(moments))
    secret = sessions.begin("ada")
    assert [sessions.user(secret), sessions.user(secret), sessions.user("none")] == [
        "ada",
        None,
        None,
    ]


def test_a_command_makes_a_line_for_the_file_of_users() -> None:
    made = CliRunner().invoke(app, ["password", "ada"], input="s3cret:word\ns3cret:word\n")
    line = made.stdout.strip()
    assert "s3cret" not in line
    users = Users([tuple(line.split(":", 1))])  # type: ignore[list-item]
    assert (users.know("ada", "s3cret:word"), users.know("ada", "s3cret")) == (True, False)


def test_a_damaged_hash_is_told_without_showing_it(tmp_path: Path) -> None:
    file = tmp_path / "users"
    file.write_text("ada:scrypt:abc:def\n")
    with pytest.raises(SettingsError, match="The hash of 'ada' is damaged") as caught:
        Users.load(str(file))
    assert "abc" not in str(caught.value)
