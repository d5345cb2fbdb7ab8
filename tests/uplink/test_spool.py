"""The spool: nothing leaves it but by acknowledgement or counted eviction, whatever the disk does."""

from __future__ import annotations

import resource
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from rsu.uplink.envelope import Range, Record
from rsu.uplink.errors import SpoolError
from rsu.uplink.handover import RANK, SKIPPED
from rsu.uplink.settings import MaxAgeSettings, SpoolSettings
from rsu.uplink.spool import Spool, open_spool

HOUR_NS = 3_600_000_000_000
KINDS = [kind for kind in RANK if kind != SKIPPED]


def _records(first: int, count: int, kind: str = "event", boot: str = "b", octets: int = 100) -> list[Record]:
    return [Record(boot, seq, seq, kind, seq, b"x" * octets) for seq in range(first, first + count)]


def _held(spool: Spool) -> list[Record]:
    waiting = [waiting for kind in RANK for waiting in spool.waiting(kind, 0, 10_000)]
    return [one.record for one in sorted(waiting)]


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

    SETTINGS = SpoolSettings(max_mib=3000 / (1 << 20), max_age_h=MaxAgeSettings(event=50, statistics=20, tracks=5))

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "uplink.sqlite"
        self.spool = Spool(self.path, self.SETTINGS)
        self.last = {"b1": 0, "b2": 0}
        self.acknowledged: set[tuple[str, int]] = set()
        self.now_ns = 0

    @rule(boot=st.sampled_from(["b1", "b2"]), kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=8))
    def add(self, boot: str, kinds: list[str]) -> None:
        records = []
        for kind in kinds:
            self.last[boot] += 1
            records.append(Record(boot, self.last[boot], self.last[boot], kind, self.now_ns, b"x" * 100))
        self.spool.commit(records, [], {}, self.now_ns)

    @rule(data=st.data())
    def acknowledge(self, data: st.DataObject) -> None:
        held = _held(self.spool)
        if held:
            chosen = data.draw(st.lists(st.sampled_from(held), min_size=1, max_size=5))
            self.spool.commit([], [Range(one.boot, one.first, one.seq) for one in chosen], {}, self.now_ns)
            self.acknowledged |= {(one.boot, seq) for one in chosen for seq in range(one.first, one.seq + 1)}

    @rule(hours=st.integers(1, 10))
    def wait(self, hours: int) -> None:
        self.now_ns += hours * HOUR_NS
        self.spool.commit([], [], {}, self.now_ns)

    @rule()
    def reopen(self) -> None:
        self.spool.close()
        self.spool = Spool(self.path, self.SETTINGS)

    @invariant()
    def every_number_is_acknowledged_held_or_marked(self) -> None:
        covered = [(one.boot, seq) for one in _held(self.spool) for seq in range(one.first, one.seq + 1)]
        assert len(covered) == len(set(covered))
        everything = {(boot, seq) for boot, last in self.last.items() for seq in range(1, last + 1)}
        assert set(covered) | self.acknowledged == everything
        assert not set(covered) & self.acknowledged

    @invariant()
    def counters_add_up(self) -> None:
        counters = self.spool.counters
        held = [one for one in _held(self.spool) if one.kind != SKIPPED]
        assert counters.get("waiting", 0) == len(held)
        evicted = sum(count for name, count in counters.items() if name.startswith("evicted."))
        assert counters.get("spooled", 0) == sum(self.last.values())
        assert counters.get("spooled", 0) == counters.get("acknowledged", 0) + len(held) + evicted

    @invariant()
    def bounds_hold(self) -> None:
        held = _held(self.spool)
        markers = sum(one.kind == SKIPPED for one in held)
        assert self.spool.counters.get("bytes", 0) - 150 * markers <= 3000
        assert markers <= len(held) - markers + len(self.acknowledged) + len(self.last)

    def teardown(self) -> None:
        self.spool.close()
        self.folder.cleanup()


Spooling.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestSpooling = Spooling.TestCase


