"""The spool on disks that are full or damaged: readable records flow, the rest is set aside and counted."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from rsu.bus.handover import RANK, SKIPPED
from rsu.site.uplink import SpoolSettings
from rsu.uplink import rows
from rsu.uplink.errors import SpoolError
from rsu.uplink.record import Range
from rsu.uplink.spool import Spool, open_spool
from rsu.uplink.transaction import DAMAGED, REFUSED, Unfit
from tests.rsu.uplink.spooled import commit, counts, held_in, records_of, shown


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


@pytest.mark.parametrize("room", range(0, 60_000, 4096))
def test_a_full_disk_changes_nothing_and_costs_nothing(path: Path, room: int) -> None:
    """The disk fills at every page of a commit in turn."""
    spool = Spool(path, SpoolSettings())
    commit(spool, records_of(1, 20))
    before = held_in(spool), dict(spool.counters)
    wal = path.with_name(path.name + "-wal")
    changes: dict[str, Any] = {"acknowledged": [Range("b", 1, 5)], "unfit": [Unfit(Range("b", 6, 6), REFUSED, "no")]}
    with _file_size_limit(wal.stat().st_size + room):
        try:
            commit(spool, records_of(21, 20, octets=3000), **changes)
            failed = False
        except SpoolError:
            failed = True
    assert failed or room > 4096
    if failed:
        assert (held_in(spool), dict(spool.counters)) == before
        commit(spool, records_of(21, 20, octets=3000), **changes)
    spool.close()
    again = Spool(path, SpoolSettings())
    assert [record.seq for record in held_in(again)] == list(range(7, 41))
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
    commit(spool, records_of(1, 5))
    spool.close()
    what, values = DAMAGES[damage]
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"UPDATE record SET {what} WHERE seq = 3", values)
        database.commit()
    spool = Spool(path, SpoolSettings())
    assert {record.seq for record in held_in(spool) if record.kind == "event"} == {1, 2, 4, 5}
    if spool.damaged:  # an unknown stream is never read
        commit(spool)
        assert counts(spool, "aside.") == {DAMAGED: 1}
        assert not spool.damaged
        marked = damage.startswith("payload") or damage == "another stamp"
        assert [(one.first, one.seq) for one in held_in(spool) if one.kind == SKIPPED] == ([(3, 3)] if marked else [])
    else:
        assert damage == "a kind that there is not"
    commit(spool, records_of(6, 2), acknowledged=[Range("b", 1, 2)])
    assert {record.seq for record in held_in(spool) if record.kind == "event"} == {4, 5, 6, 7}
    spool.close()


def test_a_damaged_page_costs_only_the_rows_in_it(path: Path) -> None:
    spool = Spool(path, SpoolSettings())
    commit(spool, records_of(1, 200, octets=500))
    spool.close()
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = bytes(4096)
    path.write_bytes(content)
    opened = open_spool(path, SpoolSettings())
    assert opened.aside is not None and opened.aside.exists()
    assert 150 <= opened.saved < 200 and opened.saved + opened.lost == 200
    held = [record.seq for record in held_in(opened.spool)]
    assert len(held) == opened.saved and held == sorted(held)
    assert opened.spool.boots() == {"b": 200}
    assert opened.spool.counters["spooled"] == 200
    assert counts(opened.spool, "aside.") == {DAMAGED: opened.lost}
    commit(opened.spool, records_of(201, 1))
    opened.spool.close()


@pytest.mark.parametrize("damage", ["text", "empty", "version", "header"])
def test_a_file_that_is_no_spool_is_set_aside(path: Path, damage: str) -> None:
    spool = Spool(path, SpoolSettings())
    commit(spool, records_of(1, 200, octets=500))
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
    assert len(held_in(opened.spool)) == (200 if damage == "version" else 0)
    commit(opened.spool, records_of(201, 1))
    opened.spool.close()


def test_records_of_a_spool_without_checksums_are_taken_over(path: Path) -> None:
    """Records stored by the version before this one are not lost by an upgrade."""
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
    assert shown(opened.spool) == [("event", 3, 3), ("participant", 4, 4)]
    assert (opened.spool.boots(), opened.lost) == ({"b": 4}, 0)
    assert [opened.spool.counters[name] for name in ("spooled", "acknowledged", "waiting")] == [4, 2, 2]
    opened.spool.close()


def test_a_damaged_counter_makes_it_give_up_nothing(path: Path) -> None:
    spool = Spool(path, SpoolSettings(max_live=5))
    commit(spool, [*records_of(1, 5), *records_of(6, 3, "lamp")])
    spool.close()
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE counter SET value = 1 << 60 WHERE name IN ('bytes', 'waiting', 'live.lamp')")
        database.execute("UPDATE counter SET value = 'many' WHERE name = 'acknowledged'")
        database.commit()
    spool = Spool(path, SpoolSettings(max_live=5))
    commit(spool, records_of(9, 1))
    assert len(held_in(spool)) == spool.counters["waiting"] == 9
    spool.close()


def test_a_repair_that_was_cut_short_is_finished(path: Path) -> None:
    spool = Spool(path.with_name(path.name + ".new"), SpoolSettings())
    commit(spool, records_of(1, 3))
    spool.close()
    opened = open_spool(path, SpoolSettings())
    assert (opened.aside, [record.seq for record in held_in(opened.spool)]) == (None, [1, 2, 3])
    opened.spool.close()


def test_one_process_at_a_time(path: Path) -> None:
    spool = Spool(path, SpoolSettings())
    with pytest.raises(SpoolError, match="locked"):
        Spool(path, SpoolSettings())
    spool.close()


def test_a_place_that_cannot_be_opened_is_no_damage(tmp_path: Path) -> None:
    with pytest.raises(SpoolError):
        open_spool(tmp_path, SpoolSettings())
