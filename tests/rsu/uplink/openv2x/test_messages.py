"""Messages to OpenV2X, checked by the bench's own transcription of its tables."""

from __future__ import annotations

import json
from typing import Any

import pytest

from perception.objects import RoadUser
from perception.results import LanePlace
from rsu.bus.handover import RANK, SKIPPED
from rsu.bus.records import Report
from rsu.bus.told import GivenUp, Participants, RoadEvents
from rsu.uplink.errors import TooLargeError
from rsu.uplink.openv2x.dialect import OpenV2X
from rsu.uplink.record import SpooledRecord
from sim.openv2x_standard import read
from tests.rsu.uplink import said

DIALECT = OpenV2X(said.box(cross_name="Shennan Road"))


def _sent(report: Report, room: int | None = None) -> list[dict[str, Any]]:
    """Return the messages of a report; all of it fits the transcription."""
    payload = DIALECT.payload(report)
    record = SpooledRecord(
        report.boot, report.seq, report.seq, report.kind, RANK[report.kind], report.stamp_ns, payload
    )
    messages = DIALECT.publications(record, room)
    heard = [read(message.topic, message.body) for message in messages]
    assert [fault for each in heard for fault in each.faults] == []
    assert {each.esn for each in heard} <= {"RSU-1"}
    return [json.loads(message.body) for message in messages]


def _report(kind: str, told: Any = None) -> Report:
    return Report(kind, said.NOW_NS, "b1", 7, told or said.told(kind))


def test_a_road_user_in_the_units_of_t_csae_53() -> None:
    car = said.user(7, place=LanePlace("north_in", 2, 12.0), height_m=1.5)
    (sent,) = _sent(_report("participant", Participants([car])))
    assert (sent["name"], sent["id"]) == ("Shennan Road", "RSU-1")
    (rsm,) = sent["content"]["rsms"]
    assert rsm["refPos"] == {"lat": 225_431_000, "lon": 1_140_579_000, "ele": 120}
    (user,) = rsm["participants"]
    pos = user.pop("pos")
    assert abs(pos["lat"] - 225_429_194) < 60 and abs(pos["lon"] - 1_140_579_973) < 60, "20 m south, 10 m east"
    assert user == {
        "ptcType": "motor",
        "ptcId": 7,
        "global_track_id": "RSU-1-7",
        "source": 3,  # video
        "secMark": (said.NOW_NS - 80_000_000) // 1_000_000 % 60_000,
        "speed": 250,
        "heading": 2950,
        "lane": "north_in_2",
        "size": {"width": 180, "length": 450, "height": 30},
    }


@pytest.mark.parametrize(
    ("sources", "number"), [(["cam"], 3), (["rad"], 4), (["obu"], 2), (["cam", "rad"], 7), ([], 0)]
)
def test_sources(sources: list[str], number: int) -> None:
    (sent,) = _sent(_report("participant", Participants([said.user(sources=sources)])))
    assert sent["content"]["rsms"][0]["participants"][0]["source"] == number


def test_what_is_unknown_has_the_standards_value_or_none() -> None:
    unknown = said.user(kind=RoadUser.UNKNOWN, heading_deg=None, length_m=None, width_m=None)
    (sent,) = _sent(_report("participant", Participants([unknown])))
    (user,) = sent["content"]["rsms"][0]["participants"]
    assert (user["heading"], user["ptcType"]) == (28_800, "unknown")
    assert not {"size", "lane"} & user.keys()


def test_events_begin_and_end() -> None:
    told = RoadEvents([said.event(5), said.event(6, code=707, state="end"), said.event(7, code=301)], [])
    (sent,) = _sent(_report("event", told))
    first, ended, weather = sent["rsiDatas"]
    assert (first["alertID"], first["eventStatus"], first["eventClass"]) == ("5", True, "AbnormalVehicle")
    assert (first["eventConfidence"], first["eventRadius"], first["eventType"]) == (185, 20, 903)
    assert first["timeStamp"] == "2026-11-18T11:06:40.000Z"
    assert (ended["eventStatus"], ended["eventClass"]) == (False, "AbnormalTraffic")
    assert weather["eventClass"] == "AdverseWeather"


def test_who_the_box_is_and_that_it_is_there() -> None:
    (info,) = _sent(_report("basic-status"))
    assert info["location"] == {"lon": 114.0579, "lat": 22.5431}
    (beat,) = _sent(_report("run-status"))
    assert beat["timestamp"] == said.NOW_NS // 1_000_000
    presence = DIALECT.presence(said.NOW_NS, online=True)
    assert presence is not None and read(presence.topic, presence.body).faults == []
    assert DIALECT.presence(said.NOW_NS, online=False) is None, "a heartbeat as the last will would say the opposite"


@pytest.mark.parametrize("kind", ["traffic", "lamp", SKIPPED])
def test_what_the_platform_has_no_topic_for_is_not_sent(kind: str) -> None:
    told = GivenUp(1, {}) if kind == SKIPPED else said.told(kind)
    assert _sent(_report(kind, told)) == []


def test_what_is_too_large_comes_in_several_whole_messages() -> None:
    parts = _sent(_report("participant", Participants(said.crowd(40))), 2000)
    users = [user["ptcId"] for part in parts for user in part["content"]["rsms"][0]["participants"]]
    assert len(parts) > 2 and users == list(range(1, 41))
    with pytest.raises(TooLargeError):
        _sent(_report("participant", Participants(said.crowd(1))), 100)
    with pytest.raises(TooLargeError):
        _sent(_report("basic-status"), 50)
