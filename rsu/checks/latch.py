"""The latch that conflicting greens close: from then on no SPAT leaves until a person has looked at the controller."""

from __future__ import annotations

from typing import NamedTuple

Pair = tuple[int, int]  # phases


class Held(NamedTuple):
    """Why the latch is closed."""

    phases: Pair  # that were green together
    since_ns: int


class ConflictLatch:
    """Closed by conflicting greens; opened by an order, or by a configuration that is another one."""

    def __init__(self, held: Held | None = None) -> None:
        self.held = held

    def trip(self, phases: Pair, now_ns: int) -> None:
        """Close it; what closed it first is kept."""
        if self.held is None:
            self.held = Held(phases, now_ns)

    def release(self) -> None:
        """Open it."""
        self.held = None
