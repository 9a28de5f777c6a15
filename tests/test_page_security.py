"""The page under attack: hosts, origins, names, files, headers and limits, by plain HTTP."""

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest

from rag import Article, Chatbot, Settings
from rag.errors import InputError, SettingsError
from tests.test_endpoint_access import page
from ui.serving import Serving
from ui.web.allowance import A_MINUTE, AT_ONCE, Allowance

FERRY = Article("ferry", "Ferry", "The ferry was steered by Oskar Venn.")
SECRET = "FOOTNOTE_SECRET=not-for-the-web"
EVIL = "http://evil.example"
PATHS = (
    "/",
    "/config",
    "/login",
    "/assets/none.js",
    "/v1/models",
    "/api/articles",
    "/gradio_api/info",
    "/gradio_api/heartbeat/abc",
    "/gradio_api/queue/data?session_hash=abc",
    "/gradio_api/file=/etc/passwd",
    "/nothing",
)
ACTS = (
    "/login",
    "/gradio_api/run/predict",
    "/gradio_api/call/ask",
    "/gradio_api/queue/join",
    "/gradio_api/upload",
    "/gradio_api/cancel",
    "/api/articles",
)


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chatbot]:
    folder = tmp_path_factory.mktemp("security")
    for name in (".env", "secret.txt"):
        (folder / name).write_text(SECRET)
    with Chatbot.open(folder / "store", Settings()) as bot:
        bot.add(FERRY)
        yield bot


@pytest.fixture(scope="module")
def url(bot: Chatbot) -> Iterator[str]:
    with page(bot) as url:
        yield url


@pytest.fixture
def browser(url: str) -> Iterator[httpx.Client]:
    """One that has loaded the page."""
    with httpx.Client(base_url=url, timeout=60) as client:
        client.get("/")
        yield client


@pytest.fixture(scope="module")
def events(url: str) -> dict[str, int]:
    """The number of every event of the page's own, by its name."""
    found = httpx.get(f"{url}/config").json()["dependencies"]
    return {d["api_name"]: d["id"] for d in found if d["api_visibility"] == "private"}


def statuses(url: str, paths: tuple[str, ...], method: str, **headers: str) -> set[int]:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return {httpx.request(method, url + path, headers=names).status_code for path in paths}


def error_of(reply: httpx.Response) -> str:
    return str(reply.json()["error"])


# --- Hosts ---


def test_nothing_is_answered_under_an_unknown_name(url: str) -> None:
    assert statuses(url, PATHS, "GET", host="evil.example") == {403}


def test_the_sentence_of_an_unknown_name_says_how_to_allow_it(url: str) -> None:
    reply = httpx.get(url, headers={"Host": "evil.example", "Accept": "text/html"})
    assert reply.text == "This is not 'evil.example'. Allow that name with: --allow-host NAME"


def test_no_socket_is_opened_under_an_unknown_name(url: str) -> None:
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    headers = {"Host": "evil.example", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", **upgrade}
    assert httpx.get(f"{url}/gradio_api/queue/data", headers=headers).status_code == 403


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "[::1]:7860"])
def test_this_machine_s_names_are_answered(url: str, host: str) -> None:
    assert httpx.get(url, headers={"Host": host}).status_code == 200


def test_a_name_that_was_allowed_is_answered_and_no_origin_is_named(bot: Chatbot) -> None:
    with page(bot, allowed=["News.example"]) as url:
        headers = {"Host": "news.example", "Origin": EVIL}
        shown = httpx.get(url, headers=headers)
        asked = {**headers, "Access-Control-Request-Method": "POST"}
        before = httpx.options(f"{url}/gradio_api/run/ask", headers=asked)
    assert (shown.status_code, before.status_code) == (200, 400)
    assert "access-control-allow-origin" not in {*shown.headers, *before.headers}


def test_a_name_that_only_a_header_claims_is_not_believed(url: str) -> None:
    claimed = {"X-Forwarded-Host": "evil.example", "X-Gradio-Server": EVIL}
    assert "evil.example" not in httpx.get(url, headers=claimed).text


