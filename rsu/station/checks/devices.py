"""The devices' states as conditions of the gate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hw.device import DeviceHealth
from rsu.reasons.radio import RadioReason
from rsu.reasons.sensors import SensorReason
from rsu.reasons.words import Reason

_SENSOR_STATES = {  # state of a camera or radar -> the gate's reason
    "starting": SensorReason.SENSOR_LOST,
    "lost": SensorReason.SENSOR_LOST,
    "blind": SensorReason.SENSOR_LOST,
    "not-understood": SensorReason.SENSOR_NOT_UNDERSTOOD,
    "frozen": SensorReason.SENSOR_FROZEN,
    "degraded": SensorReason.SENSOR_DEGRADED,
}


class Conditions:
    """`sensors`: names of cameras and radars; `radio`: name of the radio."""

    def __init__(self, sensors: set[str], radio: str) -> None:
        self._sensors = sensors
        self._radio = radio

    def conditions(self, health: Sequence[DeviceHealth]) -> Iterator[Reason]:
        """Yield the gate's reason codes that hold now."""
        sensors = [each for each in health if each.name in self._sensors]
        if sensors and all(each.is_lost for each in sensors):
            yield SensorReason.NO_SENSORS
        else:
            yield from dict.fromkeys(_SENSOR_STATES[each.state] for each in sensors if each.state != "ok")
        if any(each.is_lost for each in health if each.name == self._radio):
            yield RadioReason.RADIO_LOST
        elif any(each.error for each in health if each.name == self._radio):
            yield RadioReason.RADIO_FAULT
