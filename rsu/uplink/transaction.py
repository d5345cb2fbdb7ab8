"""One transaction of the spool, which changes it as a whole.

It deletes acknowledged records, sets aside records that were refused or cannot be sent, adds new ones, gives up the
beyond the bounds of number and age, and counts all of it. A record that the platform will never get leaves a marker
(kind SKIPPED, neighbours merged) that is sent like a record, so that every number stays accounted for.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from rsu.bus.handover import LIVE, RANK, SKIPPED
from rsu.site.uplink import SpoolSettings
from rsu.uplink import rows
from rsu.uplink.record import Range, SpooledRecord

REFUSED, TOO_LARGE, DAMAGED = "refused", "too-large", "damaged"  # why a record is set aside
_OVERHEAD = 170  # octets of a row beside its payload, indexes included
_EVICTIONS = 1000  # at most so many in one transaction
_KEPT_ASIDE = 1000  # records
_SAMPLE = 16_384  # octets of each of them
_HOUR_NS = 3_600_000_000_000


class Unfit(NamedTuple):
    """A record to be set aside: one that is not sent, or not again."""

    numbers: Range
    why: str  # REFUSED or TOO_LARGE
    text: str


class SpoolChanges(NamedTuple):
    """The changes of one transaction. `stamp_ns`: UTC, the label of markers."""

    stamp_ns: int
    records: Sequence[SpooledRecord] = ()
    acknowledged: Sequence[Range] = ()
    unfit: Sequence[Unfit] = ()
    skipped: Mapping[str, int] = {}  # kind -> reports that the station gave up


class SpoolLimits(NamedTuple):
    """Bounds of the spool."""

    octets: int
    live: int  # live records of one kind
    age_ns: tuple[int, int, int]  # by rank

    @classmethod
    def of(cls, settings: SpoolSettings) -> SpoolLimits:
        """Return the limits in these settings."""
        ages = settings.max_age_h
        hours = [round(each * _HOUR_NS) for each in (ages.tracks, ages.statistics, ages.event)]
        return cls(round(settings.max_mib * (1 << 20)), settings.max_live, (hours[0], hours[1], hours[2]))


def is_of_now(counter: str) -> bool:
    """Tell whether a counter counts records that are in the spool now, not all since it exists."""
    return counter in ("waiting", "bytes") or counter.startswith("live.")


def add_held(counters: Counter[str], kind: str, rank: int, count: int, octets: int) -> None:
    """Count records that are in the spool; `count` and `octets` (of payloads) negative: that have left it."""
    counters["bytes"] += octets + count * _OVERHEAD
    counters["waiting"] += count if kind != SKIPPED else 0
    counters[f"live.{kind}"] += count if rank == LIVE else 0


class Transaction:
    """Makes changes in a transaction that has begun; the spool commits it or rolls it back."""

    def __init__(self, database: sqlite3.Connection, counters: Mapping[str, int], now_ns: int) -> None:
        self._db = database
        self._counters = Counter(counters)
        self._counters["clock"] = self._now_ns = now_ns

    def make(self, changes: SpoolChanges, damaged: Iterable[int], limits: SpoolLimits) -> Counter[str]:
        """Make all changes; return the counters as they are then. `damaged`: ids of rows."""
        for numbers in changes.acknowledged:
            kinds = [kind for kind, _ in self._take(numbers)]
            self._counters["acknowledged"] += sum(kind != SKIPPED for kind in kinds)
        for unfit in changes.unfit:
            self._set_aside(unfit, changes.stamp_ns)
        for number in damaged:
            self._set_aside_row(number, changes.stamp_ns)
        for record in changes.records:
            self._insert(record)
        for kind, count in changes.skipped.items():
            self._counters[f"evicted.{kind}"] += count
        self._evict(limits)
        self._db.executemany("INSERT OR REPLACE INTO counter VALUES (?, ?)", self._counters.items())
        return self._counters

    def _take(self, numbers: Range) -> list[tuple[str, bytes]]:
        """Remove records; return their kinds and how they begin.

        A marker goes only as a whole: it may have grown since the platform saw it.
        """
        removed = self._db.execute(
            "DELETE FROM record WHERE boot = ? AND seq BETWEEN ? AND ? AND first >= ?"
            " RETURNING kind, rank, length(payload), substr(payload, 1, ?)",
            (numbers.boot, numbers.first, numbers.last, numbers.first, _SAMPLE),
        ).fetchall()
        for kind, rank, octets, _ in removed:
            self._removed(kind, rank, octets)
        return [(kind, sample) for kind, _, _, sample in removed]

    def _set_aside(self, unfit: Unfit, stamp_ns: int) -> None:
        boot, first, last = unfit.numbers.boot, unfit.numbers.first, unfit.numbers.last
        for kind, sample in self._take(unfit.numbers):
            self._keep_aside(unfit.why, unfit.text, boot, last, kind, sample)
            if unfit.why == REFUSED:  # the platform has seen its number
                self._counters[f"refused.{kind}"] += kind != SKIPPED
            else:
                self._counters[f"aside.{unfit.why}"] += kind != SKIPPED
                self._mark(boot, first, last, stamp_ns)

    def _set_aside_row(self, number: int, stamp_ns: int) -> None:
        """Set a damaged row aside; where its numbers make sense, a marker takes their place."""
        row = self._db.execute(
            "DELETE FROM record WHERE id = ?"
            " RETURNING boot, first, seq, kind, rank, length(payload), substr(payload, 1, ?)",
            (number, _SAMPLE),
        ).fetchone()
        if row is None:
            return
        boot, first, seq, kind, rank, octets, sample = row
        self._removed(kind, rank, octets or 0)
        self._counters[f"aside.{DAMAGED}"] += 1
        self._keep_aside(DAMAGED, "the checksum is wrong", boot, seq, kind, sample)
        if type(first) is type(seq) is int and 1 <= first <= seq and self._is_free(boot, first, seq):
            self._mark(boot, first, seq, stamp_ns)

    def _is_free(self, boot: object, first: int, seq: int) -> bool:
        """Tell whether these are numbers that were spooled, and no other record has one of them."""
        query = "SELECT 1 FROM boot WHERE name = ?1 AND last >= ?3 AND NOT EXISTS"
        query += " (SELECT 1 FROM record WHERE boot = ?1 AND seq >= ?2 AND first <= ?3)"
        return self._db.execute(query, (boot, first, seq)).fetchone() is not None

    def _keep_aside(self, why: str, text: str, *record: object) -> None:
        query = "INSERT INTO aside (why, text, boot, seq, kind, payload) VALUES (?, ?, ?, ?, ?, ?)"
        self._db.execute(query, (why, text, *record))
        self._db.execute("DELETE FROM aside WHERE id <= (SELECT max(id) FROM aside) - ?", (_KEPT_ASIDE,))

    def _insert(self, record: SpooledRecord) -> None:
        self._add(record)
        self._counters["spooled"] += record.kind != SKIPPED
        self._db.execute(
            "INSERT INTO boot VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET last = ?2", (record.boot, record.seq)
        )

    def _add(self, record: SpooledRecord) -> None:
        self._db.execute(
            f"INSERT INTO record ({rows.COLUMNS}, stored_ns, seal) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*record, self._now_ns, rows.seal(record)),
        )
        add_held(self._counters, record.kind, record.rank, 1, len(record.payload))

    def _removed(self, kind: str, rank: int, octets: int) -> None:
        add_held(self._counters, kind, rank, -1, -octets)

    def _evict(self, limits: SpoolLimits) -> None:
        """Give up the oldest: live records beyond their number, then of each class, lowest first, the excess."""
        for kind in RANK:
            for _ in range(min(_EVICTIONS, self._counters[f"live.{kind}"] - limits.live)):
                self._give_up_oldest("kind = ? AND rank = ?", (kind, LIVE))
        for rank, age_ns in enumerate(limits.age_ns):
            for _ in range(_EVICTIONS):
                oldest = self._db.execute(
                    "SELECT stored_ns FROM record WHERE rank = ? ORDER BY id LIMIT 1", (rank,)
                ).fetchone()
                full = self._counters["bytes"] > limits.octets
                if oldest is None or not (full or self._now_ns - oldest[0] > age_ns):
                    break
                self._give_up_oldest("rank = ?", (rank,))

    def _give_up_oldest(self, where: str, values: tuple[object, ...]) -> None:
        row = self._db.execute(
            f"DELETE FROM record WHERE id = (SELECT id FROM record WHERE {where} ORDER BY id LIMIT 1)"
            " RETURNING boot, first, seq, kind, rank, stamp_ns, length(payload)",
            values,
        ).fetchone()
        if row is not None:
            boot, first, seq, kind, rank, stamp_ns, octets = row
            self._removed(kind, rank, octets)
            self._counters[f"evicted.{kind}"] += 1
            self._mark(boot, first, seq, stamp_ns)

    def _mark(self, boot: str, first: int, seq: int, stamp_ns: int) -> None:
        """Add a marker, in one with the markers beside it: there are never more markers than records, plus one."""
        beside = self._db.execute(
            "SELECT id, first, seq FROM record WHERE boot = ?1 AND kind = ?2 AND seq IN ("
            " (SELECT max(seq) FROM record WHERE boot = ?1 AND seq < ?3),"
            " (SELECT min(seq) FROM record WHERE boot = ?1 AND seq > ?4)"
            ") AND (seq = ?3 - 1 OR first = ?4 + 1)",
            (boot, SKIPPED, first, seq),
        ).fetchall()
        for number, its_first, its_seq in beside:
            self._db.execute("DELETE FROM record WHERE id = ?", (number,))
            self._removed(SKIPPED, RANK[SKIPPED], 0)
            first, seq = min(first, its_first), max(seq, its_seq)
        self._add(SpooledRecord(boot, first, seq, SKIPPED, RANK[SKIPPED], stamp_ns, b""))
