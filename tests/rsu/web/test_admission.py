"""Login over TLS, as browsers do it: certificate, cookie, roles, foreign pages, lock-out, audit log."""

from __future__ import annotations

import hashlib
import json
import ssl
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from rsu.access import passwords
from rsu.access.accounts import FOLDER, Accounts
from rsu.core import audit
from rsu.site.web import HttpsSettings, WebSettings
from rsu.web.process import serve
from tests.rsu.web.client import PASSWORD, PageClient
from tests.rsu.web.crossing import subject
from tests.rsu.web.serving import free_port, wait_for

pytest.importorskip("cryptography", reason="installed with the daemon")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def browser(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PageClient]:
    monkeypatch.setitem(passwords._COST, "n", 1 << 4)
    stop, port = threading.Event(), free_port()
    settings = WebSettings(port=free_port(), https=HttpsSettings(host="127.0.0.1", port=port, names=["crossing.local"]))
    thread = threading.Thread(target=serve, args=(settings, subject("Test crossing", data), tmp_path, stop))
    thread.start()
    wait_for(port)
    yield PageClient(port)
    stop.set()
    thread.join(5)
    assert not thread.is_alive()


def first_user(browser: PageClient, data: Path) -> None:
    code = Accounts(data).code()
    assert code is not None
    assert browser.log_in("anna", path="/api/setup", code=code).status == 200


def outcomes(data: Path) -> list[tuple[str, str, str]]:
    return [(entry.action, entry.about, entry.outcome) for entry in audit.entries(data / audit.FOLDER)]


def test_the_certificate_is_the_one_of_the_fingerprint(browser: PageClient, data: Path) -> None:
    shown = hashlib.sha256(
        ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", browser.port)))
    ).hexdigest()
    first_user(browser, data)
    reach = browser.ask("GET", "/api/reach").json()
    assert reach["fingerprint"].replace(":", "").lower() == shown
    assert reach["urls"] == [f"https://crossing.local:{browser.port}/"]
    assert reach["code"].startswith("data:image/svg+xml")
    assert (data / FOLDER / "key.pem").stat().st_mode & 0o777 == 0o600


def test_nothing_of_the_site_is_shown_without_a_session(browser: PageClient, data: Path) -> None:
    assert browser.ask("GET", "/api/session").json() == {"name": None, "setup": True}
    assert browser.ask("GET", "/login.html").status == 200
    page = browser.ask("GET", "/", Accept="text/html")
    assert (page.status, page.headers["Location"]) == (303, "/login.html")
    for path in ("/api/state", "/api/map", "/metrics", "/readyz", "/manual/en/index", "/api/audit"):
        assert browser.ask("GET", path).status == 401, path
    with pytest.raises(InvalidStatus) as refused, connect(f"wss://127.0.0.1:{browser.port}/live", ssl=browser.context):
        pass
    assert refused.value.response.status_code == 401
    first_user(browser, data)
    assert browser.ask("GET", "/api/state").json()["site"] == "Test crossing"
    cookies = {"Cookie": browser.cookie}
    with connect(f"wss://127.0.0.1:{browser.port}/live", ssl=browser.context, additional_headers=cookies) as live:
        assert json.loads(live.recv(timeout=3))["site"] == "Test crossing"
    assert browser.ask("POST", "/api/logout").status == 204
    assert browser.ask("GET", "/api/state").status == 401


def test_an_open_page_ends_with_its_session(browser: PageClient, data: Path) -> None:
    first_user(browser, data)
    cookies = {"Cookie": browser.cookie}
    with connect(f"wss://127.0.0.1:{browser.port}/live", ssl=browser.context, additional_headers=cookies) as live:
        live.recv(timeout=3)
        assert browser.ask("POST", "/api/logout").status == 204
        live.send("")
        with pytest.raises(ConnectionClosed):
            for _ in range(3):
                live.recv(timeout=3)
                live.send("")


def test_a_one_time_code_ends_the_sessions_of_that_name(browser: PageClient, data: Path) -> None:
    first_user(browser, data)
    other = PageClient(browser.port)
    assert other.log_in("anna", "another horse", path="/api/setup", code=Accounts(data).new_code()).status == 200
    assert (browser.ask("GET", "/api/state").status, other.ask("GET", "/api/state").status) == (401, 200)


