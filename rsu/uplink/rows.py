"""The spool's file: its tables, sealing and reading of rows, and recovery from a damaged file.

Every row carries a checksum over all that is sent of it, so that a damaged one is known. A damaged file is copied row
by row: rows that SQLite can still read go into the new one, even where pages around it cannot be read.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from rsu.bus.handover import RANK, SKIPPED
from rsu.uplink.record import SpooledRecord

VERSION = 2
SCHEMA = """
CREATE TABLE boot (name TEXT PRIMARY KEY, last INTEGER NOT NULL);
CREATE TABLE record (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- order of arrival, never used twice: the sender's cursor
    boot TEXT NOT NULL,
    first INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    rank INTEGER NOT NULL,
    stored_ns INTEGER NOT NULL,
    stamp_ns INTEGER NOT NULL,
    payload BLOB NOT NULL,
    seal INTEGER NOT NULL,
    UNIQUE (boot, seq)
);
CREATE INDEX record_rank ON record (rank, id);
CREATE INDEX record_stream ON record (kind, rank, id);
CREATE TABLE aside (  -- what cannot or must not be sent, the newest of it
    id INTEGER PRIMARY KEY AUTOINCREMENT, why TEXT NOT NULL, text TEXT NOT NULL,
    boot TEXT, seq INTEGER, kind TEXT, payload BLOB
);
CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""
COLUMNS = "boot, first, seq, kind, rank, stamp_ns, payload"
_PAGE = 256  # rows read at once
_UNREADABLE = (sqlite3.Error, UnicodeDecodeError)  # the latter where SQLite's own message is damaged


class Salvage(NamedTuple):
    """The readable part of a damaged spool."""

    records: list[SpooledRecord]  # in their order; a marker where only a row's numbers can be believed
    boots: dict[str, int]
    counters: dict[str, int]
    version: int


def seal(record: SpooledRecord) -> int:
    """Return the checksum of a record."""
    head = f"{record.boot}|{record.first}|{record.seq}|{record.kind}|{record.rank}|{record.stamp_ns}|"
    return zlib.crc32(record.payload, zlib.crc32(head.encode("utf-8", "replace")))


def record_of(row: tuple[Any, ...]) -> SpooledRecord | None:
    """Return the record in COLUMNS of a row; None: these values make none."""
    boot, first, seq, kind, rank, stamp_ns, payload = row
    whole = all(type(value) is int for value in (first, seq, rank, stamp_ns))
    if not whole or type(boot) is not str or type(payload) is not bytes or kind not in RANK:
        return None
    return SpooledRecord(boot, first, seq, kind, rank, stamp_ns, payload) if 1 <= first <= seq else None


def connect(path: Path, timeout_s: float) -> sqlite3.Connection:
    """Open a database whose texts may be damaged too."""
    database = sqlite3.connect(path, timeout=timeout_s, isolation_level=None)
    database.text_factory = lambda octets: octets.decode("utf-8", "replace")
    return database


def salvage(path: Path) -> Salvage:
    """Read all readable rows; raises no error of the file."""
    try:
        database = connect(path, 0.2)
    except _UNREADABLE:
        return Salvage([], {}, {}, 0)
    try:
        records = list(_records(database))
        boots = _pairs(database, "SELECT name, last FROM boot")
        for record in records:
            boots[record.boot] = max(boots.get(record.boot, 0), record.seq)
        return Salvage(records, boots, _pairs(database, "SELECT name, value FROM counter"), _version(database))
    finally:
        database.close()


def _version(database: sqlite3.Connection) -> int:
    try:
        return int(database.execute("PRAGMA user_version").fetchone()[0])
    except _UNREADABLE:
        return 0


def _pairs(database: sqlite3.Connection, query: str) -> dict[str, int]:
    try:
        return {name: value for name, value in database.execute(query) if type(name) is str and type(value) is int}
    except _UNREADABLE:
        return {}


def _records(database: sqlite3.Connection) -> Iterator[SpooledRecord]:
    """Yield whole records in order of arrival; of one number the first."""
    try:
        names = {row[1] for row in database.execute("PRAGMA table_info(record)")}
        last = database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'record'").fetchone()
    except _UNREADABLE:
        return
    seen: set[tuple[str, int]] = set()
    for row in _readable(database, "seal" if "seal" in names else "NULL", 1, last[0] if last else 0):
        record = _believed(row)
        if record is not None and (record.boot, record.seq) not in seen:
            seen.add((record.boot, record.seq))
            yield record


def _believed(row: tuple[Any, ...]) -> SpooledRecord | None:
    """Return the record of a row, a marker for its numbers, or None: nothing of it can be believed."""
    record, checksum = record_of(row[:-1]), row[-1]
    if record is None or checksum == seal(record):
        return record
    if checksum is None:  # of the version before checksums and live records
        return record._replace(rank=RANK[record.kind])
    return record._replace(kind=SKIPPED, rank=RANK[SKIPPED], payload=b"")


def _readable(database: sqlite3.Connection, seals: str, low: int, high: int) -> Iterator[tuple[Any, ...]]:
    """Yield the rows with ids low..high, halving the range where it cannot be read."""
    if high < low:
        return
    if high - low < _PAGE:
        try:
            yield from database.execute(
                f"SELECT {COLUMNS}, {seals} FROM record WHERE id BETWEEN ? AND ? ORDER BY id", (low, high)
            ).fetchall()
            return
        except _UNREADABLE:
            if low == high:
                return
    middle = (low + high) // 2
    yield from _readable(database, seals, low, middle)
    yield from _readable(database, seals, middle + 1, high)
