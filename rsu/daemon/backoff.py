"""When to start an ended process again: at once after steady work, later and later while its starts fail."""

from __future__ import annotations

BACKOFF_S = (0.0, 0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0)  # before each start of a process that keeps ending
STEADY_S = 5.0  # of work; an end after that is no failed start, but a kill or a rare case


class Backoff:
    """The starts of one process. `longest_s`: the wait that is never exceeded."""

    def __init__(self, longest_s: float) -> None:
        self._waits = [wait for wait in BACKOFF_S if wait <= longest_s]
        self.failures = 0  # in a row

    def ended(self, worked_s: float) -> float:
        """Note an end after so many seconds of work; return how long to wait before the next start."""
        self.failures = 0 if worked_s >= STEADY_S else self.failures + 1
        return self._waits[min(max(0, self.failures - 1), len(self._waits) - 1)]
