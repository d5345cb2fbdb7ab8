"""The spool: records on disk until the platform has acknowledged them. SQLite, WAL, synchronous FULL.

One transaction per group: it deletes what was acknowledged, adds what is new, gives up what is too much or too old,
and counts all of it. What is given up leaves a marker (kind SKIPPED, neighbours merged) that is sent like a record,
so that every number stays accounted for. One process at a time: the file is locked exclusively.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from rsu.uplink.envelope import Range, Record
from rsu.uplink.errors import SpoolDamagedError, SpoolError
from rsu.uplink.handover import RANK, SKIPPED
from rsu.uplink.settings import SpoolSettings

_VERSION = 1
_SCHEMA = """
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
    UNIQUE (boot, seq)
);
CREATE INDEX record_rank ON record (rank, id);
CREATE INDEX record_kind ON record (kind, id);
CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""
_OVERHEAD = 150  # octets of a row beside its payload, indexes included
_EVICTIONS = 1000  # at most so many in one transaction
_BOOTS = 16  # boots remembered without records
_LOCK_S = 0.2  # nobody else should have it
_HOUR_NS = 3_600_000_000_000


class Waiting(NamedTuple):
    """A record in the spool and its place in the order of arrival."""

    id: int
    record: Record


def open_spool(path: Path, settings: SpoolSettings) -> tuple[Spool, Path | None]:
    """Open or create the spool. A damaged one is renamed and a new one begun: returns (spool, where the old one is).

    SpoolError: neither is possible now.
    """
    try:
        return Spool(path, settings), None
    except SpoolDamagedError:
        aside = set_aside(path)
        return Spool(path, settings), aside


def set_aside(path: Path) -> Path:
    """Rename a damaged spool, over an earlier one (disk stays bounded); its WAL belongs to it."""
    aside = path.with_name(path.name + ".damaged")
    try:
        for suffix in ("-wal", "-shm", ""):
            part = path.with_name(path.name + suffix)
            target = aside.with_name(aside.name + suffix)
            target.unlink(missing_ok=True)
            if part.exists():
                part.rename(target)
    except OSError as error:
        raise SpoolError(f"damaged spool cannot be set aside: {error}") from error
    return aside


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise SpoolDamagedError(str(error)) from error
        if isinstance(error, sqlite3.OperationalError):
            raise SpoolError(str(error)) from error
        raise


