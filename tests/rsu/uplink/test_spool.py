"""The spool: nothing leaves it but by an answer or counted eviction, whatever the disk does."""

from __future__ import annotations

import resource
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from rsu.bus.handover import LIVE, RANK, SKIPPED, rank
from rsu.site.uplink import MaxAgeSettings, SpoolSettings
from rsu.uplink import rows
from rsu.uplink.errors import SpoolError
from rsu.uplink.record import Range, SpooledRecord
from rsu.uplink.spool import Spool, open_spool
from rsu.uplink.transaction import DAMAGED, REFUSED, TOO_LARGE, SpoolChanges, Unfit

HOUR_NS = 3_600_000_000_000
STAMP_NS = 1_795_000_000_000_000_000
KINDS = [kind for kind in RANK if kind != SKIPPED]


def _record(seq: int, kind: str = "event", boot: str = "b", octets: int = 100, live: bool = False) -> SpooledRecord:
    return SpooledRecord(boot, seq, seq, kind, rank(kind, live), STAMP_NS + seq, b"x" * octets)


def _records(first: int, count: int, kind: str = "event", octets: int = 100) -> list[SpooledRecord]:
    return [_record(seq, kind, octets=octets) for seq in range(first, first + count)]


def _commit(spool: Spool, records: Sequence[SpooledRecord] = (), now_ns: int = 0, **more: Any) -> None:
    spool.commit(SpoolChanges(STAMP_NS, records, **more), now_ns)


def _held(spool: Spool) -> list[SpooledRecord]:
    streams = [(kind, of_class) for kind in RANK for of_class in range(4)]
    waiting = [waiting for stream in streams for waiting in spool.waiting(*stream, 0, 10_000)]
    return [one.record for one in sorted(waiting)]


def _shown(spool: Spool) -> list[tuple[str, int, int]]:
    return [(one.kind, one.first, one.seq) for one in _held(spool)]


def _counts(spool: Spool, prefix: str) -> dict[str, int]:
    return {name.removeprefix(prefix): n for name, n in spool.counters.items() if name.startswith(prefix) and n}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "uplink.sqlite"


@contextmanager
def _file_size_limit(octets: int) -> Iterator[None]:
    """Let no file grow beyond `octets`, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class Spooling(RuleBasedStateMachine):
    """A small spool against a model, over reopenings: coverage of numbers, counters, bounds."""

    LIMIT = 3000
    SETTINGS = SpoolSettings(
        max_mib=LIMIT / (1 << 20), max_live=3, max_age_h=MaxAgeSettings(event=50, statistics=20, tracks=5)
    )

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "uplink.sqlite"
        self.spool = Spool(self.path, self.SETTINGS)
        self.last = {"b1": 0, "b2": 0}
        self.answered: set[tuple[str, int]] = set()
        self.now_ns = 0

    @rule(
        boot=st.sampled_from(["b1", "b2"]),
        told=st.lists(st.tuples(st.sampled_from(KINDS), st.booleans()), min_size=1, max_size=8),
    )
    def add(self, boot: str, told: list[tuple[str, bool]]) -> None:
        records = []
        for kind, live in told:
            self.last[boot] += 1
            records.append(_record(self.last[boot], kind, boot, live=live))
        _commit(self.spool, records, self.now_ns)

    @rule(data=st.data(), how=st.sampled_from(["held", REFUSED, TOO_LARGE]))
    def answer(self, data: st.DataObject, how: str) -> None:
        held = _held(self.spool)
        if not held:
            return
        chosen = data.draw(st.lists(st.sampled_from(held), min_size=1, max_size=5, unique=True))
        numbers = [Range(one.boot, one.first, one.seq) for one in chosen]
        if how == "held":
            _commit(self.spool, now_ns=self.now_ns, acknowledged=numbers)
        else:
            _commit(self.spool, now_ns=self.now_ns, unfit=[Unfit(each, how, "why") for each in numbers])
        if how != TOO_LARGE:
            self.answered |= {(one.boot, seq) for one in chosen for seq in range(one.first, one.seq + 1)}

    @rule(data=st.data())
    def damage(self, data: st.DataObject) -> None:
        """Something changes a payload behind the spool's back; it is found when it is read."""
        self.spool.close()
        with closing(sqlite3.connect(self.path)) as database:
            ids = [row[0] for row in database.execute("SELECT id FROM record WHERE kind <> ?", (SKIPPED,))]
            if ids:
                database.execute("UPDATE record SET payload = ? WHERE id = ?", (b"y", data.draw(st.sampled_from(ids))))
                database.commit()
        self.spool = Spool(self.path, self.SETTINGS)
        _held(self.spool)
        assert self.spool.damaged == bool(ids)
        _commit(self.spool, now_ns=self.now_ns)

    @rule(hours=st.integers(1, 10))
    def wait(self, hours: int) -> None:
        self.now_ns += hours * HOUR_NS
        _commit(self.spool, now_ns=self.now_ns)

    @rule()
    def reopen(self) -> None:
        self.spool.close()
        self.spool = Spool(self.path, self.SETTINGS)

    @invariant()
    def every_number_is_answered_held_or_marked(self) -> None:
        covered = [(one.boot, seq) for one in _held(self.spool) for seq in range(one.first, one.seq + 1)]
        assert len(covered) == len(set(covered))
        everything = {(boot, seq) for boot, last in self.last.items() for seq in range(1, last + 1)}
        assert set(covered) | self.answered == everything
        assert not set(covered) & self.answered

    @invariant()
    def counters_add_up(self) -> None:
        counters = self.spool.counters
        held = [one for one in _held(self.spool) if one.kind != SKIPPED]
        assert counters.get("waiting", 0) == len(held)
        gone = [sum(_counts(self.spool, prefix).values()) for prefix in ("evicted.", "refused.", "aside.")]
        assert counters.get("spooled", 0) == sum(self.last.values())
        assert counters.get("spooled", 0) == counters.get("acknowledged", 0) + len(held) + sum(gone)
        live = Counter(one.kind for one in held if one.rank == LIVE)
        assert _counts(self.spool, "live.") == live

    @invariant()
    def bounds_hold(self) -> None:
        held = _held(self.spool)
        markers = sum(one.kind == SKIPPED for one in held)
        assert self.spool.counters.get("bytes", 0) == sum(len(one.payload) + 170 for one in held)
        assert self.spool.counters.get("bytes", 0) - 170 * markers <= self.LIMIT
        assert all(count <= 3 for count in Counter(one.kind for one in held if one.rank == LIVE).values())
        assert markers <= len(held) - markers + len(self.answered) + len(self.last)

    def teardown(self) -> None:
        self.spool.close()
        self.folder.cleanup()