def test_a_user_who_is_removed_while_another_is_made_stays_away(
    browser: PageClient, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first_user(browser, data)
    browser.ask("POST", "/api/users", {"name": "bo", "role": "view", "password": PASSWORD})
    hashed, begun = passwords.stored, threading.Event()

    def slowly(password: str) -> passwords.StoredPassword:
        begun.set()
        time.sleep(0.5)
        return hashed(password)

    monkeypatch.setattr(passwords, "stored", slowly)
    wanted = {"name": "cy", "role": "view", "password": PASSWORD}
    making = threading.Thread(target=browser.ask, args=("POST", "/api/users", wanted))
    making.start()
    assert begun.wait(3)
    browser.ask("POST", "/api/users", {"name": "bo"})
    making.join()
    assert set(Accounts(data).roles()) == {"anna", "cy"}


def test_the_cookie_is_for_this_page_alone(browser: PageClient, data: Path) -> None:
    code = Accounts(data).code()
    reply = browser.log_in("anna", path="/api/setup", code=str(code))
    flags = {part.strip().lower() for part in reply.headers["Set-Cookie"].split(";")[1:]}
    assert reply.headers["Set-Cookie"].startswith("__Host-rsu=")
    assert {"secure", "httponly", "samesite=strict", "path=/"} <= flags


def test_a_change_needs_the_pages_token_and_the_role(browser: PageClient, data: Path) -> None:
    first_user(browser, data)
    wanted = {"name": "bo", "role": "view", "password": PASSWORD}
    assert browser.ask("POST", "/api/users", wanted, **{"X-CSRF-Token": ""}).status == 403
    assert browser.ask("POST", "/api/users", wanted, Origin="https://evil.example").status == 403
    assert browser.ask("POST", "/api/users", wanted, Host="evil.example").status == 421
    assert browser.ask("POST", "/api/users", wanted | {"role": "king"}).status == 400
    assert browser.ask("POST", "/api/users", wanted, Host="crossing.local").json() == {
        "anna": "administer",
        "bo": "view",
    }
    viewer = PageClient(browser.port)
    assert viewer.log_in("bo").status == 200
    assert viewer.ask("GET", "/api/state").status == 200
    assert viewer.ask("POST", "/api/recorder", {"verb": "start"}).status == 403
    assert viewer.ask("POST", "/api/users", wanted | {"role": "administer"}).status == 403
    assert viewer.ask("GET", "/api/audit").status == 403
    assert browser.ask("POST", "/api/users", {"name": "bo"}).json() == {"anna": "administer"}
    assert viewer.ask("GET", "/api/state").status == 401  # its session went with the user
    assert browser.ask("POST", "/api/users", {"name": "anna"}).status == 409


def test_failures_lock_out_and_stand_in_the_audit_log(browser: PageClient, data: Path) -> None:
    first_user(browser, data)
    stranger = PageClient(browser.port)
    assert [stranger.log_in("anna", "guess").status for _ in range(6)] == [401] * 5 + [429]
    locked = stranger.log_in("anna")
    assert locked.status == 429 and 0 < int(locked.headers["Retry-After"]) <= 31
    refused = [("login", "anna", "refused")] * 4 + [("login", "anna", "locked out")]
    assert outcomes(data) == [("first user", "anna", "done"), *refused]
    shown = browser.ask("GET", "/api/audit").json()
    assert (shown["faults"], shown["entries"][0]["outcome"]) == ([], "locked out")
    assert shown["entries"][-1]["actor"] == "page: anna at 127.0.0.1"
    assert PASSWORD not in json.dumps(shown)


def test_loopback_without_login_stays_open(tmp_path: Path) -> None:
    client = plain(WebSettings(port=free_port()), tmp_path, "GET /api/session", "GET /api/state", "POST /api/users")
    assert [reply[0] for reply in client] == [200, 200, 400]  # no user is given
    assert client[0][1]["role"] == "administer" and not client[0][1]["login"]
    assert not (tmp_path / FOLDER).exists()  # neither certificate nor code is made


def test_loopback_asks_for_a_login_where_the_site_does(tmp_path: Path) -> None:
    client = plain(WebSettings(port=free_port(), login=True), tmp_path, "GET /api/session", "GET /api/state")
    assert client == [(200, {"name": None, "setup": True}), (401, {"text": "log in first", "text_zh": "请先登录"})]


def plain(settings: WebSettings, folder: Path, *asked: str) -> list[tuple[int, Any]]:
    """Serve a page on loopback, and return the answers to requests without cookies."""
    found, stop = [], threading.Event()
    thread = threading.Thread(target=serve, args=(settings, subject("Plain", folder), folder, stop))
    thread.start()
    wait_for(settings.port)
    for each in asked:
        connection = HTTPConnection("127.0.0.1", settings.port, timeout=5)
        method, path = each.split()
        connection.request(method, path)
        answer = connection.getresponse()
        text = answer.read().decode()
        found.append((answer.status, json.loads(text) if text.startswith("{") else text))
        connection.close()
    stop.set()
    thread.join(5)
    return found


def test_a_user_changes_the_own_password(browser: PageClient, data: Path) -> None:
    first_user(browser, data)
    browser.post("/api/users", {"name": "bo", "role": "view", "password": PASSWORD})
    bo, elsewhere = (PageClient(browser.port) for _ in range(2))
    assert bo.log_in("bo").status == elsewhere.log_in("bo").status == 200
    assert bo.post("/api/password", {"password": "not this one", "new": "battery staple"}).status == 401
    assert bo.post("/api/password", {"password": PASSWORD, "new": "short"}).status == 401
    changed = bo.post("/api/password", {"password": PASSWORD, "new": "battery staple"})
    assert changed.status == 200 and changed.headers["Set-Cookie"]
    assert elsewhere.get("/api/state").status == 401, "other sessions end"
    assert elsewhere.log_in("bo").status == 401 and elsewhere.log_in("bo", "battery staple").status == 200
    assert ("password", "bo", "done") in outcomes(data)
