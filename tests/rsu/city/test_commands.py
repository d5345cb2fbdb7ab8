"""The command console: journalled, signed so that a real box obeys, followed to the answer; behind a login."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from rsu.city import command_pages
from rsu.city.commands import CommandDesk
from rsu.city.door import CityDoor, Guarded
from rsu.city.live import LiveView
from rsu.city.signing import CityKey
from rsu.core import audit
from rsu.downlink.delivery import Delivery
from rsu.downlink.judge import CommandJudge, JudgeTime
from rsu.site.commands import CommandSettings
from tests.rsu.city.paged import Browser, browsing
from tests.rsu.downlink.office import NOW_NS, Office

NOW_MS = NOW_NS // 1_000_000


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[CommandDesk]:
    made = CommandDesk(tmp_path / "commands.db", CityKey(tmp_path))
    yield made
    made.close()


class Box(Office):
    """A box that obeys the city whose key it was given."""

    def __init__(self, data: Path, public: str) -> None:
        data.mkdir()
        super().__init__(data)
        rights = ("query", "config", "switches", "event")
        settings = CommandSettings.model_validate(
            {"issuers": {"city": public}, "allow": {name: ["city"] for name in rights}}
        )
        self.clerk._judge = CommandJudge(settings, frozenset({"box"}), self.clerk._judge._at)

    def obey(self, desk: CommandDesk) -> list[str]:
        """Take the commands that the city gives; return their states."""
        states = []
        for each in desk.waiting(NOW_MS):
            desk.sent(each.id)
            command = each.topic.split("/")[2]
            delivery = Delivery(
                each.topic, command, each.body, NOW_NS, 1, False, each.expiry_s, "", each.correlation, each.signature
            )
            entry = self.clerk.take(delivery, f"{each.topic}/ack", JudgeTime(NOW_NS))
            self.follow(entry.revision)
            states.append(self.clerk.journal.entry(entry.id).state)
        for due in self.clerk.journal.unanswered():
            answer = self.clerk.answer(due, NOW_NS, self.facts())
            assert desk.answered(answer.topic, answer.body, answer.correlation, NOW_MS + 100)
            self.clerk.journal.answered(due.id)
        return states


def states(desk: CommandDesk) -> list[str]:
    return [row["state"] for row in desk.rows()[::-1]]


def test_a_box_obeys_the_city_and_the_console_has_every_state(desk: CommandDesk, tmp_path: Path) -> None:
    box = Box(tmp_path / "box", CityKey(tmp_path).public)
    switch = {"airConfig": {"rsm": {"send": False}}}
    given: list[tuple[str, dict[str, Any]]] = [
        ("query", {"InfoId": 0}),
        ("config", switch),
        ("om-config", {"hbRate": 5}),
    ]
    for command, content in given:
        desk.give("box", command, content, "anna", NOW_MS, 60)
    assert states(desk) == ["given"] * 3
    assert box.obey(desk) == ["applied", "applied", "refused"]
    rows = desk.rows("box")
    assert [row["state"] for row in rows] == ["refused", "applied", "applied"]
    assert rows[0]["why"] == "the site file does not allow om-config to city"
    assert rows[1]["answer"]["airConfig"]["rsm"]["send"] is False and rows[1]["user"] == "anna"
    assert box.obey(desk) == [] and desk.rows("other") == []
    box.clerk.close()


def test_a_command_that_is_lost_on_the_way_comes_again_and_is_obeyed_once(desk: CommandDesk, tmp_path: Path) -> None:
    box = Box(tmp_path / "box", CityKey(tmp_path).public)
    desk.give("box", "config", {"airConfig": {"rsm": {"send": False}}}, "anna", NOW_MS, 60)
    first = desk.waiting(NOW_MS)
    desk.close()
    again = CommandDesk(tmp_path / "commands.db", CityKey(tmp_path))  # as after a kill
    assert [(each.id, each.body) for each in again.waiting(NOW_MS)] == [(each.id, each.body) for each in first]
    assert box.obey(again) == ["applied"] and box.clerk.orders().revision == 1
    again.close()
    box.clerk.close()


def test_numbers_rise_over_the_loss_of_the_journal(desk: CommandDesk, tmp_path: Path) -> None:
    numbers = [desk.give("box", "query", {}, "anna", NOW_MS, 60) for _ in range(3)]
    later = CommandDesk(tmp_path / "new.db", CityKey(tmp_path))
    numbers.append(later.give("box", "query", {}, "anna", NOW_MS + 1000, 60))
    assert numbers == sorted(set(numbers))
    later.close()


def test_silence_and_foreign_answers(desk: CommandDesk) -> None:
    number = desk.give("box", "query", {}, "anna", NOW_MS, 60)
    correlation = str(number).encode()
    said = b'{"state": "applied", "errorCode": 0}'
    for topic, body, data in [
        ("rscu/thief/query/down/ack", said, correlation),
        ("rscu/box/config/down/ack", said, correlation),
        ("rscu/box/query/down/ack", b'{"state": "open"}', correlation),
        ("rscu/box/query/down/ack", b"{", correlation),
        ("rscu/box/query/down/ack", said, b"x"),
        ("rscu/box/query/down/ack", said, b"9" * 19),
        ("rscu/box/query/down/ack", said, b"-" + b"9" * 19),
        ("x", said, correlation),
    ]:
        assert not desk.answered(topic, body, data, NOW_MS)
    desk.sent(number)
    desk.follow(NOW_MS + 60_000)
    assert states(desk) == ["sent"], "a box that took it has until its deadline"
    desk.follow(NOW_MS + 60_000 + 630_000)
    assert states(desk) == ["unanswered"]
    desk.give("box", "query", {}, "anna", NOW_MS, 1)
    assert desk.waiting(NOW_MS + 1000) == []


@contextmanager
def console(folder: Path, desk: CommandDesk, login: bool = False) -> Iterator[tuple[Browser, CityDoor]]:
    """Serve the console of one box behind its door."""
    live, door = LiveView(), CityDoor(folder, login)
    live.remember("box", 0, {})
    routes = [*door.routes(), *command_pages.routes(desk, door, live, "key")]
    with browsing(Guarded(Starlette(routes=routes), door)) as browser:
        yield browser, door


COMMAND = {"box": "box", "command": "query", "content": {"InfoId": 0}}


def test_commands_want_a_login_and_are_logged(desk: CommandDesk, tmp_path: Path) -> None:
    with console(tmp_path, desk) as (page, door):
        assert page.ask("POST", "/api/commands", COMMAND).said["text"] == "log in first"
        assert page.ask("GET", "/api/commands").said == []
        assert re.fullmatch(r"[A-Z2-9]{4}(-[A-Z2-9]{4}){2}", door.code() or "")
        page.log_in(door)
        assert door.code() is None
        assert page.ask("POST", "/api/commands", COMMAND).status == 201
        [row] = page.ask("GET", "/api/commands?box=box").said
        assert (row["user"], row["state"]) == ("anna", "given")
        entries = [(each.actor, each.about) for each in audit.entries(tmp_path / audit.FOLDER)]
        assert entries == [("city: anna", "box query")]
        wrong: list[tuple[dict[str, Any], int]] = [
            ({"box": "other"}, 404),
            ({"command": "upgrade"}, 400),
            ({"seconds": 0}, 400),
        ]
        for said, status in wrong:
            assert page.ask("POST", "/api/commands", {**COMMAND, **said}).status == status
        page.csrf = "guessed"
        assert page.ask("POST", "/api/commands", COMMAND).status == 403


def test_reading_wants_a_login_where_it_is_asked_for(desk: CommandDesk, tmp_path: Path) -> None:
    with console(tmp_path, desk, login=True) as (page, door):
        for path in ("/api/commands", "/v1.1/Things/", "/v1.1/Things('a.js')", "/api/boxes/index.html"):
            assert page.ask("GET", path).status == 401, path
        assert page.ask("POST", "/api/login", {"name": "anna", "password": "wrong password"}).status == 401
        page.log_in(door)
        assert page.ask("GET", "/api/commands").status == 200
        assert page.ask("POST", "/api/logout").status == 204
        assert page.ask("GET", "/api/commands").status == 401


def test_a_rebound_name_is_refused(desk: CommandDesk, tmp_path: Path) -> None:
    with console(tmp_path, desk) as (page, _):
        assert page.ask("GET", "/api/commands", host="evil.example").status == 421
        assert page.ask("GET", "/api/commands", host="[::1]").status == 200
