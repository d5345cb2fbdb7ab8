"""T/ITS 0117, checked by the bench's own transcription of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rsu.bus.handover import SKIPPED
from rsu.bus.told import Participants, RoadEvents
from rsu.uplink.dialect import HELD, NOT_NOW, REFUSED, Answer
from rsu.uplink.errors import TooLargeError
from rsu.uplink.ledger import Ledger
from rsu.uplink.record import SpooledRecord
from rsu.uplink.tits0117.dialect import Tits0117
from sim import tits0117
from tests.rsu.uplink import rich, said

DIALECT = Tits0117(rich.box())
TOPIC = "V2X.RSU.INFO.UP.ACK"


def one(kind: str, data: Any = None) -> dict[str, Any]:
    (message,) = rich.sent(DIALECT, kind, data)
    assert tits0117.read(message.topic, message.body).faults == []
    return dict(json.loads(message.body))


@pytest.mark.parametrize("kind", [kind for kind in rich.KINDS if kind != "traffic"])
def test_every_field_fits(kind: str) -> None:
    assert one(kind)["seqNum"] == "RSU-1:b1:7"


@pytest.mark.parametrize("kind", ["traffic", SKIPPED])
def test_what_the_standard_has_no_topic_for_is_not_sent(kind: str) -> None:
    assert rich.sent(DIALECT, kind) == []


def test_sixteen_road_users_in_an_rsm() -> None:
    crowd = one("participant", Participants(said.crowd(40)))
    assert [len(rsm["participants"]) for rsm in crowd["rsms"]] == [16, 16, 8]
    assert one("participant", Participants([]))["rsms"] == []


def test_an_event_has_positions_path_and_end() -> None:
    first, second = one("event")["rsis"]
    assert (first["eventType"], first["eventStatus"], len(first["eventPosition"])) == (903, True, 1)
    assert (second["referencePaths"][0]["path_radius"], "referencePaths" in first) == (50, False)
    (ended,) = one("event", RoadEvents([said.event(state="end")], []))["rsis"]
    assert ended["eventStatus"] is False


def test_phases_of_the_lane_map_with_their_times() -> None:
    (node,) = one("lamp")["intersections"]
    assert node["intersectionId"] == {"region": 1, "id": 10}
    phases = {phase["phaseId"]: phase["phaseStates"] for phase in node["phases"]}
    assert phases.keys() == {1, 2, 3}, "lamp 13 shows no phase"
    times = [(state["light"], *state["timing"]["counting"].values()) for state in phases[1]]
    assert times == [(6, 0, 121), (7, 121, 151), (3, 151, 36_001)], "protected green, yellow, red for ever"
    assert [state["light"] for state in phases[2]] == [3, 4]


def test_info_is_acknowledged_and_frees_its_record() -> None:
    (message,) = rich.sent(DIALECT, "basic-status")
    answer = tits0117.reply(tits0117.read(message.topic, message.body))
    assert answer is not None and answer[0] == TOPIC and DIALECT.answers == {TOPIC: "basic-status"}
    ledger = Ledger()
    ledger.sent("basic-status", SpooledRecord("b1", 7, 7, "basic-status", 2, said.NOW_NS, message.body))
    assert len(ledger.sum(DIALECT.read("basic-status", answer[1])).held) == 1


@pytest.mark.parametrize(("code", "meaning"), [(0, HELD), (1, REFUSED), (2, NOT_NOW), (9, 9)])
def test_error_codes(code: int, meaning: int) -> None:
    body = json.dumps({"seqNum": "RSU-1:b1:7", "errorCode": code, "errorDesc": "why"}).encode()
    assert DIALECT.read("basic-status", body) == [Answer("basic-status", "b1", 7, 7, meaning, "why")]


def test_an_answer_to_another_box_is_not_ours_and_nonsense_is_refused() -> None:
    assert DIALECT.read("basic-status", b'{"seqNum": "RSU-2:b1:7", "errorCode": 0}') == []
    for body in (b"", b"{}", b'{"seqNum": "RSU-1:b1:x", "errorCode": 0}', b'{"seqNum": 7, "errorCode": 0}'):
        with pytest.raises(ValueError):
            DIALECT.read("basic-status", body)


def test_a_wrong_field_is_refused() -> None:
    (message,) = rich.sent(DIALECT, "basic-status")
    wrong = message.body.replace(b'"bsmConfig"', b'"bsmconfig"')
    heard = tits0117.read(message.topic, wrong)
    assert {fault.what for fault in heard.faults} == {"is missing", "is not in the standard"}
    answer = tits0117.reply(heard)
    assert answer is not None and DIALECT.read("basic-status", answer[1])[0].code == REFUSED
    assert tits0117.read("V2X.RSU.TRAFFIC.UP", b"{}").faults


def test_presence_is_a_heartbeat_and_large_records_are_parted() -> None:
    beat = DIALECT.presence(said.NOW_NS, online=True)
    assert beat is not None and tits0117.read(beat.topic, beat.body).faults == []
    assert DIALECT.presence(said.NOW_NS, online=False) is None
    parts = rich.sent(DIALECT, "participant", Participants(said.crowd(64)), room=5000)
    assert len(parts) > 1 and all(tits0117.read(*part[:2]).faults == [] for part in parts)
    with pytest.raises(TooLargeError):
        rich.sent(DIALECT, "participant", Participants(said.crowd(1)), room=100)