Spooling.TestCase.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)
TestSpooling = Spooling.TestCase


def test_gives_up_live_records_then_statistics_then_events(path: Path) -> None:
    spool = Spool(path, SpoolSettings(max_mib=2600 / (1 << 20)))
    kinds = ["event"] * 4 + ["traffic"] * 3 + ["participant"] * 3
    _commit(spool, [_record(seq, kind) for seq, kind in enumerate(kinds, start=1)])
    assert Counter(record.kind for record in _held(spool)) == {"event": 4, "traffic": 3, "participant": 2, SKIPPED: 1}
    _commit(spool, _records(11, 6))
    assert Counter(record.kind for record in _held(spool)) == {"event": 8, SKIPPED: 2}
    spool.close()


def test_of_live_records_the_newest_wait(path: Path) -> None:
    """However long nobody takes them: participants, lamps and updates of events, not their starts and ends."""
    spool = Spool(path, SpoolSettings(max_live=4))
    seq = 0
    for _ in range(20):
        told = [("participant", True), ("event", True), ("lamp", True), ("event", False)]
        _commit(spool, [_record(seq := seq + 1, kind, live=live) for kind, live in told])
    held = [one for one in _held(spool) if one.kind != SKIPPED]
    assert Counter((one.kind, one.rank) for one in held) == {
        ("participant", LIVE): 4, ("lamp", LIVE): 4, ("event", LIVE): 4, ("event", 2): 20,
    }  # fmt: skip
    assert _counts(spool, "evicted.") == {"participant": 16, "lamp": 16, "event": 16}
    assert min(one.seq for one in held if one.rank == LIVE) == 65
    spool.close()


def test_an_acknowledged_marker_that_has_grown_stays(path: Path) -> None:
    spool = Spool(path, SpoolSettings(max_age_h=MaxAgeSettings(event=2, tracks=1)))
    _commit(spool, [_record(1), _record(2, "lamp")])
    _commit(spool, now_ns=HOUR_NS + 1)
    assert _shown(spool) == [("event", 1, 1), (SKIPPED, 2, 2)]
    _commit(spool, now_ns=2 * HOUR_NS + 1)
    _commit(spool, now_ns=2 * HOUR_NS + 1, acknowledged=[Range("b", 2, 2)])
    assert _shown(spool) == [(SKIPPED, 1, 2)]
    _commit(spool, now_ns=2 * HOUR_NS + 1, acknowledged=[Range("b", 1, 2)])
    assert _shown(spool) == []
    spool.close()


