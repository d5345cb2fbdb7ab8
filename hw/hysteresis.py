"""One alarm's state: raised by a figure that stays bad, cleared by one that stays good. Pure.

Between the two thresholds, and for less than the two times, the state remains: an alarm does not flicker.
"""

from __future__ import annotations

from typing import NamedTuple

from hw.utc import NS


class Limit(NamedTuple):
    """Thresholds of a figure; the larger it is the worse. `raise_at` is above `clear_at`."""

    raise_at: float  # this or more for `raise_ns`: raised
    clear_at: float  # this or less for `clear_ns`: cleared
    raise_ns: int = 3 * NS
    clear_ns: int = 5 * NS


class Hysteresis:
    """The state of one alarm. `since_ns`: when the fault that raised it began; None: not raised."""

    def __init__(self, limit: Limit) -> None:
        self.since_ns: int | None = None
        self._limit = limit
        self._turning_ns: int | None = None  # since when the figure has spoken for the other state

    def step(self, now_ns: int, value: float | None) -> None:
        """Take the figure of now; None: there are no data that it could be about, and no alarm of it either."""
        if value is None:
            self.since_ns = self._turning_ns = None
            return
        raised, limit = self.since_ns is not None, self._limit
        if not (value <= limit.clear_at if raised else value >= limit.raise_at):
            self._turning_ns = None
            return
        began_ns = now_ns if self._turning_ns is None else self._turning_ns
        turns = now_ns - began_ns >= (limit.clear_ns if raised else limit.raise_ns)
        self._turning_ns = None if turns else began_ns
        if turns:
            self.since_ns = None if raised else began_ns
