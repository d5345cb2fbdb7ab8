"""Serial links on real ptys."""

from __future__ import annotations

import os
from pathlib import Path

from hw.link import Chunk, PortLink
from tests.hw.lines import MS, Clock, Line, read_all, serial, wait_for


def test_a_serial_port_carries_bytes_both_ways_with_their_time_of_receipt(tmp_path: Path, clock: Clock) -> None:
    line = Line(tmp_path / "gnss")
    link = PortLink(serial(), tmp_path, clock, monotonic=clock)
    assert link.tick(clock()) and link.up
    os.write(line.master, b"$GNRMC")
    wait_for(lambda: (chunks := link.read()) and chunks == [Chunk(b"$GNRMC", clock())])
    link.write(b"poll\n")
    wait_for(lambda: os.read(line.master, 100) == b"poll\n")
    link.close()
    line.kill()


def test_a_killed_device_is_found_again_at_the_new_target_of_its_symlink(tmp_path: Path, clock: Clock) -> None:
    line = Line(tmp_path / "gnss")
    link = PortLink(serial(), tmp_path, clock, monotonic=clock, reopen_ms=500)
    link.tick(clock())
    line.kill()
    wait_for(lambda: link.read() == [] and not link.up)
    assert link.counters["lost"] == 1 and link.error
    for _ in range(60):  # 3 s of a symlink that leads nowhere
        assert not link.tick(clock.pass_ms(50))
    line = Line(tmp_path / "gnss")
    restarted_ns = clock()
    while not link.tick(clock.pass_ms(10)):
        assert clock() - restarted_ns < 1000 * MS
    os.write(line.master, b"back")
    assert read_all(link, 4) == b"back"
    link.close()
    line.kill()


def test_a_symlink_that_leads_elsewhere_is_followed_without_a_hang_up(tmp_path: Path, clock: Clock) -> None:
    old = Line(tmp_path / "gnss")
    link = PortLink(serial(), tmp_path, clock, monotonic=clock)
    link.tick(clock())
    new = Line(tmp_path / "gnss")
    for _ in range(100):
        link.tick(clock.pass_ms(10))
    os.write(old.master, b"stranger")
    os.write(new.master, b"device")
    assert read_all(link, 6) == b"device"
    assert link.counters["lost"] == 1
    link.close()
    old.kill()
    new.kill()


def test_a_serial_port_belongs_to_one_process(tmp_path: Path, clock: Clock) -> None:
    line = Line(tmp_path / "gnss")
    first, second = (PortLink(serial(), tmp_path, clock, monotonic=clock) for _ in range(2))
    assert first.tick(clock())
    assert not second.tick(clock())
    assert second.counters == {"open-failed": 1}
    first.close()
    line.kill()