# --- Origins ---


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": EVIL},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
    ],
)
def test_pages_of_other_sites_do_nothing(url: str, headers: dict[str, str]) -> None:
    assert statuses(url, ACTS, "POST", **headers) == {403}


def test_a_removal_from_elsewhere_is_not_carried_out(
    browser: httpx.Client, events: dict[str, int], bot: Chatbot
) -> None:
    call = {"data": ["", "Newest first"], "event_data": {"article": "ferry"}}
    call["fn_index"] = events["removed"]  # type: ignore[assignment]
    reply = browser.post("/gradio_api/run/predict", json=call, headers={"Origin": EVIL})
    assert (reply.status_code, [one.id for one in bot.articles()]) == (403, ["ferry"])


def test_a_link_from_elsewhere_leads_to_the_page_and_nothing_else_does(url: str) -> None:
    link = {"sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}
    image = {"sec_fetch_mode": "no-cors", "sec_fetch_dest": "image"}
    frame = {"sec_fetch_mode": "navigate", "sec_fetch_dest": "iframe"}
    found = [
        statuses(url, ("/",), "GET", sec_fetch_site="cross-site", **how)
        for how in (link, image, frame)
    ]
    assert found == [{200}, {403}, {403}]


# --- Names ---


@pytest.mark.parametrize("way", ["run", "api", "call"])
def test_no_event_of_the_page_s_own_has_a_name(
    browser: httpx.Client, events: dict[str, int], way: str
) -> None:
    assert {"removed", "pasted", "arrived", "judge", "export"} <= set(events)
    replies = [browser.post(f"/gradio_api/{way}/{name}", json={"data": []}) for name in events]
    assert {reply.status_code for reply in replies} == {404}
    assert error_of(replies[0]).endswith("There are: /ask, /articles.")


def test_no_event_of_the_page_s_own_is_called_by_number_from_outside(
    url: str, events: dict[str, int]
) -> None:
    calls = [{"data": [], "fn_index": n, "session_hash": "abc"} for n in events.values()]
    ways = ("run/predict", "queue/join")
    replies = [httpx.post(f"{url}/gradio_api/{way}", json=c) for way in ways for c in calls]
    # Some have no function: nothing of theirs is done here.
    assert {reply.status_code for reply in replies} <= {403, 404}
    refused = [error_of(reply) for reply in replies if reply.status_code == 403]
    assert set(refused) == {"Only the page itself may ask for this. Load it again."}


def test_a_number_is_not_called_under_another_name(
    browser: httpx.Client, events: dict[str, int]
) -> None:
    call = {"data": ["", "Newest first"], "fn_index": events["removed"]}
    assert browser.post("/gradio_api/run/ask", json=call).status_code == 404


def test_the_documented_endpoints_are_called_by_name(url: str) -> None:
    asked = {"data": ["Who steered the ferry?", "", ""]}
    reply = httpx.post(f"{url}/gradio_api/run/ask", json=asked, timeout=60)
    [answer] = reply.json()["data"]
    assert answer["citations"][0]["article"]["id"] == "ferry"
    event = httpx.post(f"{url}/gradio_api/call/articles", json={"data": []}).json()["event_id"]
    stream = httpx.get(f"{url}/gradio_api/call/articles/{event}", timeout=60).text
    assert stream.startswith("event: complete\n")


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"", 422, 'A call is a JSON object such as {"data": ["..."]}.'),
        (b"[1]", 422, 'A call is a JSON object such as {"data": ["..."]}.'),
        (b"[" * 100_000, 422, 'A call is a JSON object such as {"data": ["..."]}.'),
        (b"{}", 422, "'ask' takes a list `data` of 3 values: question, as_of, source."),
        (b'{"data": 5}', 422, "'ask' takes a list `data` of 3 values: question, as_of, source."),
        (b'{"data": []}', 422, "'ask' takes a list `data` of 3 values: question, as_of, source."),
        (b'{"data": [null, "", ""]}', 500, "There is no text. Write some."),
        (b'{"data": [" ", null, null]}', 500, "There is no text. Write some."),
        (b'{"data": ["Who?", 5, ""]}', 500, "as_of is 5; write a date such as 2025-08-14."),
    ],
)
def test_wrong_input_gets_a_sentence(url: str, body: bytes, status: int, said: str) -> None:
    headers = {"Content-Type": "application/json"}
    reply = httpx.post(f"{url}/gradio_api/run/ask", content=body, headers=headers)
    assert (reply.status_code, error_of(reply)) == (status, said)


