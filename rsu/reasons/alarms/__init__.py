"""The table of alarms: level, cause, clearing and effect of every reason that is a fault, one row each."""

from __future__ import annotations

from rsu.reasons.alarm import Alarm, Level
from rsu.reasons.alarms import box, devices, place, radio, sensors, signal

ALARMS: dict[str, Alarm] = {
    **{reason: row for group in (place, signal, sensors, radio, devices, box) for reason, row in group.ROWS.items()}
}

__all__ = ["ALARMS", "Alarm", "Level"]
