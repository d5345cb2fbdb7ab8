"""The store between station and spool, with a disk that fails and comes back."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rsu.bus.handover import RANK, SKIPPED
from rsu.bus.records import Committed, Report
from rsu.bus.told import GivenUp, SignalLamps, ToldLamp
from rsu.site.uplink import MaxAgeSettings, SpoolSettings
from rsu.uplink.record import Range
from rsu.uplink.store import GROUP_RECORDS, Store


def content(text: str) -> SignalLamps:
    """Return a content of any size."""
    return SignalLamps([ToldLamp(1, 0, 1, [(text, None)])], shown=True, ok=True)


def payload(report: Report) -> bytes:
    return b"" if report.kind == SKIPPED else msgspec.json.encode(report.data)


@contextmanager
def _full_disk() -> Iterator[None]:
    """Let no file grow beyond four pages: less than any spool's WAL, more than a captured log."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16384, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _accept(store: Store, first: int, last: int) -> None:
    for seq in range(first, last + 1):
        store.accept(Report("event", seq, "b", seq, content("x" * 1000)))


def _state(store: Store) -> tuple[str | None, Committed | None]:
    return store.error, store.word()


def _numbers(store: Store) -> list[int]:
    return [waiting.record.seq for waiting in store.waiting("event", RANK["event"], 0, 1000)]


def test_says_committed_only_what_is_on_disk(tmp_path: Path) -> None:
    store = Store(tmp_path / "data" / "uplink.sqlite", SpoolSettings(), payload)
    assert store.word() is None
    _accept(store, 1, 3)
    assert store.word() == Committed("b", 0)
    store.commit([])
    assert store.word() == Committed("b", 3)
    store.close()


@pytest.mark.parametrize("gone", ["file", "journal too", "folder"])
def test_a_spool_that_somebody_deletes_is_put_back_with_all_its_records(tmp_path: Path, gone: str) -> None:
    path = tmp_path / "data/uplink.sqlite"
    store = Store(path, SpoolSettings(), payload)
    _accept(store, 1, 3)
    store.commit([])
    files = [path] if gone == "file" else list(path.parent.iterdir())
    for file in files:
        file.unlink()
    if gone == "folder":
        path.parent.rmdir()
    _accept(store, 4, 5)
    store.commit([Range("b", 1, 1)])
    _accept(store, 4, 6)
    assert _state(store) == (None, Committed("b", 3)), "what was not committed has to come again"
    store.commit([])
    assert _state(store) == (None, Committed("b", 6)) and _numbers(store) == [2, 3, 4, 5, 6]
    store.close()
    again = Store(path, SpoolSettings(), payload)
    assert _numbers(again) == [2, 3, 4, 5, 6]
    again.close()


def test_a_group_is_full_at_its_limit(tmp_path: Path) -> None:
    store = Store(tmp_path / "uplink.sqlite", SpoolSettings(), payload)
    _accept(store, 1, GROUP_RECORDS - 1)
    assert not store.full
    _accept(store, GROUP_RECORDS, GROUP_RECORDS)
    assert store.full
    store.close()


def test_a_full_disk_is_said_and_what_it_refused_is_taken_again(tmp_path: Path) -> None:
    store = Store(tmp_path / "uplink.sqlite", SpoolSettings(), payload)
    _accept(store, 1, 2)
    store.commit([])
    with _full_disk():
        _accept(store, 3, 4)
        store.commit([Range("b", 1, 1)])
        assert store.error is not None
        assert store.word() == Committed("b", 2)
        assert _numbers(store) == []
    _accept(store, 3, 4)
    store.commit([])
    assert _state(store) == (None, Committed("b", 4))
    assert _numbers(store) == [2, 3, 4], "the acknowledgement that could not be written is not forgotten"
    store.close()


def test_a_place_that_cannot_be_used_is_tried_again(tmp_path: Path) -> None:
    place = tmp_path / "data"
    place.write_text("a file, no folder")
    store = Store(place / "uplink.sqlite", SpoolSettings(), payload)
    assert store.error is not None
    _accept(store, 1, 1)
    assert (store.word(), dict(store.counters)) == (None, {})
    place.unlink()
    store._looked_ns = 0
    store.commit([])
    _accept(store, 1, 1)
    store.commit([])
    assert _state(store) == (None, Committed("b", 1))
    store.close()


HOUR_NS = 3_600_000_000_000


class Clock:
    """A clock that the test moves on."""

    def __init__(self) -> None:
        self.now_ns = 10**12

    def __call__(self) -> int:
        return self.now_ns


