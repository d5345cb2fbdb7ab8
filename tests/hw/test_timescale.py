"""Steady time goes on however the system clock is set; the system clock's time is told beside it."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
import time
from itertools import chain, pairwise, repeat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.tape import SystemClock
from hw.timescale import MADE_NS, Timescale

S, MS = 1_000_000_000, 1_000_000
BEGIN_NS = 1_795_000_000 * S


class Clocks:
    """A raw clock that the test moves; a monotonic and a system clock that can be pushed, or set, against it."""

    def __init__(self, begin_ns: int = BEGIN_NS) -> None:
        self.raw_ns, self.pushed_ns, self.set_by_ns, self._begin_ns = 7 * S, 0, begin_ns - 7 * S, begin_ns

    def raw(self) -> int:
        return self.raw_ns

    def monotonic(self) -> int:
        return self.raw_ns + self.pushed_ns

    def utc(self) -> int:
        return self.monotonic() + self.set_by_ns

    def timescale(self) -> Timescale:
        return Timescale(self.utc, self.monotonic, self.raw)


steps = st.lists(st.tuples(st.integers(0, 10**12), st.integers(-(10**17), 10**17)), max_size=20)


@given(steps)
def test_steady_time_never_steps_and_with_the_correction_is_the_system_clock(steps: list[tuple[int, int]]) -> None:
    clocks = Clocks()
    timescale = clocks.timescale()
    assert (timescale(), timescale.look()) == (BEGIN_NS, SystemClock())
    for passed_ns, step_ns in steps:
        before_ns = timescale()
        clocks.raw_ns += passed_ns
        clocks.set_by_ns += step_ns
        said = timescale.look()
        assert timescale() - before_ns == passed_ns
        assert abs(timescale() + said.correction_ns - clocks.utc()) <= 100_000
        assert said.slewed_ns == 0 and said.unset == (timescale() + said.correction_ns < MADE_NS)


@given(st.lists(st.tuples(st.integers(1, 1000), st.integers(-80_000, 80_000)), max_size=30))
def test_how_far_steady_time_is_pushed_is_told(pushes: list[tuple[int, int]]) -> None:
    """Up to 8 %, as chrony does; the rate that an oscillator may need (up to 200 ppm) is none, and never a step."""
    clocks = Clocks()
    timescale = clocks.timescale()
    pushed_ns = 0.0
    for tenths, ppm in pushes:
        for _ in range(min(tenths, 20)):
            clocks.raw_ns += S // 10
            clocks.pushed_ns += ppm * 100
            pushed_ns += ppm * 100 if abs(ppm) > 200 else 0
            timescale.look()
    assert timescale.said == SystemClock(0, round(pushed_ns))


def test_without_a_step_steady_time_is_utc() -> None:
    clocks = Clocks()
    timescale = clocks.timescale()
    for _ in range(1000):
        clocks.raw_ns += 20 * MS
        clocks.set_by_ns += 7  # reading two clocks takes its time
        assert timescale.look() == SystemClock()


def test_a_process_that_is_held_up_between_two_readings_sees_no_step() -> None:
    held_up = chain(repeat(0, 4), [S, S + 40 * MS, 2 * S, 2 * S + 30 * MS, 3 * S, 3 * S], repeat(4 * S))
    monotonic = iter(held_up)
    utc = iter(chain(repeat(BEGIN_NS, 2), [BEGIN_NS + S + 40 * MS, BEGIN_NS + 2 * S, BEGIN_NS + 3 * S]))
    timescale = Timescale(lambda: next(utc), lambda: next(monotonic), lambda: 0)
    assert timescale.look() == SystemClock()


def test_a_clock_before_this_software_was_made_was_never_set() -> None:
    clocks = Clocks(begin_ns=5 * S)  # a box without a battery, in 1970
    timescale = clocks.timescale()
    assert timescale.look().unset
    clocks.set_by_ns += BEGIN_NS
    assert timescale.look() == SystemClock(BEGIN_NS)


def test_the_real_clocks() -> None:
    timescale = Timescale()
    before_ns = timescale()
    said = timescale.look()
    assert abs(said.correction_ns) < S and not said.unset and timescale() >= before_ns


CHILD = """
import sys
from hw.timescale import Timescale
timescale = Timescale()
for _ in sys.stdin:
    said = timescale.look()
    print(timescale(), said.correction_ns, said.slewed_ns, flush=True)
"""


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler, with which the clock of a process is shifted")
def test_a_process_whose_clocks_are_set_and_pushed_while_it_runs(tmp_path: Path) -> None:
    """The machine's clock is left alone: a preloaded library shifts those of one process (`shifted_clock.c`)."""
    library, shifts = tmp_path / "shifted.so", tmp_path / "shifts"
    source = Path(__file__).with_name("shifted_clock.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    shifts.write_bytes(struct.pack("=qq", 0, 0))
    environment = os.environ | {"LD_PRELOAD": str(library), "SHIFTED_CLOCK": str(shifts)}
    with subprocess.Popen(
        [sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
    ) as child:
        assert child.stdin is not None and child.stdout is not None

        def after(set_by_ns: int, pushed_by_ns: int) -> list[int]:
            """Shift the clocks; return steady time, correction and slew as the process tells them then."""
            with shifts.open("r+b") as file:
                file.write(struct.pack("=qq", set_by_ns, pushed_by_ns))
            time.sleep(0.15)
            assert child.stdin is not None and child.stdout is not None
            child.stdin.write("\n")
            child.stdin.flush()
            return [int(word) for word in child.stdout.readline().split()]

        told = [after(0, 0), after(-60 * S, 0), after(37 * S, 0), after(-28_800 * S, 0), after(0, 40 * MS)]
        child.stdin.close()
    steady, corrections, slews = zip(*told, strict=True)
    assert [round(each / MS) for each in corrections] == [0, -60_000, 37_000, -28_800_000, 0]
    assert [round(each / MS) for each in slews] == [0, 0, 0, 0, 40]
    assert all(100 * MS < later - earlier < 60 * S for earlier, later in pairwise(steady))
