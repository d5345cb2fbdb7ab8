"""The history of a box: its content after restarts, its bounds, and disks that fail."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import msgspec
import pytest

from perception.results import LaneFlow, TrafficPeriod
from rsu.bus.records import Report
from rsu.bus.snapshot import EventView
from rsu.bus.told import RoadTraffic
from rsu.web import chronicle, history
from rsu.web.history import KEPT_NS, MINUTE_NS, NAME, BoxHistory, PastChange
from tests.rsu.web.crossing import Crossing
from tests.rsu.web.records import processes, uplink

T0 = 1_800_000_000_000_000_000 // MINUTE_NS * MINUTE_NS
EVENT = EventView(7, 903, "start", 1.0, 2.0, T0, "north_in", 2, 0.9)


def test_changes_survive_a_restart_and_are_told_once(tmp_path: Path) -> None:
    for start in range(3):
        kept = BoxHistory(tmp_path)
        kept.states({"device gnss": "ok", "message rsm": "send"}, T0 + start)
        kept.write(T0 + start)
    kept.states({"device gnss": "lost (no data for 5 s)"}, T0 + 10)
    kept.states({"device gnss": "lost (no data for 6 s)"}, T0 + 11)
    kept.write(T0 + 12)
    told = BoxHistory(tmp_path).changes(T0)
    assert told == [
        PastChange(T0, "device gnss", "ok"),
        PastChange(T0, "message rsm", "send"),
        PastChange(T0 + 10, "device gnss", "lost (no data for 5 s)"),
    ]
    at_begin = {each.name: each.ns for each in BoxHistory(tmp_path).changes(T0 + 11)}
    assert at_begin == {"device gnss": T0 + 10, "message rsm": T0}


def test_figures_are_kept_as_means_of_whole_minutes(tmp_path: Path) -> None:
    kept = BoxHistory(tmp_path)
    for second in range(90):
        kept.figures({"message rsm": 10.0 if second < 60 else 4.0}, T0 + second * 1_000_000_000)
    kept.write(T0 + 90 * 1_000_000_000)
    assert kept.minutes(T0) == [(T0, {"message rsm": 10.0})]


def test_an_event_is_one_row_from_begin_to_end(tmp_path: Path) -> None:
    kept = BoxHistory(tmp_path)
    for second, state in enumerate(("start", "update", "update", "end")):
        kept.running("boot", [msgspec.structs.replace(EVENT, state=state)], T0 + second)
        kept.write(T0 + second)
    [(name, begin_ns, end_ns, event)] = BoxHistory(tmp_path).events(0)
    assert (name, begin_ns, end_ns, event.state) == ("boot 7", T0, T0 + 3, "end")


def test_nothing_is_written_while_nothing_is_new(tmp_path: Path) -> None:
    kept = BoxHistory(tmp_path)
    kept.states({"device gnss": "ok"}, T0)
    kept.write(T0)
    before = (tmp_path / NAME).stat().st_mtime_ns
    kept.states({"device gnss": "ok"}, T0 + 1)
    kept.figures({"device gnss": 5.0}, T0 + 1)
    kept.write(T0 + 1)
    assert (tmp_path / NAME).stat().st_mtime_ns == before


def test_it_takes_bounded_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_CHANGES", 50)
    kept = BoxHistory(tmp_path)
    for number in range(200):
        kept.states({"device gnss": ("ok", "lost")[number % 2]}, T0 + number)
        kept.write(T0 + number)
    assert len(kept.changes(T0)) == 50
    kept.states({"device gnss": "new"}, T0 + 2 * KEPT_NS)
    kept.write(T0 + 2 * KEPT_NS)
    assert [each.state for each in kept.changes(0)] == ["new"]


def test_a_damaged_database_begins_anew_and_a_missing_folder_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"no database at all" * 100)
    kept = BoxHistory(tmp_path)
    assert kept.changes(0) == []
    for number in range(2):
        kept.states({"device gnss": f"state {'ab'[number]}"}, T0 + number)
        kept.write(T0 + number)
    assert [each.state for each in kept.changes(0)] == ["state a", "state b"]
    gone = BoxHistory(tmp_path / "gone")
    gone.states({"device gnss": "ok"}, T0)
    gone.write(T0)
    assert gone.changes(0) == []


def test_the_records_of_the_bus_go_in(tmp_path: Path) -> None:
    kept, crossing = BoxHistory(tmp_path), Crossing(5)
    chronicle.take(kept, crossing.snapshot(T0))
    chronicle.take(kept, processes(T0, 1.0))
    chronicle.take(kept, uplink(T0, 1))
    kept.write(T0 + MINUTE_NS)
    states = {each.name: each.state for each in kept.changes(0)}
    assert states["device camera-west"] == "lost (Connection refused)"
    assert states["message rsm"] == "degraded sensor-lost" and states["process station"] == "running 4711"
    [(_, means)] = kept.minutes(0)
    assert means["road users"] == 5 and means["device radar-east"] == 20.0
    assert kept.events(0)[0][3].code == 903


def test_the_traffic_of_whole_minutes_goes_in_by_lane(tmp_path: Path) -> None:
    kept, minute_s = BoxHistory(tmp_path), 60
    for lasted_s, cycle in ((1, False), (minute_s, False), (90, True)):
        end_ns = T0 + lasted_s * 1_000_000_000
        flow = LaneFlow(
            link="north_in", lane=2, start_ns=T0, end_ns=end_ns, volume=12, volume_by_kind={}, mean_speed_mps=10.0,
            queue_length_m=30.0, queue_count=4, occupancy=0.25,
        )  # fmt: skip
        period = TrafficPeriod(start_ns=T0, end_ns=end_ns, cycle=cycle, lanes=[flow])
        chronicle.take(kept, Report("traffic", T0, "boot", 1, RoadTraffic(period)))
    kept.write(T0 + 2 * MINUTE_NS)
    [(_, means)] = kept.minutes(0)
    prefix = "lane north_in 2"
    assert means == {f"{prefix} flow": 720, f"{prefix} occupancy": 25, f"{prefix} queue": 30, f"{prefix} speed": 36}


def test_curves_have_gaps_where_nothing_was_recorded(tmp_path: Path) -> None:
    kept, now_ns = BoxHistory(tmp_path), time.time_ns() // MINUTE_NS * MINUTE_NS
    for minute in (10, 11, 40):
        kept.figures({"road users": minute}, now_ns - minute * MINUTE_NS)
    kept.write(now_ns)
    curve = chronicle._history(kept, 60 * MINUTE_NS)["curves"]["road users"]
    assert len(curve) == 60 and [each for each in curve if each is not None] == [40.0, 11.0, 10.0]


def test_its_file_is_readable_by_others(tmp_path: Path) -> None:
    kept = BoxHistory(tmp_path)
    kept.states({"device gnss": "ok"}, T0)
    kept.write(T0)
    with sqlite3.connect(tmp_path / NAME) as database:
        assert database.execute("SELECT name FROM changes").fetchall() == [("device gnss",)]


def test_a_failed_write_costs_nothing_once_the_disk_works_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, write = BoxHistory(tmp_path), history._store

    def full(*given: object) -> None:
        write(*given)  # type: ignore[arg-type]
        kept.figures({"device gnss": 5.0}, T0 - 2 * MINUTE_NS)  # records of the bus come meanwhile
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(history, "_store", full)
    kept.states({"device gnss": "ok"}, T0)
    kept.figures({"road users": 3.0}, T0 - MINUTE_NS)
    kept.running("boot", [EVENT], T0)
    kept.write(T0)
    assert kept.changes(0) == [] == kept.minutes(0)
    monkeypatch.setattr(history, "_store", write)
    kept.write(T0 + 1)
    assert kept.changes(0) == [PastChange(T0, "device gnss", "ok")]
    assert [means for _, means in kept.minutes(0)] == [{"device gnss": 5.0}, {"road users": 3.0}]
    assert [name for name, *_ in kept.events(0)] == ["boot 7"]


def test_a_database_that_begins_anew_knows_the_states_of_things_that_did_not_change(tmp_path: Path) -> None:
    kept = BoxHistory(tmp_path)
    kept.states({"device gnss": "ok", "uplink": "connected"}, T0)
    kept.write(T0)
    (tmp_path / NAME).write_bytes(b"no database at all" * 100)
    kept.states({"device gnss": "lost"}, T0 + 1)
    for number in (2, 3):
        kept.write(T0 + number)
    assert {each.name: each.state for each in kept.changes(0)} == {"device gnss": "lost", "uplink": "connected"}
