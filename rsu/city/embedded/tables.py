"""The city's memory on one box: SQLite in write-ahead mode. A batch of records is committed before it is acknowledged.

Track states lie as blocks, one a record, until their day is over; then they go to Parquet (`rsu/city/archive.py`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from rsu.city.numbers import missing
from rsu.city.records import STATE, CityRecord
from rsu.city.store import DAY_MS

_SCHEMA = """
CREATE TABLE IF NOT EXISTS number (
    box TEXT NOT NULL, boot TEXT NOT NULL, seq INTEGER NOT NULL, part INTEGER NOT NULL, first INTEGER NOT NULL,
    received_ms INTEGER NOT NULL, PRIMARY KEY (box, boot, seq, part)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS block (box TEXT NOT NULL, stamp_ms INTEGER NOT NULL, states BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS block_of_box ON block (box, stamp_ms);
CREATE TABLE IF NOT EXISTS event (
    box TEXT NOT NULL, id INTEGER NOT NULL, code INTEGER NOT NULL, start_ms INTEGER NOT NULL, end_ms INTEGER,
    longitude REAL NOT NULL, latitude REAL NOT NULL, PRIMARY KEY (box, id, start_ms)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS flow (
    box TEXT NOT NULL, branch TEXT NOT NULL, lane TEXT NOT NULL, start_ms INTEGER NOT NULL, end_ms INTEGER NOT NULL,
    volume INTEGER NOT NULL, queue_m REAL NOT NULL, delay_s REAL, congestion INTEGER,
    PRIMARY KEY (box, start_ms, end_ms, branch, lane)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS box (
    box TEXT PRIMARY KEY, kind TEXT NOT NULL DEFAULT '', first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
    basic TEXT NOT NULL DEFAULT '{}', run TEXT NOT NULL DEFAULT '{}');
"""


class SqliteTables:
    """The tables; one writer."""

    def __init__(self, path: Path) -> None:
        """Open or create."""
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 4000"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(_SCHEMA)

    def keep(self, records: Sequence[CityRecord], now_ms: int) -> None:
        """Commit a batch; a record that is already there counts once."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._write([record for record in records if self._is_new(record, now_ms)], now_ms)
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _is_new(self, record: CityRecord, now_ms: int) -> bool:
        numbers = record.numbers
        if numbers.seq is None:
            return True
        row = (numbers.box, numbers.boot, numbers.seq, numbers.part, numbers.first, now_ms)
        return self._db.execute("INSERT OR IGNORE INTO number VALUES (?, ?, ?, ?, ?, ?)", row).rowcount == 1

    def _write(self, records: Iterable[CityRecord], now_ms: int) -> None:
        for record in records:
            box, stamp_ms = record.numbers.box, record.numbers.stamp_ms or now_ms
            self._db.execute(
                "INSERT INTO box (box, first_ms, last_ms) VALUES (?1, ?2, ?2)"
                " ON CONFLICT DO UPDATE SET last_ms = max(last_ms, ?2)",
                (box, now_ms),
            )
            if record.states is not None and len(record.states):
                self._db.execute("INSERT INTO block VALUES (?, ?, ?)", (box, stamp_ms, record.states.tobytes()))
            elif record.events:
                self._events(box, record)
            elif record.traffic is not None:
                self._flows(box, record)
            elif record.state is not None:
                column = "run" if record.kind == "run-status" else "basic"
                text = msgspec.json.encode(record.state).decode()
                patch = (
                    f"UPDATE box SET {column} = json_patch({column}, ?) WHERE box = ?"  # a presence is no whole status
                )
                self._db.execute(patch, (text, box))

    def _events(self, box: str, record: CityRecord) -> None:
        self._db.executemany(
            "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
            " end_ms = coalesce(excluded.end_ms, end_ms), longitude = excluded.longitude, latitude = excluded.latitude",
            [(box, each.id, each.code, each.start_ms, each.end_ms, each.longitude_deg, each.latitude_deg)
             for each in record.events],
        )  # fmt: skip

    def _flows(self, box: str, record: CityRecord) -> None:
        period = record.traffic
        assert period is not None
        self._db.executemany(
            "INSERT OR IGNORE INTO flow VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(box, each.branch, each.lane, period.start_ms, period.end_ms, each.volume, each.queue_m, each.delay_s,
              each.congestion) for each in period.lanes],
        )  # fmt: skip

    def parts(self, record: CityRecord) -> int:
        """Return how many parts of a record are kept."""
        query = "SELECT count(*) FROM number WHERE box = ? AND boot = ? AND seq = ? AND part > 0"
        numbers = record.numbers
        return int(self._db.execute(query, (numbers.box, numbers.boot, numbers.seq)).fetchone()[0])

    def gaps(self, box: str) -> int:
        """Return how many numbers of a box lie between kept ones, and neither came nor were given up."""
        query = "SELECT boot, first, seq FROM number WHERE box = ? GROUP BY boot, first, seq ORDER BY boot, seq"
        return missing(self._db.execute(query, (box,)))

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Return rows of a reading query by column."""
        found = self._db.execute(query, values)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found]

    def days_before(self, day: int) -> list[tuple[str, int]]:
        """Return box and day (days since 1970 UTC) of the blocks before a day."""
        query = f"SELECT DISTINCT box, stamp_ms / {DAY_MS} FROM block WHERE stamp_ms < ? ORDER BY 1, 2"
        return [(str(box), int(found)) for box, found in self._db.execute(query, (day * DAY_MS,))]

    def blocks(self, box: str, begin_ms: int, end_ms: int) -> Iterator[NDArray[np.void]]:
        """Yield the states (n,) STATE of each record of a box in a time."""
        query = "SELECT states FROM block WHERE box = ? AND stamp_ms >= ? AND stamp_ms < ? ORDER BY stamp_ms"
        for (states,) in self._db.execute(query, (box, begin_ms, end_ms)):
            yield np.frombuffer(states, STATE)

    def forget(self, box: str, day: int) -> None:
        """Delete the blocks of a day that are in the archive; the numbers that came before it become one row a boot."""
        self._db.execute("BEGIN IMMEDIATE")
        limits, before = (box, day * DAY_MS, (day + 1) * DAY_MS), (box, day * DAY_MS)
        self._db.execute("DELETE FROM block WHERE box = ? AND stamp_ms >= ? AND stamp_ms < ?", limits)
        known = self._db.execute(
            "SELECT box, boot, max(seq), 0, 1, max(received_ms) FROM number WHERE box = ? AND received_ms < ?"
            " GROUP BY box, boot",
            before,
        ).fetchall()
        self._db.execute("DELETE FROM number WHERE box = ? AND received_ms < ?", before)
        self._db.executemany("INSERT INTO number VALUES (?, ?, ?, ?, ?, ?)", known)
        self._db.execute("COMMIT")
