"""What goes around a record on MQTT (T/ITS 0180.1-2021): topics, numbering, acknowledgements. Pure.

Up, on `rscu/{rscuSn}/{kind}/up`: the payload of `rsu.reports` plus

    bootId, seqNum   with rscuSn the record's identity; seqNum counts 1, 2, 3... within a boot over all kinds
    ack              true: the platform is asked to acknowledge
    firstSeqNum      only on a run-status that stands for records given up: firstSeqNum..seqNum will never come

Down, on `rscu/{rscuSn}/{kind}/up/ack`: what the platform holds durably, as ranges of numbers, ends included

    {"ackList": [{"bootId": "...", "first": 1, "last": 200}, ...]}

Without numbers, on `basic-status/up`: `active` 0 at every connection and 1 as the connection's last will.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import msgspec

from rsu.records import Report
from rsu.reports import status
from rsu.uplink.handover import SKIPPED, first_of

IMPORTANT = frozenset({"event", "traffic", "basic-status", "run-status", SKIPPED})  # QoS 1, the others QoS 0
_Number = Annotated[int, msgspec.Meta(ge=1, le=1 << 62)]


class Range(msgspec.Struct, frozen=True, rename={"boot": "bootId"}):
    """Numbers `first`..`last` of a boot, ends included."""

    boot: str
    first: _Number
    last: _Number


class _Acknowledgement(msgspec.Struct, frozen=True, rename={"ranges": "ackList"}):
    ranges: list[Range]


class Record(NamedTuple):
    """One numbered record, ready to send. A marker of kind SKIPPED stands for `first`..`seq`."""

    boot: str
    first: int
    seq: int
    kind: str
    stamp_ns: int
    payload: bytes  # JSON, UTF-8; empty for a marker


_ACKNOWLEDGEMENT = msgspec.json.Decoder(_Acknowledgement)


def topic(rscu: str, kind: str) -> str:
    """Return the topic of a kind of record; markers go as run status."""
    return f"rscu/{rscu}/{'run-status' if kind == SKIPPED else kind}/up"


def acknowledgement_topics(rscu: str) -> str:
    """Return the subscription for all acknowledgements."""
    return f"rscu/{rscu}/+/up/ack"


def record(report: Report) -> Record:
    """Wrap a report of the station."""
    numbers = {"bootId": report.boot, "seqNum": report.seq, "ack": True}
    payload = b"" if report.kind == SKIPPED else msgspec.json.encode(report.data | numbers)
    return Record(report.boot, first_of(report), report.seq, report.kind, report.stamp_ns, payload)


def payload(rscu: str, record: Record) -> bytes:
    """Return the bytes to send: a marker's are made here, since markers grow together while they wait."""
    return _marker(rscu, record) if record.kind == SKIPPED else record.payload


def _marker(rscu: str, record: Record) -> bytes:
    text = f"records {record.first}..{record.seq} of boot {record.boot} were given up"
    numbers = {"bootId": record.boot, "firstSeqNum": record.first, "seqNum": record.seq, "ack": True}
    return msgspec.json.encode(status.given_up(rscu, record.stamp_ns, text) | numbers)


def presence(rscu: str, now_ns: int, online: bool) -> bytes:
    """Return the unnumbered basic status that says whether the box is connected."""
    return msgspec.json.encode(status.presence(rscu, now_ns, online))


def acknowledged(payload: bytes) -> list[Range]:
    """Return what an acknowledgement says; ValueError: it says nothing that can be used."""
    try:
        return _ACKNOWLEDGEMENT.decode(payload).ranges
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError(str(error)) from error
