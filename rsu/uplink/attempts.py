"""When to connect again: at intervals that double, on the monotonic clock; at once when a file was exchanged. Pure."""

from __future__ import annotations

from collections.abc import Hashable

_FIRST_S = 1.0
_STUBBORN_MAX_S = 60.0  # where a person has to act first
_STABLE_S = 10.0  # a connection that lasted so long begins the intervals anew


class Attempts:
    """The intervals of one connection."""

    def __init__(self, max_s: float) -> None:
        self._max_s = max_s
        self._failures = 0
        self._next_s = 0.0
        self._signature: Hashable = None

    def begun(self, signature: Hashable) -> None:
        """Note that a connection is tried; `signature`: of the files that it uses."""
        self._signature = signature

    def failed(self, now_s: float, lasted_s: float, stubborn: bool) -> None:
        """Note that it ended, after it had been up for so long."""
        self._failures = 0 if lasted_s >= _STABLE_S else self._failures
        most_s = max(self._max_s, _STUBBORN_MAX_S) if stubborn else self._max_s
        self._next_s = now_s + min(most_s, _FIRST_S * 2.0 ** min(self._failures, 16))
        self._failures += 1

    def due(self, now_s: float, signature: Hashable) -> bool:
        """Tell whether to connect now."""
        return now_s >= self._next_s or signature != self._signature
