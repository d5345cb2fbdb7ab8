"""The police's cooperative services and T/ITS 0180.1 over HTTP, checked by the bench's platforms."""

from __future__ import annotations

import json

import pytest

from rsu.bus.handover import SKIPPED
from rsu.bus.told import RoadEvents
from rsu.uplink.cooperative.dialect import Cooperative
from rsu.uplink.dialect import HELD, NOT_NOW, REFUSED, Login
from rsu.uplink.tits0180.requests import Tits0180Requests
from sim import http_platforms
from tests.rsu.uplink import rich, said

POLICE, CLOUD = Cooperative(rich.box()), Tits0180Requests(rich.box())


def test_the_state_of_a_link() -> None:
    (request,) = rich.sent(POLICE, "traffic")
    assert json.loads(request.body) == {
        "RecordTime": said.NOW_NS // 10**9, "LinkID": "7", "Speed": 36, "Status": 1,
    }  # fmt: skip
    assert http_platforms.cooperative(request.topic, "key", json.loads(request.body)).heard.faults == []


def test_events_are_told_when_they_begin() -> None:
    events = [said.event(n, code=code, state="start") for n, code in enumerate((903, 904, 707, 301, 401, 9911, 777), 1)]
    requests = rich.sent(POLICE, "event", RoadEvents(events, []))
    told = [json.loads(request.body) for request in requests]
    types = ["A01009", "A01011", "A01001", "A01010", "A01002", "A01005", "A01002"]
    assert [each["Type"] for each in told] == types
    assert told[0]["Location"] == "114.0579972,22.5429194"
    for request in requests:
        assert http_platforms.cooperative(request.topic, "key", json.loads(request.body)).heard.faults == []
    assert rich.sent(POLICE, "event") == [], "they run already"


@pytest.mark.parametrize("kind", ["participant", "lamp", "basic-status", "run-status", SKIPPED])
def test_nothing_else_is_for_the_police(kind: str) -> None:
    assert rich.sent(POLICE, kind) == []


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, b'{"code": "00200", "message": "ok", "data": null}', HELD),
        (200, b'{"code": "00400", "message": "Speed"}', REFUSED),
        (401, b'{"code": "00401", "message": "key"}', NOT_NOW),
        (500, b'{"code": "00500"}', NOT_NOW),
        (502, b"<html>", NOT_NOW),
        (200, b"[" * 100_000, NOT_NOW),
    ],
)
def test_replies_of_the_police(status: int, body: bytes, code: int) -> None:
    assert POLICE.verdict(status, body).code == code


def test_the_key_stands_in_a_header() -> None:
    assert POLICE.headers(Login("R1", None, "k"))["api-key"] == "k"
    assert CLOUD.headers(Login("R1", None, "t"))["Authorization"] == "t"
    assert http_platforms.cooperative("/IM_2001", None, {}).status == 401


@pytest.mark.parametrize("kind", [kind for kind in rich.KINDS if kind not in ("participant", "lamp")])
def test_records_of_the_standard_as_requests(kind: str) -> None:
    (request,) = rich.sent(CLOUD, kind)
    assert request.topic == f"/rscu/R1/{kind}/up"
    ruling = http_platforms.tits0180(request.topic, "token", json.loads(request.body))
    assert (ruling.heard.faults, ruling.status) == ([], 200)
    assert CLOUD.verdict(ruling.status, json.dumps(ruling.body).encode()).code == HELD


def test_markers_and_what_is_for_mqtt() -> None:
    (marker,) = rich.sent(CLOUD, SKIPPED)
    assert marker.topic == "/rscu/R1/run-status/up"
    assert http_platforms.tits0180(marker.topic, "token", json.loads(marker.body)).heard.faults == []
    assert rich.sent(CLOUD, "participant") == rich.sent(CLOUD, "lamp") == []


def test_replies_of_a_platform_of_the_standard() -> None:
    assert CLOUD.verdict(400, b"crossId: missing").code == REFUSED
    assert CLOUD.verdict(503, b"").code == NOT_NOW
    ruling = http_platforms.tits0180("/rscu/R1/traffic/up", "token", {"timeStamp": 1, "data": {}})
    assert ruling.status == 400 and CLOUD.verdict(400, b"").code == REFUSED