def test_a_refused_record_is_set_aside_and_counted(path: Path) -> None:
    spool = Spool(path, SpoolSettings())
    _commit(spool, _records(1, 3))
    _commit(spool, unfit=[Unfit(Range("b", 2, 2), REFUSED, "ptcId: expected ...")])
    assert _shown(spool) == [("event", 1, 1), ("event", 3, 3)], "the platform has seen its number: no marker"
    assert _counts(spool, "refused.") == {"event": 1}
    spool.close()
    with closing(sqlite3.connect(path)) as database:
        (row,) = database.execute("SELECT why, text, boot, seq, kind, payload FROM aside").fetchall()
    assert row == (REFUSED, "ptcId: expected ...", "b", 2, "event", b"x" * 100)


def test_a_record_too_large_leaves_a_marker(path: Path) -> None:
    spool = Spool(path, SpoolSettings())
    _commit(spool, _records(1, 3, octets=100_000))
    _commit(spool, unfit=[Unfit(Range("b", 2, 2), TOO_LARGE, "too large")])
    assert _shown(spool) == [("event", 1, 1), ("event", 3, 3), (SKIPPED, 2, 2)]
    assert _counts(spool, "aside.") == {TOO_LARGE: 1}
    assert _held(spool)[-1].stamp_ns == STAMP_NS
    spool.close()


