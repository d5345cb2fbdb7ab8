"""What goes around a record on MQTT (T/ITS 0180.1-2021): topics, numbering, parts. Pure.

Up, on `rscu/{rscuSn}/{kind}/up`: the payload of `rsu.reports` plus

    bootId, seqNum   with rscuSn the record's identity; seqNum counts 1, 2, 3... within a boot over all kinds
    ack              true: the platform is asked to acknowledge (`rsu/uplink/answers.py`)
    firstSeqNum      only on a run-status that stands for records given up: firstSeqNum..seqNum will never come
    partNum, partSum only where the broker takes no packet so large: the record's lists come in partSum messages with
                     the same number; it is to be acknowledged when all of them are there

Without numbers, on `basic-status/up`: `active` 0 at every connection and 1 as the connection's last will.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from rsu.bus.handover import RANK, SKIPPED, first_of, rank
from rsu.bus.records import Report
from rsu.reports import status

QOS = dict.fromkeys(RANK, 1) | {"participant": 0, "lamp": 0}
LISTS = ("ptcList", "eventList", "lampRealInfos", "laneFlowData", "directionFlowData", "loopFlowData", "zoneFlowData",
         "sensorStatusList", "faultList")  # that may be parted  # fmt: skip
_MOST_PARTS = 9999
_TOPIC_OF_MARKERS = "run-status"


class Record(NamedTuple):
    """One numbered record, ready to send. A marker of kind SKIPPED stands for `first`..`seq`."""

    boot: str
    first: int
    seq: int
    kind: str
    rank: int
    stamp_ns: int
    payload: bytes  # JSON, UTF-8; empty for a marker


class TooLargeError(ValueError):
    """A record does not fit into the packets that the broker takes, not even in parts."""


def topic_kind(kind: str) -> str:
    """Return the kind under which records of a kind travel: markers go as run status."""
    return _TOPIC_OF_MARKERS if kind == SKIPPED else kind


def topic(rscu: str, kind: str) -> str:
    """Return the topic of a kind of record."""
    return f"rscu/{rscu}/{topic_kind(kind)}/up"


def record(report: Report) -> Record:
    """Wrap a report of the station."""
    numbers = {"bootId": report.boot, "seqNum": report.seq, "ack": True}
    payload = b"" if report.kind == SKIPPED else msgspec.json.encode(report.data | numbers)
    of_class = rank(report.kind, report.live)
    return Record(report.boot, first_of(report), report.seq, report.kind, of_class, report.stamp_ns, payload)


def payload(rscu: str, record: Record) -> bytes:
    """Return the bytes to send: a marker's are made here, since markers grow together while they wait."""
    return _marker(rscu, record) if record.kind == SKIPPED else record.payload


def parts(rscu: str, record: Record, room: int) -> list[bytes]:
    """Return what to send where a payload may have `room` octets; TooLargeError: that cannot be done."""
    whole = payload(rscu, record)
    if len(whole) <= room:
        return [whole]
    data = msgspec.json.decode(whole)
    lists = {name: data.pop(name) for name in LISTS if name in data}
    found = list(_parted(lists, room - len(msgspec.json.encode(_numbered(data, 1, _MOST_PARTS)))))
    if not 1 < len(found) <= _MOST_PARTS:
        raise TooLargeError(f"{len(whole)} octets, and the broker's packets have room for {room}")
    return [
        msgspec.json.encode(_numbered(data | {name: part[name] for name in part}, number, len(found)))
        for number, part in enumerate(found, start=1)
    ]


def _numbered(data: dict[str, Any], number: int, count: int) -> dict[str, Any]:
    return data | {"partNum": number, "partSum": count}


def _parted(lists: dict[str, list[Any]], room: int) -> Iterator[dict[str, list[Any]]]:
    """Yield the lists' items in order, as many together as have room (octets, beside all else)."""
    part: dict[str, list[Any]] = {}
    taken = 0
    for name, items in lists.items():
        for item in items:
            octets = len(msgspec.json.encode(item)) + 1
            octets += 0 if name in part else len(name) + 6  # ,"name":[]
            if taken and taken + octets > room:
                yield part
                part, taken = {}, 0
                octets = len(msgspec.json.encode(item)) + len(name) + 7
            if octets > room:
                raise TooLargeError(f"an item of {name} has {octets} octets, and there is room for {max(0, room)}")
            part.setdefault(name, []).append(item)
            taken += octets
    if part:
        yield part


def _marker(rscu: str, record: Record) -> bytes:
    text = f"records {record.first}..{record.seq} of boot {record.boot} were given up"
    numbers = {"bootId": record.boot, "firstSeqNum": record.first, "seqNum": record.seq, "ack": True}
    return msgspec.json.encode(status.given_up(rscu, record.stamp_ns, text) | numbers)


def presence(rscu: str, now_ns: int, online: bool) -> bytes:
    """Return the unnumbered basic status that says whether the box is connected."""
    return msgspec.json.encode(status.presence(rscu, now_ns, online))
