"""Topics, numbering and acknowledgements on MQTT."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsu.records import Report
from rsu.uplink import envelope
from rsu.uplink.envelope import Range
from rsu.uplink.handover import SKIPPED


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


def test_reads_acknowledgements() -> None:
    payload = b'{"timeStamp": 1, "ackList": [{"bootId": "b1", "first": 1, "last": 3, "more": []}]}'
    assert envelope.acknowledged(payload) == [Range("b1", 1, 3)]


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"ackList": [{"bootId": 1, "first": 1, "last": 1}]}',
        b'{"ackList": [{"bootId": "b", "first": 0, "last": 1}]}',
        b'{"ackList": [{"bootId": "b", "first": 1, "last": 99999999999999999999999}]}',
        b'{"ackList": [{"bootId": "b", "first": 1, "last": 9223372036854775808}]}',
        b'{"x": ' + b"[" * 100_000,
    ],
)
def test_refuses_what_is_no_acknowledgement(payload: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        envelope.acknowledged(payload)


@given(st.binary(max_size=200))
def test_no_bytes_do_harm(payload: bytes) -> None:
    with suppress(ValueError):
        envelope.acknowledged(payload)
