"""Steady time goes on whatever the system clock does; the correction follows the system clock."""

from __future__ import annotations

from itertools import chain, repeat

from hypothesis import given
from hypothesis import strategies as st

from hw.timescale import Timescale

S, MS = 1_000_000_000, 1_000_000
BEGIN_NS = 1_795_000_000 * S


class Clocks:
    """A monotonic clock that the test moves, and a system clock beside it that can be set."""

    def __init__(self) -> None:
        self.monotonic_ns, self.set_by_ns = 7 * S, 0

    def monotonic(self) -> int:
        return self.monotonic_ns

    def utc(self) -> int:
        return BEGIN_NS + self.monotonic_ns - 7 * S + self.set_by_ns


steps = st.lists(st.tuples(st.integers(0, 10**12), st.integers(-(10**18), 10**18)), max_size=20)


@given(steps)
def test_steady_time_never_steps_and_with_the_correction_is_the_system_clock(steps: list[tuple[int, int]]) -> None:
    clocks = Clocks()
    timescale = Timescale(clocks.utc, clocks.monotonic)
    assert (timescale(), timescale.look()) == (BEGIN_NS, 0)
    for passed_ns, step_ns in steps:
        before_ns = timescale()
        clocks.monotonic_ns += passed_ns
        clocks.set_by_ns += step_ns
        assert timescale() - before_ns == passed_ns
        assert abs(timescale() + timescale.look() - clocks.utc()) <= 100_000
        assert timescale() - before_ns == passed_ns


def test_without_a_step_steady_time_is_utc() -> None:
    clocks = Clocks()
    timescale = Timescale(clocks.utc, clocks.monotonic)
    for _ in range(1000):
        clocks.monotonic_ns += 20 * MS
        clocks.set_by_ns += 7  # reading two clocks takes its time
        assert timescale.look() == 0


def test_a_process_that_is_held_up_between_two_readings_sees_no_step() -> None:
    held_up = chain([0, 0], [S, S + 40 * MS, 2 * S, 2 * S + 30 * MS, 3 * S, 3 * S], repeat(4 * S))
    monotonic = iter(held_up)
    utc = iter(chain([BEGIN_NS], [BEGIN_NS + S + 40 * MS, BEGIN_NS + 2 * S, BEGIN_NS + 3 * S]))
    timescale = Timescale(lambda: next(utc), lambda: next(monotonic))
    assert timescale.look() == 0


def test_the_real_clocks() -> None:
    timescale = Timescale()
    before_ns = timescale()
    assert abs(timescale.look()) < S and timescale() >= before_ns