def test_what_is_set_aside_is_bounded(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rsu.uplink.transaction._KEPT_ASIDE", 5)
    spool = Spool(path, SpoolSettings())
    for seq in range(1, 20):
        _commit(spool, [_record(seq, octets=50_000)])
        _commit(spool, unfit=[Unfit(Range("b", seq, seq), REFUSED, "no")])
    spool.close()
    with closing(sqlite3.connect(path)) as database:
        rows_ = database.execute("SELECT seq, length(payload) FROM aside ORDER BY id").fetchall()
    assert rows_ == [(seq, 16_384) for seq in range(15, 20)]


@pytest.mark.parametrize("room", range(0, 60_000, 4096))
def test_a_full_disk_changes_nothing_and_costs_nothing(path: Path, room: int) -> None:
    """The disk fills at every page of a commit in turn."""
    spool = Spool(path, SpoolSettings())
    _commit(spool, _records(1, 20))
    before = _held(spool), dict(spool.counters)
    wal = path.with_name(path.name + "-wal")
    changes: dict[str, Any] = {"acknowledged": [Range("b", 1, 5)], "unfit": [Unfit(Range("b", 6, 6), REFUSED, "no")]}
    with _file_size_limit(wal.stat().st_size + room):
        try:
            _commit(spool, _records(21, 20, octets=3000), **changes)
            failed = False
        except SpoolError:
            failed = True
    assert failed or room > 4096
    if failed:
        assert (_held(spool), dict(spool.counters)) == before
        _commit(spool, _records(21, 20, octets=3000), **changes)
    spool.close()
    again = Spool(path, SpoolSettings())
    assert [record.seq for record in _held(again)] == list(range(7, 41))
    assert again.boots() == {"b": 40}
    again.close()


DAMAGES: dict[str, tuple[str, tuple[object, ...]]] = {
    "payload": ("payload = ?", (b"{",)),
    "payload of another type": ("payload = ?", ("text",)),
    "a boot that is no UTF-8": ("boot = CAST(x'ff62' AS TEXT)", ()),
    "another boot": ("boot = 'c'", ()),
    "a number of another record's": ("seq = 900", ()),
    "a kind that there is not": ("kind = 'event '", ()),
    "a number that is none": ("first = 'one'", ()),
    "another stamp": ("stamp_ns = 7", ()),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_row_is_set_aside_and_the_rest_flows(path: Path, damage: str) -> None:
    spool = Spool(path, SpoolSettings())
    _commit(spool, _records(1, 5))
    spool.close()
    what, values = DAMAGES[damage]
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"UPDATE record SET {what} WHERE seq = 3", values)
        database.commit()
    spool = Spool(path, SpoolSettings())
    assert {record.seq for record in _held(spool) if record.kind == "event"} == {1, 2, 4, 5}
    if spool.damaged:  # a stream that nobody knows is never read
        _commit(spool)
        assert _counts(spool, "aside.") == {DAMAGED: 1}
        assert not spool.damaged
        marked = damage.startswith("payload") or damage == "another stamp"
        assert [(one.first, one.seq) for one in _held(spool) if one.kind == SKIPPED] == ([(3, 3)] if marked else [])
    else:
        assert damage == "a kind that there is not"
    _commit(spool, _records(6, 2), acknowledged=[Range("b", 1, 2)])
    assert {record.seq for record in _held(spool) if record.kind == "event"} == {4, 5, 6, 7}
    spool.close()


def test_a_damaged_page_costs_only_the_rows_in_it(path: Path) -> None:
    spool = Spool(path, SpoolSettings())
    _commit(spool, _records(1, 200, octets=500))
    spool.close()
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = bytes(4096)
    path.write_bytes(content)
    opened = open_spool(path, SpoolSettings())
    assert opened.aside is not None and opened.aside.exists()
    assert 150 <= opened.saved < 200 and opened.saved + opened.lost == 200
    held = [record.seq for record in _held(opened.spool)]
    assert len(held) == opened.saved and held == sorted(held)
    assert opened.spool.boots() == {"b": 200}
    assert opened.spool.counters["spooled"] == 200
    assert _counts(opened.spool, "aside.") == {DAMAGED: opened.lost}
    _commit(opened.spool, _records(201, 1))
    opened.spool.close()


@pytest.mark.parametrize("damage", ["text", "empty", "version", "header"])
def test_a_file_that_is_no_spool_is_set_aside(path: Path, damage: str) -> None:
    spool = Spool(path, SpoolSettings())
    _commit(spool, _records(1, 200, octets=500))
    spool.close()
    if damage == "version":
        with closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA user_version = 99")
    elif damage == "header":
        path.write_bytes(bytes(100) + path.read_bytes()[100:])
    else:
        path.write_bytes(b"this is no database" * 100 if damage == "text" else b"\0" * 8192)
    opened = open_spool(path, SpoolSettings())
    assert opened.aside is not None and opened.aside.exists()
    assert len(_held(opened.spool)) == (200 if damage == "version" else 0)
    _commit(opened.spool, _records(201, 1))
    opened.spool.close()


def test_records_of_a_spool_without_checksums_are_taken_over(path: Path) -> None:
    """What the version before this one has stored is not lost by an upgrade."""
    with closing(sqlite3.connect(path)) as database:
        database.executescript(rows.SCHEMA.replace("    seal INTEGER NOT NULL,\n", "") + "PRAGMA user_version = 1;")
        values = [("b", seq, seq, kind, RANK[kind], 5, seq, b"x") for seq, kind in ((3, "event"), (4, "participant"))]
        database.executemany(
            "INSERT INTO record (boot, first, seq, kind, rank, stored_ns, stamp_ns, payload) VALUES (?,?,?,?,?,?,?,?)",
            values,
        )
        database.execute("INSERT INTO boot VALUES ('b', 4)")
        database.executemany("INSERT INTO counter VALUES (?, ?)", [("spooled", 4), ("acknowledged", 2), ("waiting", 2)])
        database.commit()
    opened = open_spool(path, SpoolSettings())
    assert _shown(opened.spool) == [("event", 3, 3), ("participant", 4, 4)]
    assert (opened.spool.boots(), opened.lost) == ({"b": 4}, 0)
    assert [opened.spool.counters[name] for name in ("spooled", "acknowledged", "waiting")] == [4, 2, 2]
    opened.spool.close()


def test_a_damaged_counter_makes_it_give_up_nothing(path: Path) -> None:
    spool = Spool(path, SpoolSettings(max_live=5))
    _commit(spool, [*_records(1, 5), *_records(6, 3, "lamp")])
    spool.close()
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE counter SET value = 1 << 60 WHERE name IN ('bytes', 'waiting', 'live.lamp')")
        database.execute("UPDATE counter SET value = 'many' WHERE name = 'acknowledged'")
        database.commit()
    spool = Spool(path, SpoolSettings(max_live=5))
    _commit(spool, _records(9, 1))
    assert len(_held(spool)) == spool.counters["waiting"] == 9
    spool.close()


def test_a_repair_that_was_cut_short_is_finished(path: Path) -> None:
    spool = Spool(path.with_name(path.name + ".new"), SpoolSettings())
    _commit(spool, _records(1, 3))
    spool.close()
    opened = open_spool(path, SpoolSettings())
    assert (opened.aside, [record.seq for record in _held(opened.spool)]) == (None, [1, 2, 3])
    opened.spool.close()


def test_one_process_at_a_time(path: Path) -> None:
    spool = Spool(path, SpoolSettings())
    with pytest.raises(SpoolError, match="locked"):
        Spool(path, SpoolSettings())
    spool.close()


def test_a_place_that_cannot_be_opened_is_no_damage(tmp_path: Path) -> None:
    with pytest.raises(SpoolError):
        open_spool(tmp_path, SpoolSettings())
