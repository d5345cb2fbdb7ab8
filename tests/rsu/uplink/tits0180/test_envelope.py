"""Topics, numbering and parts on MQTT."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsu.bus.handover import RANK, SKIPPED
from rsu.bus.records import Report
from rsu.bus.told import GivenUp, Participants
from rsu.uplink.errors import TooLargeError
from rsu.uplink.record import SpooledRecord
from rsu.uplink.tits0180.dialect import Tits0180
from rsu.uplink.tits0180.parts import parted
from sim.standard import faults
from tests.rsu.uplink import said

DIALECT = Tits0180(said.box())


def _record(report: Report, first: int | None = None) -> SpooledRecord:
    number = report.seq if first is None else first
    return SpooledRecord(
        report.boot, number, report.seq, report.kind, RANK[report.kind], report.stamp_ns, DIALECT.payload(report)
    )


@pytest.mark.parametrize("kind", [kind for kind in RANK if kind != SKIPPED])
def test_a_record_is_the_body_with_its_identity(kind: str) -> None:
    report = Report(kind, said.NOW_NS, "b1", 7, said.told(kind))
    (sent,) = DIALECT.publications(_record(report), None)
    assert (sent.topic, sent.qos) == (f"rscu/R1/{kind}/up", 0 if kind in ("participant", "lamp") else 1)
    assert f"{sent.topic}/ack" in DIALECT.answers
    body = json.loads(DIALECT.body(kind, said.NOW_NS, report.data))
    assert json.loads(sent.body) == body | {"bootId": "b1", "seqNum": 7, "ack": True}
    assert faults(kind, json.loads(sent.body)) == []


def test_a_marker_is_a_run_status_with_a_fault() -> None:
    record = _record(Report(SKIPPED, 5_000_000, "b1", 7, GivenUp(3, {})), first=3)
    assert record.payload == b"", "it is made when it is sent: markers grow while they wait"
    (publication,) = DIALECT.publications(record, None)
    assert publication.topic == "rscu/R1/run-status/up"
    sent = json.loads(publication.body)
    assert (sent["firstSeqNum"], sent["seqNum"], sent["timeStamp"]) == (3, 7, 5)
    assert sent["faultList"][0]["faultDescription"] == "records 3..7 of boot b1 were given up"
    assert "faultType" not in sent["faultList"][0], "no number is printed for it"


def _sent(data: dict[str, Any], octets: int) -> list[dict[str, Any]]:
    """Return the messages of a record where there is room for so many octets."""
    bodies = parted(msgspec.json.encode(data | {"bootId": "b1", "seqNum": 7, "ack": True}), octets)
    assert all(len(body) <= octets for body in bodies)
    return [json.loads(body) for body in bodies]


def test_what_has_room_is_sent_as_it_is() -> None:
    (sent,) = _sent({"timeStamp": 5, "eventList": []}, 80)
    assert "partNum" not in sent


@given(
    st.lists(st.text(max_size=40), min_size=1, max_size=60), st.lists(st.integers(), max_size=40), st.integers(150, 400)
)
def test_lists_are_parted_and_nothing_is_lost(lanes: list[str], ways: list[int], octets: int) -> None:
    data = {"timeStamp": 5, "laneFlowData": lanes, "directionFlowData": ways, "crossId": "10"}
    try:
        sent = _sent(data, octets)
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
        _sent(data, 200)


def test_a_record_in_parts_fits_the_standard() -> None:
    record = _record(Report("participant", said.NOW_NS, "b1", 7, Participants(said.crowd(49))))
    sent = DIALECT.publications(record, 1000)
    assert len(sent) > 4 and all(len(each.topic) + len(each.body) <= 1000 for each in sent)
    assert [fault for each in sent for fault in faults("participant", json.loads(each.body))] == []
