"""The two clocks of a process: steady time for all that lasts, and beside it the system clock's UTC.

Steady time is UTC as the system clock said it when the process began, counted on by the monotonic clock: it never
steps. Every stamp, receipt and "now" inside is steady. UTC is a label: steady time plus the correction, which is how
far the system clock has stepped since. Devices' own UTC becomes steady where it comes in, less the correction.

The monotonic clock never steps, but it can be slewed: the kernel lets it run fast or slow, with the system clock, when
it is told to. The raw one cannot: how far the two have parted is told too.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from hw.tape import SystemClock
from hw.utc import midnight_ns

Clock = Callable[[], int]

STEP_NS = 100_000  # readings of two good clocks differ by less; a smaller step is not seen
SLEW_PPM = 200  # no oscillator needs more to be kept right
MADE_NS = midnight_ns(2026, 1, 1)  # a system clock that says less has never been set
_TOGETHER_NS = 50_000  # within so long the clocks were read at the same time
_ATTEMPTS = 5
_SLEW_EVERY_NS = 100_000_000


def raw_ns() -> int:
    """Return the time of the oscillator that is never adjusted."""
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW)


class Timescale:
    """Steady time, ns: call it. `said`: the system clock's reading at the last `look`."""

    def __init__(self, utc: Clock = time.time_ns, monotonic: Clock = time.monotonic_ns, raw: Clock = raw_ns) -> None:
        self._utc, self._monotonic, self._raw = utc, monotonic, raw
        self._begin_ns = self._difference(utc)[0]
        self._raw_ns, self._parted_ns = raw(), self._difference(raw)[0]
        self.said = SystemClock(unset=utc() < MADE_NS)

    def __call__(self) -> int:
        """Return the steady time."""
        return self._begin_ns + self._monotonic()

    def look(self) -> SystemClock:
        """Compare the clocks; return the system clock's reading, changed where it has stepped or was slewed."""
        difference_ns, apart_ns = self._difference(self._utc)
        correction_ns, slewed_ns = self.said.correction_ns, self.said.slewed_ns + self._slewed()
        if abs(difference_ns - self._begin_ns - correction_ns) > STEP_NS + apart_ns:
            correction_ns = difference_ns - self._begin_ns
        if (correction_ns, slewed_ns) != (self.said.correction_ns, self.said.slewed_ns):
            self.said = SystemClock(correction_ns, slewed_ns, self() + correction_ns < MADE_NS)
        return self.said

    def _slewed(self) -> int:
        """Return by how much steady time was moved since the last call; 0 between, or for less."""
        elapsed_ns = self._raw() - self._raw_ns
        if elapsed_ns < _SLEW_EVERY_NS:
            return 0
        difference_ns, apart_ns = self._difference(self._raw)
        if apart_ns > _TOGETHER_NS:
            return 0
        moved_ns = self._parted_ns - difference_ns
        self._raw_ns, self._parted_ns = self._raw_ns + elapsed_ns, difference_ns
        return moved_ns if abs(moved_ns) * 1_000_000 > SLEW_PPM * elapsed_ns + apart_ns * 1_000_000 else 0

    def _difference(self, other: Clock) -> tuple[int, int]:
        """Return another clock less the monotonic one, and how far apart both were read: a process may be held up."""
        apart_ns, difference_ns = self._read(other)
        for _ in range(_ATTEMPTS):
            if apart_ns <= _TOGETHER_NS:
                break
            apart_ns, difference_ns = min((apart_ns, difference_ns), self._read(other))
        return difference_ns, apart_ns

    def _read(self, other: Clock) -> tuple[int, int]:
        before_ns = self._monotonic()
        other_ns = other()
        apart_ns = self._monotonic() - before_ns
        return apart_ns, other_ns - before_ns - apart_ns // 2
