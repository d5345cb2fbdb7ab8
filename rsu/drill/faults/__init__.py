"""All faults of the drill, in the order of their numbers, each in one row."""

from __future__ import annotations

from collections.abc import Sequence

from rsu.drill.fault import Fault
from rsu.drill.faults import box, clock, platform, radio, sensors, signals

FAULTS: list[Fault] = [*sensors.ROWS, *signals.ROWS, *clock.ROWS, *radio.ROWS, *platform.ROWS, *box.ROWS]


def chosen(names: Sequence[str]) -> list[Fault]:
    """Return the faults of these names, F13 with F13b and F13c; `all`: every one. ValueError: there is none such."""
    if list(names) == ["all"]:
        return FAULTS
    found: list[Fault] = []
    for name in names:
        rows = [fault for fault in FAULTS if fault.id == name or fault.id.rstrip("abcdefg") == name]
        if not rows:
            raise ValueError(f"no fault {name}; there are {', '.join(fault.id for fault in FAULTS)}, and all")
        found += [row for row in rows if row not in found]
    return found
