"""The spool: nothing leaves it but by an answer or counted eviction."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from rsu.bus.handover import LIVE, RANK, SKIPPED
from rsu.site.uplink import MaxAgeSettings, SpoolSettings
from rsu.uplink.record import Range
from rsu.uplink.spool import Spool
from rsu.uplink.transaction import REFUSED, TOO_LARGE, Unfit
from tests.rsu.uplink.spooled import STAMP_NS, commit, counts, held_in, record_of, records_of, shown

HOUR_NS = 3_600_000_000_000
KINDS = [kind for kind in RANK if kind != SKIPPED]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "uplink.sqlite"


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
            records.append(record_of(self.last[boot], kind, boot, live=live))
        commit(self.spool, records, self.now_ns)

    @rule(data=st.data(), how=st.sampled_from(["held", REFUSED, TOO_LARGE]))
    def answer(self, data: st.DataObject, how: str) -> None:
        held = held_in(self.spool)
        if not held:
            return
        chosen = data.draw(st.lists(st.sampled_from(held), min_size=1, max_size=5, unique=True))
        numbers = [Range(one.boot, one.first, one.seq) for one in chosen]
        if how == "held":
            commit(self.spool, now_ns=self.now_ns, acknowledged=numbers)
        else:
            commit(self.spool, now_ns=self.now_ns, unfit=[Unfit(each, how, "why") for each in numbers])
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
        held_in(self.spool)
        assert self.spool.damaged == bool(ids)
        commit(self.spool, now_ns=self.now_ns)

    @rule(hours=st.integers(1, 10))
    def wait(self, hours: int) -> None:
        self.now_ns += hours * HOUR_NS
        commit(self.spool, now_ns=self.now_ns)

    @rule()
    def reopen(self) -> None:
        self.spool.close()
        self.spool = Spool(self.path, self.SETTINGS)

    @invariant()
    def every_number_is_answered_held_or_marked(self) -> None:
        covered = [(one.boot, seq) for one in held_in(self.spool) for seq in range(one.first, one.seq + 1)]
        assert len(covered) == len(set(covered))
        everything = {(boot, seq) for boot, last in self.last.items() for seq in range(1, last + 1)}
        assert set(covered) | self.answered == everything
        assert not set(covered) & self.answered

    @invariant()
    def counters_add_up(self) -> None:
        counters = self.spool.counters
        held = [one for one in held_in(self.spool) if one.kind != SKIPPED]
        assert counters.get("waiting", 0) == len(held)
        gone = [sum(counts(self.spool, prefix).values()) for prefix in ("evicted.", "refused.", "aside.")]
        assert counters.get("spooled", 0) == sum(self.last.values())
        assert counters.get("spooled", 0) == counters.get("acknowledged", 0) + len(held) + sum(gone)
        live = Counter(one.kind for one in held if one.rank == LIVE)
        assert counts(self.spool, "live.") == live

    @invariant()
    def bounds_hold(self) -> None:
        held = held_in(self.spool)
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
    commit(spool, [record_of(seq, kind) for seq, kind in enumerate(kinds, start=1)])
    assert Counter(record.kind for record in held_in(spool)) == {"event": 4, "traffic": 3, "participant": 2, SKIPPED: 1}
    commit(spool, records_of(11, 6))
    assert Counter(record.kind for record in held_in(spool)) == {"event": 8, SKIPPED: 2}
    spool.close()


def test_of_live_records_the_newest_wait(path: Path) -> None:
    """However long no platform takes them: participants, lamps and updates of events, not their starts and ends."""
    spool = Spool(path, SpoolSettings(max_live=4))
    seq = 0
    for _ in range(20):
        told = [("participant", True), ("event", True), ("lamp", True), ("event", False)]
        commit(spool, [record_of(seq := seq + 1, kind, live=live) for kind, live in told])
    held = [one for one in held_in(spool) if one.kind != SKIPPED]
    assert Counter((one.kind, one.rank) for one in held) == {
        ("participant", LIVE): 4, ("lamp", LIVE): 4, ("event", LIVE): 4, ("event", 2): 20,
    }  # fmt: skip
    assert counts(spool, "evicted.") == {"participant": 16, "lamp": 16, "event": 16}
    assert min(one.seq for one in held if one.rank == LIVE) == 65
    spool.close()


def test_an_acknowledged_marker_that_has_grown_stays(path: Path) -> None:
    spool = Spool(path, SpoolSettings(max_age_h=MaxAgeSettings(event=2, tracks=1)))
    commit(spool, [record_of(1), record_of(2, "lamp")])
    commit(spool, now_ns=HOUR_NS + 1)
    assert shown(spool) == [("event", 1, 1), (SKIPPED, 2, 2)]
    commit(spool, now_ns=2 * HOUR_NS + 1)
    commit(spool, now_ns=2 * HOUR_NS + 1, acknowledged=[Range("b", 2, 2)])
    assert shown(spool) == [(SKIPPED, 1, 2)]
    commit(spool, now_ns=2 * HOUR_NS + 1, acknowledged=[Range("b", 1, 2)])
    assert shown(spool) == []
    spool.close()


def test_a_refused_record_is_set_aside_and_counted(path: Path) -> None:
    spool = Spool(path, SpoolSettings())
    commit(spool, records_of(1, 3))
    commit(spool, unfit=[Unfit(Range("b", 2, 2), REFUSED, "ptcId: expected ...")])
    assert shown(spool) == [("event", 1, 1), ("event", 3, 3)], "the platform has seen its number: no marker"
    assert counts(spool, "refused.") == {"event": 1}
    spool.close()
    with closing(sqlite3.connect(path)) as database:
        (row,) = database.execute("SELECT why, text, boot, seq, kind, payload FROM aside").fetchall()
    assert row == (REFUSED, "ptcId: expected ...", "b", 2, "event", b"x" * 100)


def test_a_record_too_large_leaves_a_marker(path: Path) -> None:
    spool = Spool(path, SpoolSettings())
    commit(spool, records_of(1, 3, octets=100_000))
    commit(spool, unfit=[Unfit(Range("b", 2, 2), TOO_LARGE, "too large")])
    assert shown(spool) == [("event", 1, 1), ("event", 3, 3), (SKIPPED, 2, 2)]
    assert counts(spool, "aside.") == {TOO_LARGE: 1}
    assert held_in(spool)[-1].stamp_ns == STAMP_NS
    spool.close()


def test_what_is_set_aside_is_bounded(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rsu.uplink.transaction._KEPT_ASIDE", 5)
    spool = Spool(path, SpoolSettings())
    for seq in range(1, 20):
        commit(spool, [record_of(seq, octets=50_000)])
        commit(spool, unfit=[Unfit(Range("b", seq, seq), REFUSED, "no")])
    spool.close()
    with closing(sqlite3.connect(path)) as database:
        rows_ = database.execute("SELECT seq, length(payload) FROM aside ORDER BY id").fetchall()
    assert rows_ == [(seq, 16_384) for seq in range(15, 20)]


def test_a_commit_writes_little_beside_its_records(path: Path) -> None:
    with closing(Spool(path, SpoolSettings())) as spool:
        before = path.with_name("uplink.sqlite-wal").stat().st_size
        for seq in range(1, 21):
            commit(spool, records_of(seq, 1, octets=1500), acknowledged=[Range("b", seq - 1, seq - 1)])
        written = path.with_name("uplink.sqlite-wal").stat().st_size - before
    assert written / 20 < 16_384