def test_wrong_input_of_the_page_s_own_events_shows_nothing_of_python(
    browser: httpx.Client, events: dict[str, int]
) -> None:
    call = {"data": ["", "newest", None], "event_data": None, "fn_index": events["removed"]}
    reply = browser.post("/gradio_api/run/predict", json=call)
    assert error_of(reply) == "That could not be done with what was sent."


def test_wrong_input_in_the_line_shows_nothing_of_python(
    browser: httpx.Client, events: dict[str, int]
) -> None:
    call = {"data": [None, None], "fn_index": events["export"], "session_hash": "wrong"}
    assert browser.post("/gradio_api/queue/join", json=call).status_code == 200
    [message] = messages(browser, "wrong")
    assert message["output"] == {"error": "That could not be done with what was sent."}


def messages(client: httpx.Client, session: str) -> list[dict[str, Any]]:
    """The final messages of a session's events."""
    stream = client.get(f"/gradio_api/queue/data?session_hash={session}").text
    sent = [json.loads(line[5:]) for line in stream.splitlines() if line.startswith("data:")]
    return [message for message in sent if message["msg"] == "process_completed"]


# --- Files ---


def targets(bot: Chatbot) -> list[str]:
    store = Path(bot.settings.store)
    beside = [store.with_name(name) for name in ("secret.txt", ".env")]
    return [str(file) for file in (*beside, *store.rglob("*.sqlite3")) if file.is_file()]


