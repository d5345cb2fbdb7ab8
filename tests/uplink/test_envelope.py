"""Topics, numbering and parts on MQTT."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsu.bus.handover import SKIPPED
from rsu.bus.records import Report
from rsu.uplink import envelope
from rsu.uplink.envelope import TooLargeError
from sim.standard import faults

MS = 1_795_000_000_000


def test_a_record_is_the_payload_with_its_identity() -> None:
    record = envelope.record(Report("event", 5_000_000, "b1", 7, {"timeStamp": 5, "rscuSn": "R", "eventList": []}))
    assert envelope.topic("R", record.kind) == "rscu/R/event/up"
    assert json.loads(envelope.payload("R", record)) == {
        "timeStamp": 5,
        "rscuSn": "R",
        "eventList": [],
        "bootId": "b1",
        "seqNum": 7,
        "ack": True,
    }


def test_a_marker_is_a_run_status_with_a_fault() -> None:
    record = envelope.record(Report(SKIPPED, 5_000_000, "b1", 7, {"first": 3, "evicted": {}}))
    assert envelope.topic("R", record.kind) == "rscu/R/run-status/up"
    sent = json.loads(envelope.payload("R", record))
    assert (sent["firstSeqNum"], sent["seqNum"], sent["timeStamp"]) == (3, 7, 5)
    assert sent["faultList"][0]["faultDescription"] == "records 3..7 of boot b1 were given up"
    assert "faultType" not in sent["faultList"][0], "no number is printed for it"


def _sent(kind: str, data: dict[str, Any], octets: int) -> list[dict[str, Any]]:
    """Return what is sent of a record where there is room for so many octets."""
    bodies = envelope.parts("R", envelope.record(Report(kind, 5, "b1", 7, data)), octets)
    assert all(len(body) <= octets for body in bodies)
    return [json.loads(body) for body in bodies]


def test_what_has_room_is_sent_as_it_is() -> None:
    (sent,) = _sent("event", {"timeStamp": 5, "eventList": []}, 80)
    assert "partNum" not in sent


@given(
    st.lists(st.text(max_size=40), min_size=1, max_size=60), st.lists(st.integers(), max_size=40), st.integers(150, 400)
)
def test_lists_are_parted_and_nothing_is_lost(lanes: list[str], ways: list[int], octets: int) -> None:
    data = {"timeStamp": 5, "laneFlowData": lanes, "directionFlowData": ways, "crossId": "10"}
    try:
        sent = _sent("traffic", data, octets)
    except TooLargeError:
        assert max(len(json.dumps(lane)) for lane in lanes) > 10
        return
    whole = sent[0] if len(sent) == 1 else {}
    assert [lane for part in sent for lane in part.get("laneFlowData", [])] == lanes
    assert [way for part in sent for way in part.get("directionFlowData", [])] == ways
    assert {(part["bootId"], part["seqNum"], part["timeStamp"], part["crossId"], part["ack"]) for part in sent} == {
        ("b1", 7, 5, "10", True)
    }
    if not whole:
        assert [(part["partNum"], part["partSum"]) for part in sent] == [
            (number, len(sent)) for number in range(1, len(sent) + 1)
        ]


@pytest.mark.parametrize(
    "data", [{"imei": "x" * 300}, {"eventList": [{"ptcList": ["x" * 300]}]}, {"sensorlist": ["x" * 100] * 3}]
)
def test_what_cannot_be_parted_is_too_large(data: dict[str, Any]) -> None:
    with pytest.raises(TooLargeError):
        _sent("event", data, 200)


def test_a_record_in_parts_fits_the_standard() -> None:
    users = [{"timestamp": MS, "ptcType": 1, "ptcId": n, "longitude": 114.0, "latitude": 22.5} for n in range(1, 50)]
    parts = _sent("participant", {"timeStamp": MS, "rscuSn": "R", "ptcList": users}, 1000)
    assert len(parts) > 4
    assert [fault for part in parts for fault in faults("participant", part)] == []
