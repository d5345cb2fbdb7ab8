"""RCU2CLOUD, checked by the bench's own transcription of its frames."""

from __future__ import annotations

import pytest

from perception.objects import RoadUser
from rsu.bus.handover import SKIPPED
from rsu.bus.told import Participants, RoadEvents
from rsu.uplink.rcu2cloud.dialect import Rcu2Cloud
from rsu.uplink.session import StreamWord
from sim import rcu2cloud
from tests.rsu.uplink import rich, said

DIALECT = Rcu2Cloud(rich.box({"event_types": {904: 1, 905: 28}}))


def test_road_users_octet_by_octet() -> None:
    (message,) = rich.sent(DIALECT, "participant", Participants([said.user(7, height_m=1.5)]))
    heard = rcu2cloud.read(message.body)
    assert (heard.kind, heard.esn, heard.faults, message.key) == ("OBJS", "R1", [], "")
    assert message.body[:6].hex() == "f200008979" + "0c", "137 octets of type 121, version 12"
    (user,) = heard.content["targets"]
    assert (user["uuid"], user["objId"], user["type"]) == (b"R100000000000007", 7, 2)
    assert (user["len"], user["width"], user["height"]) == (450, 180, 150)
    assert (user["longitude"], user["latitude"]) == (1_140_579_972, 225_429_194)
    assert (user["speed"], user["heading"], user["laneId"]) == (500, 368_700, 0)
    assert heard.content["timestampOfDetOut"] == said.NOW_NS // 1_000_000


def test_every_kind_of_road_user_and_unknown_values() -> None:
    (message,) = rich.sent(DIALECT, "participant")
    heard = rcu2cloud.read(message.body)
    assert heard.faults == [] and len(heard.content["targets"]) == len(RoadUser) + 1
    unknown = heard.content["targets"][-1]
    assert (unknown["heading"], unknown["len"], unknown["speedEast"]) == (2**32 - 1, 10_000, 65_535)


def test_events_have_the_platforms_numbers_and_one_frame_each() -> None:
    events = [said.event(5, code=904, track_ids=[1, 2]), said.event(6, code=905), said.event(7, code=903)]
    messages = rich.sent(DIALECT, "event", RoadEvents(events, []))
    heard = [rcu2cloud.read(message.body) for message in messages]
    assert [each.faults for each in heard] == [[], []], "903 has no number"
    assert [each.content["eventType"] for each in heard] == [1, 28]
    assert [len(each.content["targets"]) for each in heard] == [2, 0]
    assert [message.key for message in messages] == [each.content["eventId"].decode() for each in heard]
    assert messages[0].key == "1794999997000005"
    assert rich.sent(DIALECT, "event", RoadEvents([said.event(5, code=904, state="end")], [])) == []


def test_status_of_box_and_devices() -> None:
    (message,) = rich.sent(DIALECT, "run-status")
    heard = rcu2cloud.read(message.body)
    assert (heard.faults, heard.content["status"]) == ([], 1)
    assert [len(heard.content[kind]) for kind in ("cameras", "radars", "lidars")] == [1, 1, 0]
    assert heard.content["radars"][0]["status"] == 1


@pytest.mark.parametrize("kind", ["traffic", "lamp", "basic-status", SKIPPED])
def test_what_has_no_frame_is_not_sent(kind: str) -> None:
    assert rich.sent(DIALECT, kind) == []


def test_answers_come_out_of_the_stream_in_any_pieces() -> None:
    session, cloud = DIALECT.session(DIALECT.login(rich.LOGIN, 0)), rcu2cloud.Cloud()
    events = rich.sent(DIALECT, "event", RoadEvents([said.event(5, code=904)], []))
    (status,) = rich.sent(DIALECT, "run-status")
    octets = session.hello(said.NOW_NS) + session.octets(events[0]) + session.octets(status)
    answers = b""
    for at in range(0, len(octets), 7):
        heard, answer = cloud.take(octets[at : at + 7])
        assert [fault for _, each in heard for fault in each.faults] == []
        answers += answer
    words = [word for at in range(0, len(answers), 5) for word in session.received(answers[at : at + 5])]
    assert words == [StreamWord("beat"), StreamWord("answer", events[0].key), StreamWord("answer", "status")]


def test_another_protocol_is_refused() -> None:
    session = DIALECT.session(rich.LOGIN)
    with pytest.raises(ValueError, match="where a frame begins"):
        session.received(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def test_the_platform_refuses_wrong_frames() -> None:
    (message,) = rich.sent(DIALECT, "participant", Participants([said.user(7)]))
    short = message.body[:1] + (136).to_bytes(3, "big") + message.body[4:-1]
    wrong_type = message.body[:78] + b"\x16" + message.body[79:]
    for octets in (short, message.body[:5] + b"\x01" + message.body[6:]):
        assert rcu2cloud.read(octets).faults
    assert [fault.path for fault in rcu2cloud.read(wrong_type).faults] == ["targets[0].type"]
