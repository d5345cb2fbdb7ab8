"""The shelf of the recorder's files: which are given up when, and which are kept."""

from __future__ import annotations

import os
from pathlib import Path

from rsu.recorder.shelf import Class, KeepMark, Shelf, name
from rsu.site.recording import DiskSettings, RecordingSettings
from tests.rsu.recording.virtual import EPOCH_NS, S

ROOM = DiskSettings(min_free_gib=0, min_free_percent=0)


def make_files(folder: Path, count: int) -> list[Path]:
    """Make files of 1 MiB, an hour apart, the last one ending at EPOCH_NS."""
    paths = []
    for number in range(count):
        begin_ns = EPOCH_NS - (count - number) * 3600 * S
        path = folder / name(begin_ns, "boot")
        path.write_bytes(bytes(1 << 20))
        os.utime(path, ns=(begin_ns + 3600 * S, begin_ns + 3600 * S))
        paths.append(path)
    return paths


def shelf(folder: Path, **settings: object) -> Shelf:
    return Shelf(folder, RecordingSettings.model_validate({"disk": ROOM, **settings}))


def test_old_files_go_events_later_and_kept_ones_never(tmp_path: Path) -> None:
    paths = make_files(tmp_path, 6)
    one = shelf(tmp_path, max_age_h=2.5, event_max_age_h=4.5)
    kinds: list[Class] = ["kept", "event", "event"]
    for path, kind in zip(paths[:3], kinds, strict=True):
        moment = next(item for item in one.items() if item.path == path)
        one.mark(KeepMark(kind, moment.begin_ns + 600 * S, "x"))
    assert one.tidy(EPOCH_NS + 1801 * S) == [paths[1], paths[3]]
    assert [item.kind for item in one.items()] == ["kept", "event", "plain", "plain"]
    assert not (tmp_path / f"{paths[1].name}.keep").exists()


def test_room_is_made_plain_files_first(tmp_path: Path) -> None:
    paths = make_files(tmp_path, 5)
    one = shelf(tmp_path, disk=DiskSettings(min_free_gib=0, min_free_percent=0, max_gib=2 / 1024), max_age_h=1e4)
    one.mark(KeepMark("event", one.items()[0].begin_ns + 600 * S, "x"))
    assert one.tidy(EPOCH_NS) == paths[1:4]


def test_an_event_keeps_the_ninety_seconds_before_it(tmp_path: Path) -> None:
    paths = make_files(tmp_path, 4)
    one = shelf(tmp_path)
    begin_ns = one.items()[2].begin_ns
    assert one.mark(KeepMark("event", begin_ns + 89 * S, "x")) == paths[1:3]
    assert one.mark(KeepMark("event", begin_ns + 91 * S, "x")) == paths[2:3]


def test_while_the_clock_is_not_plausible_nothing_is_given_up_for_its_age(tmp_path: Path) -> None:
    """Set forward by ten years, the clock would end every recording; the disk's limits hold all the same."""
    paths = make_files(tmp_path, 5)
    one = shelf(tmp_path, max_age_h=2.5)
    assert one.tidy(None) == []
    small = shelf(tmp_path, disk=DiskSettings(min_free_gib=0, min_free_percent=0, max_gib=4 / 1024), max_age_h=2.5)
    assert small.tidy(None) == paths[:1]


def test_what_was_made_before_the_clock_was_ever_set_is_not_old(tmp_path: Path) -> None:
    path = tmp_path / name(5 * S, "boot")  # in 1970
    path.write_bytes(b"x")
    os.utime(path, ns=(65 * S, 65 * S))
    assert shelf(tmp_path, max_age_h=1).tidy(EPOCH_NS) == []


def test_the_minutes_before_an_event_are_kept_across_a_step_of_the_clock(tmp_path: Path) -> None:
    paths = make_files(tmp_path, 4)
    recent = [path.name for path in paths[1:3]]  # finished a moment ago, named by a clock that was hours ahead
    assert shelf(tmp_path).mark(KeepMark("event", EPOCH_NS - 90_000 * S, "x"), recent) == paths[1:3]
