"""The envelope of a record on MQTT (T/ITS 0180.1-2021): numbering and parts. Pure.

Up, on `rscu/{rscuSn}/{kind}/up`: the payload plus

    bootId, seqNum   with rscuSn the record's identity; seqNum counts 1, 2, 3... within a boot over all kinds
    ack              true: the platform is asked to acknowledge (`answers.py`)
    firstSeqNum      only on a run-status that stands for records given up: firstSeqNum..seqNum will never come
    partNum, partSum only where the broker takes no packet so large: the record's lists come in partSum messages with
                     the same number; it is to be acknowledged when all of them are there

Without numbers, on `basic-status/up`: `active` 0 at every connection and 1 as the connection's last will.
"""

from __future__ import annotations

import msgspec

from rsu.bus.handover import RANK
from rsu.bus.records import Report
from rsu.uplink.record import SpooledRecord
from rsu.uplink.tits0180 import status
from rsu.uplink.tits0180.common import Payload

QOS = dict.fromkeys(RANK, 1) | {"participant": 0, "lamp": 0}
TOPIC_OF_MARKERS = "run-status"


def numbers(report: Report) -> Payload:
    """Return the keys that a report's payload carries beside its content."""
    return {"bootId": report.boot, "seqNum": report.seq, "ack": True}


def marker(rscu: str, record: SpooledRecord) -> bytes:
    """Return the run status that stands for records that were given up."""
    text = f"records {record.first}..{record.seq} of boot {record.boot} were given up"
    spanned = {"bootId": record.boot, "firstSeqNum": record.first, "seqNum": record.seq, "ack": True}
    return msgspec.json.encode(status.given_up(rscu, record.stamp_ns, text) | spanned)
