"""The two clocks of a process: steady time for all that lasts, and what UTC the system clock says beside it.

Steady time is UTC as the system clock said it when the process began, counted on by the monotonic clock: it never
steps. Every stamp, receipt and "now" inside is steady. UTC is a label: steady time plus the correction, which is how
far the system clock has stepped since. Devices' own UTC becomes steady where it comes in, less the correction.
"""

from __future__ import annotations

import time
from collections.abc import Callable

Clock = Callable[[], int]

STEP_NS = 100_000  # what two readings of good clocks do not differ by; a smaller step is not seen
_TOGETHER_NS = 50_000  # within so long the clocks were read at the same time
_ATTEMPTS = 5


class Timescale:
    """Steady time, ns: call it. `correction_ns`: what makes it UTC, as of the last `look`."""

    def __init__(self, utc: Clock = time.time_ns, monotonic: Clock = time.monotonic_ns) -> None:
        self.correction_ns = 0
        self._utc = utc
        self._monotonic = monotonic
        self._begin_ns = self._difference()[0]

    def __call__(self) -> int:
        """Return the steady time."""
        return self._begin_ns + self._monotonic()

    def look(self) -> int:
        """Compare the system clock with the monotonic one; return the correction, changed where it has stepped."""
        difference_ns, apart_ns = self._difference()
        shift_ns = difference_ns - self._begin_ns - self.correction_ns
        if abs(shift_ns) > STEP_NS + apart_ns:
            self.correction_ns += shift_ns
        return self.correction_ns

    def _difference(self) -> tuple[int, int]:
        """Return system clock less monotonic clock, and how far apart both were read (a process may be held up)."""
        apart_ns, difference_ns = self._read()
        for _ in range(_ATTEMPTS):
            if apart_ns <= _TOGETHER_NS:
                break
            apart_ns, difference_ns = min((apart_ns, difference_ns), self._read())
        return difference_ns, apart_ns

    def _read(self) -> tuple[int, int]:
        before_ns = self._monotonic()
        utc_ns = self._utc()
        apart_ns = self._monotonic() - before_ns
        return apart_ns, utc_ns - before_ns - apart_ns // 2