def test_gives_up_tracks_then_statistics_then_events(path: Path) -> None:
    spool = Spool(path, SpoolSettings(max_mib=2400 / (1 << 20)))
    records = [
        record._replace(seq=number, first=number)
        for number, record in enumerate(
            _records(1, 4) + _records(1, 3, "traffic") + _records(1, 3, "participant"), start=1
        )
    ]
    spool.commit(records, [], {}, 0)
    assert Counter(record.kind for record in _held(spool)) == {"event": 4, "traffic": 3, "participant": 2, SKIPPED: 1}
    spool.commit(_records(11, 6), [], {}, 0)
    assert Counter(record.kind for record in _held(spool)) == {"event": 8, SKIPPED: 2}
    spool.close()


def test_an_acknowledged_marker_that_has_grown_stays(path: Path) -> None:
    spool = Spool(path, SpoolSettings(max_age_h=MaxAgeSettings(event=2, tracks=1)))
    spool.commit(_records(1, 1, "event") + _records(2, 1, "lamp"), [], {}, 0)
    spool.commit([], [], {}, HOUR_NS + 1)
    assert [(one.kind, one.first, one.seq) for one in _held(spool)] == [("event", 1, 1), (SKIPPED, 2, 2)]
    spool.commit([], [], {}, 2 * HOUR_NS + 1)
    spool.commit([], [Range("b", 2, 2)], {}, 2 * HOUR_NS + 1)
    assert [(one.kind, one.first, one.seq) for one in _held(spool)] == [(SKIPPED, 1, 2)]
    spool.commit([], [Range("b", 1, 2)], {}, 2 * HOUR_NS + 1)
    assert _held(spool) == []
    spool.close()


@pytest.mark.parametrize("room", range(0, 60_000, 4096))
def test_a_full_disk_changes_nothing_and_costs_nothing(path: Path, room: int) -> None:
    """The disk fills at every page of a commit in turn."""
    spool = Spool(path, SpoolSettings())
    spool.commit(_records(1, 20), [], {}, 0)
    before = _held(spool), dict(spool.counters)
    wal = path.with_name(path.name + "-wal")
    with _file_size_limit(wal.stat().st_size + room):
        try:
            spool.commit(_records(21, 20, octets=3000), [Range("b", 1, 5)], {}, 0)
            failed = False
        except SpoolError:
            failed = True
    assert failed or room > 4096
    if failed:
        assert (_held(spool), dict(spool.counters)) == before
        spool.commit(_records(21, 20, octets=3000), [Range("b", 1, 5)], {}, 0)
    spool.close()
    again = Spool(path, SpoolSettings())
    assert [record.seq for record in _held(again)] == list(range(6, 41))
    assert again.boots() == {"b": 40}
    again.close()


@pytest.mark.parametrize("damage", ["text", "torn", "version"])
def test_a_damaged_spool_is_set_aside(path: Path, damage: str) -> None:
    spool = Spool(path, SpoolSettings())
    spool.commit(_records(1, 200, octets=500), [], {}, 0)
    spool.close()
    if damage == "text":
        path.write_bytes(b"this is no database" * 100)
    elif damage == "torn":
        content = bytearray(path.read_bytes())
        content[8192:40960] = bytes(32768)
        path.write_bytes(content)
    else:
        with sqlite3.connect(path) as database:
            database.execute("PRAGMA user_version = 99")
        database.close()
    new, aside = open_spool(path, SpoolSettings())
    assert aside is not None
    assert aside.exists()
    assert (_held(new), new.boots()) == ([], {})
    new.commit(_records(1, 1), [], {}, 0)
    new.close()


def test_one_process_at_a_time(path: Path) -> None:
    spool = Spool(path, SpoolSettings())
    with pytest.raises(SpoolError, match="locked"):
        Spool(path, SpoolSettings())
    spool.close()


def test_a_place_that_cannot_be_opened_is_no_damage(tmp_path: Path) -> None:
    with pytest.raises(SpoolError):
        open_spool(tmp_path, SpoolSettings())
