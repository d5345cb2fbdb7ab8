"""UTC by the GNSS receivers: its distance from free-running time, and how fast the two part."""

from __future__ import annotations

from collections import deque

from rsu.station.checks.drift import Drift, UtcOffset

WINDOW_NS = 1_900_000_000  # with a tick of 0.1 s the gate closes 2 s after a limit is crossed
JUMP_NS = 50_000_000  # GNSS time and an oscillator part by no more between two solutions
_PART_PPM = 1000  # and by so much more in the time without


class GnssReceiver:
    """The newest solutions of one receiver. The least delayed one counts, which says the most."""

    def __init__(self) -> None:
        self.drift = Drift()
        self.heard_ns = 0  # the newest solution
        self._window: deque[UtcOffset] = deque()

    def add(self, one: UtcOffset) -> int:
        """Take a solution; return by how much GNSS time has jumped, 0: it has not."""
        before, silent_ns = self.last if self._window else None, one.receipt_ns - self.heard_ns
        self.heard_ns = one.receipt_ns
        self._window.append(one)
        while self._window[0].receipt_ns < one.receipt_ns - WINDOW_NS:
            self._window.popleft()
        jump_ns = 0 if before is None else self.last.offset_ns - before.offset_ns
        if abs(jump_ns) <= JUMP_NS + silent_ns * _PART_PPM // 1_000_000:
            self.drift.add(one)
            return 0
        self.drift.restart()
        return jump_ns

    @property
    def last(self) -> UtcOffset:
        """Return the least delayed of the last solutions, of the time when it was heard last."""
        return max(self._window, key=lambda each: each.offset_ns)

    def now(self, now_ns: int) -> UtcOffset | None:
        """Return the least delayed solution of those that still count; None: it says nothing any more."""
        fresh = (each for each in self._window if each.receipt_ns >= now_ns - WINDOW_NS)
        return max(fresh, key=lambda each: each.offset_ns, default=None)

    def rate_ppm(self, least_ppm: float) -> float:
        """Return how fast UTC may part from steady time while nothing is heard.

        `least_ppm` is believed until the rate that was seen is known as well as that, or is surely beyond it.
        """
        if (rate := self.drift.rate) is None:
            return least_ppm
        size_ppm, doubt_ppm = abs(rate.ppm), 2 * rate.sd_ppm
        told = doubt_ppm <= least_ppm or size_ppm - doubt_ppm > least_ppm
        return max(least_ppm, size_ppm + doubt_ppm) if told else least_ppm