def raw_get(url: str, path: str) -> tuple[int, bytes]:
    """What comes for a path just as it is written."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    connection.request("GET", path)
    reply = connection.getresponse()
    found = reply.status, reply.read()
    connection.close()
    return found


@pytest.mark.parametrize(
    "way",
    [
        "/gradio_api/file={}",
        "/gradio_api/file/{}",
        "/file={}",
        "/file/{}",
        "/gradio_api/file=file://{}",
        "/gradio_api/proxy=http://127.0.0.1{}",
        "/gradio_api/file=http://127.0.0.1{}",
        "/static/../../../../../../../../..{}",
        "/assets/..%2f..%2f..%2f..%2f..%2f..%2f..%2f..%2f..{}",
        "/assets/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e{}",
        "/static/{}",
        "/svelte/../../../../../../../../..{}",
        "/gradio_api/custom_component/x/client/component/..%2f..%2f..{}",
        "/gradio_api/stream/a/b/1/playlist.m3u8?path={}",
        "/gradio_api/deep_link?session_hash={}",
        "/?deep_link=..%2f..{}",
        "//{}",
    ],
)
def test_no_file_comes_by_any_way(url: str, bot: Chatbot, way: str) -> None:
    for target in targets(bot):
        for written in (target, quote(target), quote(target, safe="")):
            status, body = raw_get(url, way.format(written))
            assert SECRET.encode() not in body
            assert status in ({200} if way.startswith("/?") else {400, 403, 404, 405})


def test_what_gradio_has_and_the_page_needs_not_is_not_there(browser: httpx.Client) -> None:
    gets = ("monitoring", "gradio_api/runs", "gradio_api/token", "gradio_api/dev/reload", "docs/x")
    posts = ("component_server", "process_recording", "vibe-edit", "stream/abc", "deep_link")
    found = [browser.get(f"/{path}").status_code for path in gets]
    found += [browser.post(f"/gradio_api/{path}", json={}).status_code for path in posts]
    assert set(found) == {404}


def test_an_upload_is_the_page_s_alone_and_comes_back_to_no_one(
    url: str, browser: httpx.Client
) -> None:
    files = {"files": ("mine.txt", b"mine alone")}
    assert httpx.post(f"{url}/gradio_api/upload", files=files).status_code == 403
    [path] = browser.post("/gradio_api/upload", files=files).json()
    assert browser.get(f"/gradio_api/file={path}").status_code == 404


def test_a_file_of_this_machine_is_not_taken_for_an_upload(
    browser: httpx.Client, events: dict[str, int], bot: Chatbot, root: Path
) -> None:
    for path in (targets(bot)[0], str(root / "README.md"), "http://127.0.0.1:9/x.txt"):
        files = [{"path": path, "name": "x.txt"}]
        call = {"data": ["a", files], "fn_index": events["arrived"], "session_hash": "files"}
        assert browser.post("/gradio_api/queue/join", json=call).status_code == 200
        assert [message["success"] for message in messages(browser, "files")] == [False]
    assert [one.id for one in bot.articles()] == ["ferry"]


# --- Headers ---


def test_every_answer_says_what_a_browser_may_not_do_with_it(url: str) -> None:
    for path in ("/", "/theme.css", "/nothing", "/v1/models", "/docs"):
        headers = httpx.get(url + path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_the_page_runs_no_script_but_its_own(url: str) -> None:
    first, second = (httpx.get(url).headers["content-security-policy"] for _ in "ab")
    [scripts] = [part for part in first.split("; ") if part.startswith("script-src")]
    assert "unsafe-inline" not in scripts
    assert first != second


def test_the_page_s_cookie_is_out_of_scripts_reach(url: str) -> None:
    _, *attributes = httpx.get(url).headers["set-cookie"].split("; ")
    assert attributes == ["Path=/", "HttpOnly", "SameSite=Lax"]


# --- Limits ---


class Asking:
    """A request of a reader."""

    def __init__(self, reader: str = "one", address: str = "192.0.2.1") -> None:
        self.scope = {"footnote.reader": reader, "client": (address, 1)}


def test_a_question_too_long_is_refused_with_a_sentence(url: str) -> None:
    call = {"data": ["why " * 250_000, "", ""]}
    reply = httpx.post(f"{url}/gradio_api/run/ask", json=call)
    assert error_of(reply) == "That has 1,000,000 characters; send at most 8,000."


def test_a_call_too_large_is_refused(browser: httpx.Client) -> None:
    reply = browser.post("/gradio_api/queue/join", content=b"x" * 16_000_001)
    assert reply.status_code == 413


def test_one_reader_asks_so_many_questions_at_a_time_and_others_go_on() -> None:
    allowance, begun = Allowance(), []
    for _ in range(AT_ONCE):
        begun.append(allowance.question(Asking(), "Why?"))  # type: ignore[arg-type]
        begun[-1].__enter__()
    with pytest.raises(InputError, match="3 questions of yours are being answered"):
        allowance.question(Asking(), "Why?").__enter__()  # type: ignore[arg-type]
    with allowance.question(Asking("other"), "Why?"):  # type: ignore[arg-type]
        pass
    begun[0].__exit__(None, None, None)
    with allowance.question(Asking(), "Why?"):  # type: ignore[arg-type]
        pass


def test_one_reader_asks_so_many_questions_a_minute() -> None:
    allowance = Allowance()
    for _ in range(A_MINUTE):
        with allowance.question(Asking(), "Why?"):  # type: ignore[arg-type]
            pass
    with pytest.raises(InputError, match=r"Ask again in \d s"):
        allowance.question(Asking(), "Why?").__enter__()  # type: ignore[arg-type]


# --- Where it listens ---


async def nothing(*_: Any) -> None:
    """An application."""


@pytest.mark.parametrize(
    "host",
    ["192.0.2.1", "no.such.name.invalid"],
)
def test_an_address_that_is_none_is_told_as_such(host: str) -> None:
    with pytest.raises(SettingsError, match=f"This machine has no address '{host}'"):
        Serving(nothing, host)


def test_a_port_that_is_taken_is_told_as_such(url: str) -> None:
    with pytest.raises(SettingsError, match="is taken; choose another with --port"):
        Serving(nothing, "127.0.0.1", urlsplit(url).port or 0)
