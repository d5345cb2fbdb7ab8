"""What the bench platform got: every record once, with the number of its copies, in SQLite in the run folder.

Numbers of a boot that never came and that no record declares given up (`firstSeqNum`..`seqNum`) are gaps.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, TypedDict

_SCHEMA = """
CREATE TABLE IF NOT EXISTS record (
    rscu TEXT NOT NULL, boot TEXT NOT NULL, first INTEGER NOT NULL, seq INTEGER NOT NULL,
    kind TEXT NOT NULL, copies INTEGER NOT NULL, payload BLOB NOT NULL,
    PRIMARY KEY (rscu, boot, seq, first, kind)
)
"""
_GIVEN_UP = "given-up"  # kind of a record that stands for numbers which will never come
_HEAD = {"timeStamp", "rscuSn"}
MANDATORY: dict[str, set[str]] = {  # T/ITS 0180.1-2021, fields marked * there
    "basic-status": {*_HEAD, "deviceType", "active"},
    "run-status": {*_HEAD, "active"},
    "participant": {*_HEAD, "ptcList"},
    "event": {*_HEAD, "eventList"},
    "traffic": {*_HEAD, "periodTime", "startTime", "endTime"},
    "lamp": {*_HEAD, "cityName", "regionId", "crossId", "lamps"},
}
MANDATORY_IN_LIST: dict[str, set[str]] = {
    "ptcList": {"timestamp", "ptcType", "ptcId", "longitude", "latitude"},
    "eventList": {"eventType", "longitude", "latitude"},
    "laneFlowData": {"branchId", "laneId", "laneFlow"},
    "directionFlowData": {"branchId", "flowType"},
    "faultList": {"deviceSn", "deviceType"},
    "lamps": {"phaseId", "lightStatus"},
}


class Summary(TypedDict):
    """What came, counted."""

    received: int  # with copies
    distinct: int
    duplicates: int
    gaps: int  # numbers that never came and were not declared given up
    given_up: int  # numbers that were
    invalid: int  # messages that are no JSON object, carry no identity, or lack a mandatory field
    presence: int  # unnumbered messages: connected, last will
    by_kind: dict[str, int]  # distinct


class Message(NamedTuple):
    """One numbered record as received."""

    rscu: str
    boot: str
    first: int
    seq: int
    kind: str
    payload: bytes


def missing_fields(kind: str, record: dict[str, object]) -> set[str]:
    """Return the mandatory fields that a record of this kind lacks."""
    missing = MANDATORY.get(kind, {"kind"}) - record.keys()
    for name, mandatory in MANDATORY_IN_LIST.items():
        items = record.get(name, [])
        for item in items if isinstance(items, list) else [{}]:
            missing |= mandatory - (item.keys() if isinstance(item, dict) else set())
    return missing


class Archive:
    """The platform's memory; not before a record is durable here may it be acknowledged."""

    def __init__(self, path: Path) -> None:
        """Open or create."""
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute(_SCHEMA)
        self._invalid = 0
        self._presence = 0

    def read(self, kind: str, payload: bytes) -> Message | None:
        """Return the record in a payload; None: there is none (counted). A record that lacks fields is still one."""
        try:
            record = json.loads(payload)
            if "seqNum" not in record and not missing_fields(kind, record):
                self._presence += 1
                return None
            seq = int(record["seqNum"])
            first = int(record.get("firstSeqNum", seq))
            kept_as = _GIVEN_UP if "firstSeqNum" in record else kind
            message = Message(record["rscuSn"], record["bootId"], first, seq, kept_as, payload)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            self._invalid += 1
            return None
        self._invalid += bool(missing_fields(kind, record))
        return message

    def keep(self, messages: Sequence[Message]) -> None:
        """Make a batch durable."""
        self._db.execute("BEGIN")
        self._db.executemany(
            "INSERT INTO record VALUES (?, ?, ?, ?, ?, 1, ?) ON CONFLICT DO UPDATE SET copies = copies + 1",
            messages,
        )
        self._db.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def summary(self) -> Summary:
        """Count everything that is kept."""
        by_kind: Counter[str] = Counter()
        received = gaps = given_up = 0
        ends: dict[tuple[str, str], int] = {}
        rows = self._db.execute(
            "SELECT rscu, boot, first, seq, kind, copies FROM record ORDER BY rscu, boot, first, seq"
        )
        for rscu, boot, first, seq, kind, copies in rows:
            end = ends.get((rscu, boot), 0)
            gaps += max(0, first - end - 1)
            ends[rscu, boot] = max(end, seq)
            if kind == _GIVEN_UP:
                given_up += max(0, seq - max(first, end + 1) + 1)
            else:
                by_kind[kind] += 1
                received += copies
        distinct = by_kind.total()
        return Summary(
            received=received,
            distinct=distinct,
            duplicates=received - distinct,
            gaps=gaps,
            given_up=given_up,
            invalid=self._invalid,
            presence=self._presence,
            by_kind=dict(sorted(by_kind.items())),
        )
