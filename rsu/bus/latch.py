"""The latch that conflicting greens close: from then on no SPAT leaves until a person has looked at the controller."""

from __future__ import annotations

import msgspec

Pair = tuple[int, int]  # phases


class Held(msgspec.Struct, frozen=True):
    """Why the latch is closed."""

    phases: Pair  # that were green together
    since_ns: int  # steady


class Setting(msgspec.Struct, frozen=True):
    """The latch as it was set from outside: as it was left before a start, or by an order."""

    held: Held | None  # None: open


class ConflictLatch:
    """Closed by conflicting greens; opened by an order, or by a configuration that is another one."""

    def __init__(self) -> None:
        self.held: Held | None = None

    def trip(self, phases: Pair, now_ns: int) -> None:
        """Close it; the reason that closed it first is kept."""
        if self.held is None:
            self.held = Held(phases, now_ns)

    def set(self, setting: Setting) -> None:
        """Take a setting from outside."""
        self.held = setting.held
