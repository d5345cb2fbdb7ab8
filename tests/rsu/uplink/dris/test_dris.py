"""Huawei's DRIS, checked by the bench's own transcription of its tables."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rsu.bus.handover import SKIPPED
from rsu.bus.told import Participants, RoadEvents
from rsu.uplink.dialect import Login
from rsu.uplink.dris.dialect import Dris
from sim import dris
from tests.rsu.uplink import rich, said

DIALECT = Dris(rich.box())


def one(kind: str, data: Any = None) -> dict[str, Any]:
    (message,) = rich.sent(DIALECT, kind, data)
    heard = dris.read(message.topic, message.body)
    assert (heard.faults, heard.esn) == ([], "RSU-1")
    return dict(json.loads(message.body))


@pytest.mark.parametrize("kind", ["participant", "event", "lamp"])
def test_every_field_fits(kind: str) -> None:
    one(kind)


@pytest.mark.parametrize("kind", ["traffic", "basic-status", "run-status", SKIPPED])
def test_what_the_service_has_no_topic_for_is_not_sent(kind: str) -> None:
    assert rich.sent(DIALECT, kind) == []


def test_types_and_lights_are_numbers_in_strings() -> None:
    kinds = [user["ptcType"] for rsm in one("participant")["rsms"] for user in rsm["participants"]]
    assert set(kinds) == {"0", "1", "2", "3"}
    (node,) = one("lamp")["intersections"]
    assert (node["status"], node["phases"][0]["phaseStates"][0]["light"]) == (1 << 10, "6")
    assert node["phases"][0]["phaseStates"][2]["timing"]["counting"]["likelyEndTime"] == {"timeMark": 36_001}


def test_lists_are_as_long_as_the_service_takes_them() -> None:
    assert [len(rsm["participants"]) for rsm in one("participant", Participants(said.crowd(40)))["rsms"]] == [16, 16, 8]
    events = RoadEvents([said.event(number) for number in range(1, 21)], [])
    assert [len(rsi["rtes"]) for rsi in one("event", events)["rsiDatas"]] == [8, 8, 4]


def test_an_event_that_has_ended_is_not_told() -> None:
    assert rich.sent(DIALECT, "event", RoadEvents([said.event(state="end")], [])) == []
    told = one("event", RoadEvents([said.event(5), said.event(6, state="end")], []))
    assert [rte["rteId"] for rte in told["rsiDatas"][0]["rtes"]] == [5]


def test_the_login_is_made_of_hour_and_secret() -> None:
    login = DIALECT.login(Login("R1", "ignored", "s3cret"), said.NOW_NS)
    assert (login.name, login.username) == ("RSU-1_0_0_2026111811", "RSU-1")
    assert login.password is not None and login.username is not None and "s3cret" not in login.password
    assert dris.password_fits(login.name, login.username, login.password, "s3cret")
    assert not dris.password_fits(login.name, login.username, login.password, "other")
    assert DIALECT.login(Login("R1", None, None), said.NOW_NS).password is None


def test_it_says_nothing_else_and_hears_nothing() -> None:
    assert DIALECT.presence(said.NOW_NS, online=True) is None
    with pytest.raises(ValueError):
        DIALECT.read("event", b"{}")


def test_a_wrong_field_is_refused() -> None:
    (message,) = rich.sent(DIALECT, "participant")
    wrong = message.body.replace(b'"ptcType":"1"', b'"ptcType":1')
    assert {fault.path for fault in dris.read(message.topic, wrong).faults}
    assert dris.read("v2x/v1/rsu/RSU-1/stats/up", b"{}").faults
    assert dris.read(message.topic, b'{"rsms": [{"participants": []}]}').faults, "1 to 16"
