"""The store between station and spool, with a disk that fails and comes back."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rsu.records import Committed, Report
from rsu.uplink.envelope import Range
from rsu.uplink.handover import SKIPPED
from rsu.uplink.settings import SpoolSettings
from rsu.uplink.store import GROUP_RECORDS, Store


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
        store.accept(Report("event", seq, "b", seq, {"text": "x" * 1000}))


def _state(store: Store) -> tuple[str | None, Committed | None]:
    return store.error, store.word()


def _numbers(store: Store) -> list[int]:
    return [waiting.record.seq for waiting in store.waiting("event", 0, 1000)]


def test_says_committed_only_what_is_on_disk(tmp_path: Path) -> None:
    store = Store(tmp_path / "data" / "uplink.sqlite", SpoolSettings())
    assert store.word() is None
    _accept(store, 1, 3)
    assert store.word() == Committed("b", 0)
    store.commit([])
    assert store.word() == Committed("b", 3)
    store.close()


def test_a_group_is_full_at_its_limit(tmp_path: Path) -> None:
    store = Store(tmp_path / "uplink.sqlite", SpoolSettings())
    _accept(store, 1, GROUP_RECORDS - 1)
    assert not store.full
    _accept(store, GROUP_RECORDS, GROUP_RECORDS)
    assert store.full
    store.close()


def test_a_full_disk_is_said_and_what_it_refused_is_taken_again(tmp_path: Path) -> None:
    store = Store(tmp_path / "uplink.sqlite", SpoolSettings())
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
    store = Store(place / "uplink.sqlite", SpoolSettings())
    assert store.error is not None
    _accept(store, 1, 1)
    assert (store.word(), dict(store.counters)) == (None, {})
    place.unlink()
    store._looked_s = 0.0
    store.commit([])
    _accept(store, 1, 1)
    store.commit([])
    assert _state(store) == (None, Committed("b", 1))
    store.close()


def test_what_the_station_gave_up_is_counted(tmp_path: Path) -> None:
    store = Store(tmp_path / "uplink.sqlite", SpoolSettings())
    store.accept(Report(SKIPPED, 1, "b", 3, {"first": 1, "evicted": {"lamp": 2, "participant": 1}}))
    store.commit([])
    assert store.counters["evicted.lamp"] == 2
    assert store.counters["evicted.participant"] == 1
    assert store.counters["spooled"] == 0
    store.close()
