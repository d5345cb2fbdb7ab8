"""Users, passwords, one-time code, sessions and lock-out, with times of the test."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import cv2
import numpy as np
import pytest

from rsu.access import lockout, passwords, sessions
from rsu.access.accounts import AccountError, Accounts
from rsu.access.lockout import LockOut
from rsu.access.reach import Reach
from rsu.access.roles import Role, needed
from rsu.access.sessions import Sessions

GOOD = "correct horse"
FROM = [("address", "10.0.0.7"), ("user", "anna")]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(passwords._COST, "n", 1 << 4)


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    made = Accounts(tmp_path)
    made.set_up(made.new_code(), "root", GOOD)
    return made


def test_the_first_user_comes_by_the_code_alone(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path)
    assert (accounts.code(), accounts.roles()) == (None, {})
    with pytest.raises(AccountError, match="not valid"):
        accounts.set_up("", "anna", GOOD)
    code = accounts.new_code()
    with pytest.raises(AccountError, match="not valid"):
        accounts.set_up("AAAA-BBBB-CCCC", "anna", GOOD)
    accounts.set_up(f" {code.lower()} ", "anna", GOOD)
    assert accounts.roles() == {"anna": Role.ADMINISTER}
    with pytest.raises(AccountError, match="not valid"):
        accounts.set_up(code, "eve", GOOD)


def test_files_with_secrets_are_the_owners_alone(accounts: Accounts, tmp_path: Path) -> None:
    accounts.new_code()
    assert [stat.S_IMODE((tmp_path / "page" / name).stat().st_mode) for name in ("accounts.json", "code")] == [
        0o600
    ] * 2
    assert GOOD not in (tmp_path / "page" / "accounts.json").read_text()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_code_made_by_root_belongs_to_the_daemons_user(tmp_path: Path) -> None:
    os.chown(tmp_path, 12345, 12345)
    Accounts(tmp_path).new_code()
    assert {path.stat().st_uid for path in (tmp_path / "page", tmp_path / "page" / "code")} == {12345}


def test_the_qr_code_holds_address_and_fingerprint() -> None:
    way = Reach(["https://192.168.1.5:18443/"], ":".join(["AB"] * 32))
    image = np.pad(np.array([list(row) for row in way.code.matrix], np.uint8), 4)
    picture = np.kron(np.where(image, 0, 255).astype(np.uint8), np.ones((8, 8), np.uint8)).astype(np.uint8)
    assert cv2.QRCodeDetector().detectAndDecode(picture)[0] == f"https://192.168.1.5:18443/#{way.fingerprint}"


def test_a_password_is_checked(accounts: Accounts) -> None:
    accounts.put("anna", Role.TUNE, "another horse")
    assert accounts.check("anna", "another horse") is Role.TUNE
    assert accounts.check("anna", GOOD) is None
    assert accounts.check("nobody", GOOD) is None
    accounts.put("anna", Role.VIEW, None)
    assert accounts.check("anna", "another horse") is Role.VIEW


@pytest.mark.parametrize(
    ("name", "password", "problem"),
    [
        ("anna", "short", "characters or more"),
        ("Anna!", GOOD, "a name has"),
        ("", GOOD, "a name has"),
        ("new", None, "no user"),
    ],
)
def test_a_user_that_cannot_be_is_refused(accounts: Accounts, name: str, password: str | None, problem: str) -> None:
    with pytest.raises(AccountError, match=problem):
        accounts.put(name, Role.VIEW, password)
    assert accounts.roles() == {"root": Role.ADMINISTER}


def test_the_last_administrator_stays(accounts: Accounts) -> None:
    accounts.put("anna", Role.TUNE, GOOD)
    with pytest.raises(AccountError, match="last administrator"):
        accounts.remove("root")
    with pytest.raises(AccountError, match="last administrator"):
        accounts.put("root", Role.VIEW, None)
    accounts.remove("anna")
    assert accounts.roles() == {"root": Role.ADMINISTER}


def test_a_session_ends_when_it_is_idle_or_long() -> None:
    kept = Sessions()
    token = kept.begin("anna", Role.VIEW, 0.0)
    assert kept.find("another", 1.0) is None
    found = kept.find(token, sessions.IDLE_S - 1)
    assert found and found.name == "anna" and found.permits(found.csrf) and not found.permits("")
    assert kept.find(token, 2 * sessions.IDLE_S - 2)
    assert kept.find(token, 3 * sessions.IDLE_S) is None
    token, now_s = kept.begin("anna", Role.VIEW, 0.0), 0.0
    while kept.find(token, now_s):
        now_s += 600.0
    assert now_s == sessions.LONGEST_S


def test_sessions_end_by_logout_by_user_and_by_number() -> None:
    kept = Sessions()
    one, two, other = (
        kept.begin("anna", Role.VIEW, 0.0),
        kept.begin("anna", Role.VIEW, 1.0),
        kept.begin("bo", Role.VIEW, 2.0),
    )
    kept.end(one)
    assert [kept.find(each, 3.0) is not None for each in (one, two, other)] == [False, True, True]
    kept.end_all("anna")
    assert [kept.find(each, 3.0) is not None for each in (two, other)] == [False, True]
    for _ in range(sessions._MOST):
        kept.begin("bot", Role.VIEW, 4.0)
    assert kept.find(other, 5.0) is None


def test_a_session_that_an_open_connection_holds_ends_too() -> None:
    kept = Sessions()
    tokens = [kept.begin(name, Role.VIEW, float(at)) for at, name in enumerate(("anna", "bo", "cy"))]
    held = [found for token in tokens if (found := kept.find(token, 3.0))]
    kept.end(tokens[0])
    kept.end_all("bo")
    assert [each.valid(3.0) for each in held] == [False, False, True]
    for _ in range(sessions._MOST):
        kept.begin("bot", Role.VIEW, 4.0)
    assert not held[2].valid(4.0)


def test_failures_of_an_address_make_it_wait_longer_each_time() -> None:
    kept = LockOut()
    assert [kept.failed(FROM, 0.0) for _ in range(5)] == [False] * 4 + [True]
    assert kept.wait_s(FROM, 1.0) == lockout.FIRST_WAIT_S - 1
    assert kept.wait_s([("address", "10.0.0.8"), FROM[1]], 1.0) == 0.0  # the user at another place
    kept.failed(FROM, 31.0)
    assert kept.wait_s(FROM, 31.0) == 2 * lockout.FIRST_WAIT_S
    kept.succeeded(FROM)
    assert kept.wait_s(FROM, 31.0) == 0.0


def test_failures_against_a_user_from_many_addresses_lock_the_user() -> None:
    kept = LockOut()
    for number in range(lockout.FREE["user"]):
        kept.failed([("address", f"10.0.0.{number}"), FROM[1]], 0.0)
    assert kept.wait_s([FROM[1]], 0.0) == lockout.FIRST_WAIT_S
    for number in range(2 * lockout._MOST):
        kept.failed([("address", str(number))], 0.0)
    assert len(kept._failures) == lockout._MOST


@pytest.mark.parametrize(
    ("method", "path", "role"),
    [
        ("GET", "/style.css", None),
        ("GET", "/login.html", None),
        ("POST", "/api/login", None),
        ("GET", "/", Role.VIEW),
        ("GET", "/api/state", Role.VIEW),
        ("GET", "/metrics", Role.VIEW),
        ("POST", "/api/recorder", Role.TUNE),
        ("POST", "/style.css", Role.ADMINISTER),
        ("GET", "/api/users", Role.ADMINISTER),
        ("DELETE", "/api/of-tomorrow", Role.ADMINISTER),
    ],
)
def test_the_role_that_a_request_needs(method: str, path: str, role: Role | None) -> None:
    assert needed(method, path) is role
