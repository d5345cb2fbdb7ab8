"""A port on which more datagrams come than any device sends."""

from __future__ import annotations

MOST_DATAGRAMS, FLOOD_NS = 500, 100_000_000  # of one port in so long; more are dropped


class Flood:
    """Whether more datagrams come than any device sends. Time is monotonic."""

    def __init__(self) -> None:
        self._since_ns = 0
        self._count = 0

    def has(self, at_ns: int) -> bool:
        """Count one more; tell whether it is too much."""
        if at_ns - self._since_ns >= FLOOD_NS:
            self._since_ns, self._count = at_ns, 0
        self._count += 1
        return self._count > MOST_DATAGRAMS
