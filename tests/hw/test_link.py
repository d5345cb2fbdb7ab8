"""Links that are lost and found: waiting, silence, writing. Real ptys; time is of the test, so that nothing sleeps."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import pytest

from hw.link import WRITE_LIMIT, PortLink
from tests.hw.lines import MS, Clock, Line, read_all, serial, wait_for


def test_waiting_doubles_up_to_its_limit_and_ends_when_the_device_speaks(tmp_path: Path, clock: Clock) -> None:
    link = PortLink(serial("none"), tmp_path, clock, monotonic=clock, reopen_ms=2000)
    began, attempts = clock(), []
    for _ in range(1100):
        failures = link.counters["open-failed"]
        link.tick(clock.pass_ms(10))
        if link.counters["open-failed"] > failures:
            attempts.append((clock() - began) // MS)
    waits = [b - a for a, b in pairwise(attempts)]
    assert waits == [100, 200, 400, 800, 1600, 2000, 2000, 2000]
    line = Line(tmp_path / "none")
    while not link.tick(clock.pass_ms(10)):
        pass
    os.write(line.master, b"x")
    read_all(link, 1)
    link.tick(clock.pass_ms(10))
    assert link.error is None
    line.kill()
    wait_for(lambda: link.read() == [] and not link.up)
    line = Line(tmp_path / "none")
    assert not link.tick(clock.pass_ms(90)) and link.tick(clock.pass_ms(20))
    link.close()
    line.kill()


@pytest.mark.parametrize("step_ms", [-8 * 3_600_000, -60_000, -1000, 1000, 37_000, 8 * 3_600_000])
def test_a_step_of_the_clock_that_says_when_bytes_came_changes_no_link(
    step_ms: int, tmp_path: Path, clock: Clock
) -> None:
    line, utc = Line(tmp_path / "gnss"), Clock()
    utc.pass_ms(10 * 3_600_000)
    link = PortLink(serial(), tmp_path, utc, monotonic=clock, silence_ms=1000)
    link.tick(utc())
    os.write(line.master, b"x")
    read_all(link, 1)
    utc.pass_ms(step_ms)
    for _ in range(10):
        clock.pass_ms(90)
        link.tick(utc())
    assert link.alive and link.error is None
    clock.pass_ms(150)
    link.tick(utc())
    assert not link.up and link.error == "silent for 1.1 s"
    line.kill()
    (tmp_path / "gnss").unlink()
    refused_before = link.counters["open-failed"]
    utc.pass_ms(-step_ms)
    for _ in range(30):
        clock.pass_ms(100)
        link.tick(utc())
    assert link.counters["open-failed"] - refused_before == 4  # after 0.1, 0.3, 0.7 and 1.5 s
    link.close()


def test_a_quiet_device_is_lost_and_opened_again(tmp_path: Path, clock: Clock) -> None:
    line = Line(tmp_path / "gnss")
    link = PortLink(serial(), tmp_path, clock, monotonic=clock, silence_ms=1000)
    link.tick(clock())
    assert link.up and not link.alive
    os.write(line.master, b"x")
    read_all(link, 1)
    assert link.alive
    while link.up:
        link.tick(clock.pass_ms(10))
    assert clock() - link.last_receipt_ns == 1010 * MS
    assert link.error == "silent for 1.0 s"
    while not link.tick(clock.pass_ms(10)):
        pass
    assert link.up and not link.alive and link.error  # open again, but it has said nothing yet
    link.close()
    line.kill()


def test_writing_to_a_device_that_takes_nothing_never_waits_and_counts_what_is_dropped(
    tmp_path: Path, clock: Clock
) -> None:
    line = Line(tmp_path / "gnss")
    link = PortLink(serial(), tmp_path, clock, monotonic=clock)
    link.tick(clock())
    for _ in range(300):
        link.write(b"x" * 1000)
    kept = 300_000 - link.counters["overrun"]
    assert link.unsent and WRITE_LIMIT - 1000 < kept < 2 * WRITE_LIMIT
    taken = bytearray()

    def drained() -> bool:
        try:
            taken.extend(os.read(line.master, 65536))
        except BlockingIOError:
            link.flush()
        return len(taken) == kept

    wait_for(drained)
    assert not link.unsent
    link.close()
    line.kill()