def test_ages_go_on_over_restarts_and_are_not_those_of_the_calendar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wall clock jumps by years, the steady one begins anew with every boot: 72 h are 72 h of running."""
    path, limits = tmp_path / "uplink.sqlite", SpoolSettings(max_age_h=MaxAgeSettings(event=72))
    for run, year in enumerate([1970, 2007, 2026]):
        monkeypatch.setattr("rsu.uplink.store.time.time_ns", lambda year=year: (year - 1970) * 365 * 24 * HOUR_NS)
        clock = Clock()
        clock.now_ns = run  # a monotonic clock begins at 0
        store = Store(path, limits, payload, clock)
        if run == 0:
            _accept(store, 1, 1)
        store.commit([])
        assert _numbers(store) == [1]
        clock.now_ns += 23 * HOUR_NS
        store.commit([])
        store.close()
    store = Store(path, limits, payload, clock := Clock())
    clock.now_ns += 4 * HOUR_NS
    store.commit([])
    assert (_numbers(store), store.counters["evicted.event"]) == ([], 1)
    store.close()


def test_72_hours_without_a_platform(tmp_path: Path) -> None:
    """All events and statistics are there, live records are the newest ones, and the disk is bounded."""
    clock = Clock()
    store = Store(tmp_path / "uplink.sqlite", SpoolSettings(max_live=10), payload, clock)
    seq = 0
    for hour in range(72):
        for _ in range(20):
            clock.now_ns += 180 * 10**9
            told = [("participant", True), ("lamp", True), ("event", True), ("traffic", True), ("traffic", False)]
            for kind, live in told:
                seq += 1
                store.accept(Report(kind, seq, "b", seq, content("x" * 500), live))
        seq += 1
        store.accept(Report("event", seq, "b", seq, content(f"an event of hour {hour}")))
        store.commit([])
    waiting = {
        (kind, of_class): len(store.waiting(kind, of_class, 0, 10_000)) for kind in RANK for of_class in range(3)
    }
    assert {stream: count for stream, count in waiting.items() if count} == {
        ("participant", 0): 10, ("lamp", 0): 10, ("event", 0): 10, ("traffic", 0): 10, ("event", 2): 72,
        ("traffic", 1): 1440,
    }  # fmt: skip
    gone = sum(count for name, count in store.counters.items() if name.startswith("evicted."))
    assert store.counters["spooled"] == seq == store.counters["waiting"] + gone
    assert (tmp_path / "uplink.sqlite").stat().st_size < 3 << 20
    store.close()


def _whole_spool() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "uplink.sqlite"
        store = Store(path, SpoolSettings(), payload, Clock())
        for seq in range(1, 41):
            store.accept(Report("event", seq, "b", seq, content("x" * 300)))
        store.commit([])
        store.close()
        return path.read_bytes()


WHOLE = _whole_spool()
TAKEN = {
    payload(report)
    for report in [
        Report("event", 1, "new", 1, content("")),
        *(Report("event", n, "b", n, content("x" * 300)) for n in range(1, 41)),
    ]
}
places = st.one_of(
    st.integers(0, len(WHOLE) - 1),
    st.integers(0, 4095),  # header and tables' definitions
    st.tuples(st.integers(0, len(WHOLE) // 4096 - 1), st.integers(0, 120)).map(lambda at: at[0] * 4096 + at[1]),
)


@given(st.lists(st.tuples(places, st.integers(0, 255)), min_size=1, max_size=20), st.integers(0, 2 * len(WHOLE)))
@settings(max_examples=20, deadline=None)
def test_no_damage_of_the_file_blocks_start_or_flow(changes: list[tuple[int, int]], end: int) -> None:
    damaged = bytearray(WHOLE)
    for at, octet in changes:
        damaged[at] = octet
    with TemporaryDirectory() as folder:
        path, clock = Path(folder) / "uplink.sqlite", Clock()
        path.write_bytes(damaged[:end])
        store = Store(path, SpoolSettings(), payload, clock)
        for _ in range(4):  # found damaged in use, opened anew, taken
            clock.now_ns += 2 * 10**9
            held = [one.record.payload for kind, rank in RANK.items() for one in store.waiting(kind, rank, 0, 100)]
            store.accept(Report("event", 1, "new", 1, content("")))
            store.commit([])
        assert store.error is None
        assert store.word() == Committed("new", 1)
        assert set(held) <= {*TAKEN, b""}
        store.close()


def test_what_the_station_gave_up_is_counted(tmp_path: Path) -> None:
    store = Store(tmp_path / "uplink.sqlite", SpoolSettings(), payload)
    store.accept(Report(SKIPPED, 1, "b", 3, GivenUp(1, {"lamp": 2, "participant": 1})))
    store.commit([])
    assert store.counters["evicted.lamp"] == 2
    assert store.counters["evicted.participant"] == 1
    assert store.counters["spooled"] == 0
    store.close()