class Spool:
    """Records that wait for the platform's acknowledgement."""

    def __init__(self, path: Path, settings: SpoolSettings) -> None:
        """Open or create; SpoolDamagedError, SpoolError."""
        self._max_bytes = round(settings.max_mib * (1 << 20))
        ages = settings.max_age_h
        self._max_age_ns = [round(hours * _HOUR_NS) for hours in (ages.tracks, ages.statistics, ages.event)]
        with _translated():
            self._db = sqlite3.connect(path, timeout=_LOCK_S, isolation_level=None)
            try:
                self._prepare()
            except BaseException:
                self._db.close()
                raise

    def _prepare(self) -> None:
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA journal_size_limit = 8388608")
        version = self._one("PRAGMA user_version")
        if version == 0:
            self._db.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")
        elif version != _VERSION:
            raise SpoolDamagedError(f"spool of version {version}, expected {_VERSION}")
        if (found := self._one("PRAGMA quick_check(1)")) != "ok":
            raise SpoolDamagedError(str(found))
        self._counters = Counter(dict(self._db.execute("SELECT name, value FROM counter")))
        self._db.execute(
            "DELETE FROM boot WHERE name NOT IN (SELECT boot FROM record)"
            " AND rowid NOT IN (SELECT rowid FROM boot ORDER BY rowid DESC LIMIT ?)",
            (_BOOTS,),
        )

    def _one(self, query: str) -> object:
        return self._db.execute(query).fetchone()[0]

    def close(self) -> None:
        """Close the file; what is committed is safe with or without this."""
        self._db.close()

    @property
    def counters(self) -> Mapping[str, int]:
        """Return counts since the spool exists: spooled, acknowledged, `evicted.<kind>`; and now: waiting, bytes.

        `clock`: the `now_ns` of the last commit.
        """
        return self._counters

    def boots(self) -> dict[str, int]:
        """Return boot -> number up to which everything was spooled."""
        with _translated():
            return dict(self._db.execute("SELECT name, last FROM boot"))

    def waiting(self, kind: str, after: int, limit: int) -> list[Waiting]:
        """Return up to `limit` records of a kind that arrived after the one with id `after`, in order of arrival."""
        with _translated():
            rows = self._db.execute(
                "SELECT id, boot, first, seq, kind, stamp_ns, payload FROM record"
                " WHERE kind = ? AND id > ? ORDER BY id LIMIT ?",
                (kind, after, limit),
            ).fetchall()
        return [Waiting(row[0], Record(*row[1:])) for row in rows]

    def commit(
        self, records: Sequence[Record], acknowledged: Sequence[Range], skipped: Mapping[str, int], now_ns: int
    ) -> None:
        """Delete what was acknowledged, add `records`, enforce the bounds: all or nothing, durable on return.

        `skipped`: how many of each kind the markers among `records` stand for; counted as evicted. `now_ns`: any clock
        that goes on from `counters["clock"]` without jumps.
        SpoolError: nothing was changed, may be tried again. SpoolDamagedError: set the spool aside.
        """
        counters = Counter(self._counters)
        counters["clock"] = now_ns
        with _translated():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                for numbers in acknowledged:
                    self._delete(numbers, counters)
                for record in records:
                    self._insert(record, now_ns, counters)
                for kind, count in skipped.items():
                    counters[f"evicted.{kind}"] += count
                self._evict(now_ns, counters)
                self._db.executemany("INSERT OR REPLACE INTO counter VALUES (?, ?)", counters.items())
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
        self._counters = counters

    def _delete(self, numbers: Range, counters: Counter[str]) -> None:
        # a marker goes only as a whole: it may have grown since the platform saw it
        deleted = self._db.execute(
            "DELETE FROM record WHERE boot = ? AND seq BETWEEN ? AND ? AND first >= ? RETURNING kind, length(payload)",
            (numbers.boot, numbers.first, numbers.last, numbers.first),
        ).fetchall()
        for kind, octets in deleted:
            self._removed(kind, octets, counters)
            counters["acknowledged"] += kind != SKIPPED

    def _insert(self, record: Record, now_ns: int, counters: Counter[str]) -> None:
        self._add(record, now_ns, counters)
        counters["spooled"] += record.kind != SKIPPED
        self._db.execute(
            "INSERT INTO boot VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET last = ?2", (record.boot, record.seq)
        )

    def _add(self, record: Record, now_ns: int, counters: Counter[str]) -> None:
        boot, first, seq, kind, stamp_ns, payload = record
        self._db.execute(
            "INSERT INTO record (boot, first, seq, kind, rank, stored_ns, stamp_ns, payload)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (boot, first, seq, kind, RANK[kind], now_ns, stamp_ns, payload),
        )
        counters["bytes"] += len(payload) + _OVERHEAD
        counters["waiting"] += kind != SKIPPED

    @staticmethod
    def _removed(kind: str, octets: int, counters: Counter[str]) -> None:
        counters["bytes"] -= octets + _OVERHEAD
        counters["waiting"] -= kind != SKIPPED

    def _evict(self, now_ns: int, counters: Counter[str]) -> None:
        """Give up the oldest of each class, lowest class first, while there is too much or it is too old."""
        for rank, max_age_ns in enumerate(self._max_age_ns):
            for _ in range(_EVICTIONS):
                oldest = self._db.execute(
                    "SELECT id, boot, seq, kind, stored_ns, stamp_ns, length(payload) FROM record"
                    " WHERE rank = ? ORDER BY id LIMIT 1",
                    (rank,),
                ).fetchone()
                if oldest is None:
                    break
                number, boot, seq, kind, stored_ns, stamp_ns, octets = oldest
                if counters["bytes"] <= self._max_bytes and now_ns - stored_ns <= max_age_ns:
                    break
                self._db.execute("DELETE FROM record WHERE id = ?", (number,))
                self._removed(kind, octets, counters)
                counters[f"evicted.{kind}"] += 1
                self._mark(Record(boot, seq, seq, SKIPPED, stamp_ns, b""), now_ns, counters)

    def _mark(self, marker: Record, now_ns: int, counters: Counter[str]) -> None:
        """Add a marker, in one with the markers beside it: there are never more markers than records, plus one."""
        beside = self._db.execute(
            "SELECT id, first, seq FROM record WHERE boot = ?1 AND kind = ?2 AND seq IN ("
            " (SELECT max(seq) FROM record WHERE boot = ?1 AND seq < ?3),"
            " (SELECT min(seq) FROM record WHERE boot = ?1 AND seq > ?3)"
            ") AND (seq = ?3 - 1 OR first = ?3 + 1)",
            (marker.boot, SKIPPED, marker.seq),
        ).fetchall()
        for number, first, seq in beside:
            self._db.execute("DELETE FROM record WHERE id = ?", (number,))
            self._removed(SKIPPED, 0, counters)
            marker = marker._replace(first=min(marker.first, first), seq=max(marker.seq, seq))
        self._add(marker, now_ns, counters)
