"""How well UTC is known here: the system clock against the GNSS receiver (guarantee G3, faults F16-F18).

The system clock stamps everything. A GNSS solution says at `receipt_ns` (system clock) that it was `stamp_ns` (UTC);
the difference is the receiver's output delay plus the error of the system clock. The smallest difference of the last
seconds is the least delayed one.
"""

from __future__ import annotations

from collections import deque

from pydantic import Field

from perception.objects import Fix
from rsu.site.settings import Settings

_WINDOW_NS = 2_000_000_000


class ClockSettings(Settings):
    """What is known about the receiver's delay and the box's oscillator."""

    gnss_delay_ms: float = Field(15, ge=0, le=1000, description="least time from epoch to last byte received")
    holdover_ppm: float = Field(30, ge=0, le=1000, description="drift of the system clock while GNSS is lost")


class UtcClock:
    """Bound of the system clock's error, from GNSS solutions."""

    def __init__(self, settings: ClockSettings) -> None:
        self._settings = settings
        self._delays: deque[tuple[int, int, int]] = deque()  # (receipt, receipt - stamp, claimed accuracy), ns
        self._error_ns: int | None = None
        self._updated_ns = 0

    def update(self, fix: Fix) -> None:
        """Take one GNSS solution; invalid ones say nothing about time."""
        if not fix.valid:
            return
        self._delays.append((fix.receipt_ns, fix.receipt_ns - fix.stamp_ns, fix.time_accuracy_ns or 0))
        while self._delays[0][0] < fix.receipt_ns - _WINDOW_NS:
            self._delays.popleft()
        expected = round(self._settings.gnss_delay_ms * 1e6)
        least_ns, accuracy_ns = min((delay, accuracy) for _, delay, accuracy in self._delays)
        self._error_ns = abs(least_ns - expected) + accuracy_ns
        self._updated_ns = fix.receipt_ns

    def uncertainty_ns(self, now_ns: int) -> int | None:
        """Return the bound of |system clock - UTC| in ns, growing while GNSS is lost; None before the first fix."""
        if self._error_ns is None:
            return None
        return self._error_ns + round(abs(now_ns - self._updated_ns) * self._settings.holdover_ppm * 1e-6)
