"""When the frames of a free-running device were captured, out of when they arrived."""

from __future__ import annotations

from collections import deque

FRAMES = 64  # over so many frames no oscillator drifts by more than a few hundred microseconds
JUMP_NS = 2_000_000_000  # later or earlier by this: the device has started afresh


class FrameClock:
    """Frames are numbered and leave at a fixed period: the least delayed ones of late tell when all of them were true.

    Delays (scheduling, buffers on the way) only ever add to a frame's time of arrival.
    """

    def __init__(self, period_ns: int) -> None:
        self._period_ns = period_ns
        self._origins: deque[int] = deque(maxlen=FRAMES)  # times of frame 0 that recent arrivals would mean

    def reset(self) -> None:
        """Forget: numbers begin anew."""
        self._origins.clear()

    def stamp(self, number: int, arrival_ns: int) -> int:
        """Return when the frame with this number was true (ns UTC), given when it arrived less its known delays."""
        origin_ns = arrival_ns - number * self._period_ns
        if self._origins and abs(origin_ns - self._origins[-1]) > JUMP_NS:
            self._origins.clear()
        self._origins.append(origin_ns)
        return min(self._origins) + number * self._period_ns
