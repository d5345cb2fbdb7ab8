"""The records that the bench platform got: each once, with the number of its copies, in SQLite in the run folder.

A record that does not fit the standard (`sim/standard.py`) is kept as refused, with the reason. One that came in parts
is one record once all its parts are there. Numbers of a boot that never came and that no record declares given up
(`firstSeqNum`..`seqNum`) are gaps.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, TypedDict

from sim.standard import faults

_SCHEMA = """
CREATE TABLE IF NOT EXISTS record (
    rscu TEXT NOT NULL, boot TEXT NOT NULL, first INTEGER NOT NULL, seq INTEGER NOT NULL,
    kind TEXT NOT NULL, part INTEGER NOT NULL, parts INTEGER NOT NULL, refusal TEXT NOT NULL,
    copies INTEGER NOT NULL, payload BLOB NOT NULL,
    PRIMARY KEY (rscu, boot, seq, first, kind, part)
)
"""
_GIVEN_UP = "given-up"  # kind of a record that stands for numbers which will never come
_EXAMPLES = 5  # of each kind of refusal
_LONGEST_PAYLOAD = 400  # octets of an example


class Summary(TypedDict):
    """Counts of the received records."""

    received: int  # with copies
    distinct: int
    duplicates: int
    gaps: int  # numbers that never came and were not declared given up
    given_up: int  # numbers that were
    invalid: int  # messages that are no JSON object or carry no identity
    refused: int  # records that do not fit the standard
    refusals: dict[str, int]  # the same by kind of record and reason
    examples: list[str]  # of refused ones: the record, its fault, its first octets
    presence: int  # unnumbered messages: connected, last will
    by_kind: dict[str, int]  # distinct, refused ones not counted


class ArchivedMessage(NamedTuple):
    """One numbered record as received, or one part of it."""

    rscu: str
    boot: str
    first: int
    seq: int
    kind: str
    part: int  # 1..parts
    parts: int
    refusal: str  # the fault; empty: none
    payload: bytes


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
        self._refusals: Counter[str] = Counter()  # since the start
        self._examples: dict[str, list[str]] = {}

    def read(self, kind: str, payload: bytes) -> ArchivedMessage | None:
        """Return the record in a payload; None: there is none (counted)."""
        try:
            record = json.loads(payload)
            found = faults(kind, record)
            if "seqNum" not in record and kind == "basic-status" and not found:
                self._presence += 1
                return None
            seq = int(record["seqNum"])
            first = int(record.get("firstSeqNum", seq))
            part, parts = int(record.get("partNum", 1)), int(record.get("partSum", 1))
            kept_as = _GIVEN_UP if "firstSeqNum" in record else kind
            identity = str(record["rscuSn"]), str(record["bootId"]), first, seq, kept_as, part, parts
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            self._invalid += 1
            return None
        message = ArchivedMessage(*identity, "; ".join(map(str, found[:3])), payload)
        if found:
            self._note(kind, message, found[0].reason)
        return message

    def _note(self, kind: str, message: ArchivedMessage, reason: str) -> None:
        """Count a refused record and keep a few of each reason."""
        reason = f"{kind} {reason}"
        self._refusals[reason] += 1
        examples = self._examples.setdefault(reason, [])
        if len(examples) < _EXAMPLES:
            begin = message.payload[:_LONGEST_PAYLOAD].decode("utf-8", "replace")
            examples.append(f"{kind} {message.boot}/{message.seq}: {message.refusal}: {begin}")

    def keep(self, messages: Sequence[ArchivedMessage]) -> None:
        """Make a batch durable."""
        self._db.execute("BEGIN")
        self._db.executemany(
            "INSERT INTO record (rscu, boot, first, seq, kind, part, parts, refusal, copies, payload)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?) ON CONFLICT DO UPDATE SET copies = copies + 1",
            messages,
        )
        self._db.execute("COMMIT")

    def is_whole(self, message: ArchivedMessage) -> bool:
        """Tell whether all parts of a record are there."""
        if message.parts == 1:
            return True
        query = "SELECT count(*) FROM record WHERE rscu = ? AND boot = ? AND seq = ? AND kind = ?"
        count = self._db.execute(query, (message.rscu, message.boot, message.seq, message.kind)).fetchone()[0]
        return bool(count == message.parts)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def summary(self) -> Summary:
        """Count everything that is kept."""
        by_kind: Counter[str] = Counter()
        received = distinct = gaps = given_up = refused = 0
        ends: dict[tuple[str, str], int] = {}
        rows = self._db.execute(  # a record in parts came as often as its rarest part
            "SELECT rscu, boot, first, seq, kind, min(copies), max(refusal) FROM record"
            " GROUP BY rscu, boot, seq, first, kind HAVING count(*) = parts ORDER BY rscu, boot, first, seq"
        )
        for rscu, boot, first, seq, kind, copies, refusal in rows:
            end = ends.get((rscu, boot), 0)
            gaps += max(0, first - end - 1)
            ends[rscu, boot] = max(end, seq)
            refused += refusal != ""
            if kind == _GIVEN_UP:
                given_up += max(0, seq - max(first, end + 1) + 1)
            else:
                by_kind[kind] += refusal == ""
                distinct += 1
                received += copies
        return Summary(
            received=received,
            distinct=distinct,
            duplicates=received - distinct,
            gaps=gaps,
            given_up=given_up,
            invalid=self._invalid,
            refused=refused,
            refusals=dict(self._refusals.most_common()),
            examples=[example for examples in self._examples.values() for example in examples],
            presence=self._presence,
            by_kind=dict(sorted((+by_kind).items())),
        )
