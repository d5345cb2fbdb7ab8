"""The devices' states as conditions of the gate: those of sensors for all messages, those of radios by message type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hw.device import DeviceHealth
from hw.modality import Gives
from rsu.reasons.radio import RadioReason
from rsu.reasons.sensors import SensorReason
from rsu.reasons.weather import WeatherReason
from rsu.reasons.words import Reason
from rsu.site.model import RadioSettings

_SENSOR_STATES = {  # state of a camera or radar -> the gate's reason
    "starting": SensorReason.SENSOR_LOST,
    "lost": SensorReason.SENSOR_LOST,
    "blind": SensorReason.SENSOR_LOST,
    "not-understood": SensorReason.SENSOR_NOT_UNDERSTOOD,
    "frozen": SensorReason.SENSOR_FROZEN,
    "degraded": SensorReason.SENSOR_DEGRADED,
}


class Conditions:
    """`sensors`: names of cameras and radars."""

    def __init__(self, sensors: set[str]) -> None:
        self._sensors = sensors

    def conditions(self, health: Sequence[DeviceHealth]) -> Iterator[Reason]:
        """Yield the gate's reason codes that hold now."""
        sensors = [each for each in health if each.name in self._sensors]
        if sensors and all(each.is_lost for each in sensors):
            yield SensorReason.NO_SENSORS
        else:
            yield from dict.fromkeys(_SENSOR_STATES[each.state] for each in sensors if each.state != "ok")
        if any(each.is_lost for each in health if each.modality.gives is Gives.WEATHER):
            yield WeatherReason.WEATHER_LOST


class RadioConditions:
    """Whether messages of a type find a radio."""

    def __init__(self, radios: Sequence[RadioSettings]) -> None:
        self._senders: dict[str, set[str]] = {}  # message type -> names of its radios
        for radio in radios:
            for kind in radio.messages:
                self._senders.setdefault(kind, set()).add(radio.device)

    def conditions(self, kind: str, health: Sequence[DeviceHealth]) -> Iterator[Reason]:
        """Yield the gate's reason codes that hold now for messages of a type."""
        senders = self._senders.get(kind)
        if senders is None:
            yield RadioReason.SWITCHED_OFF
            return
        radios = [each for each in health if each.name in senders]
        lost = sum(each.is_lost for each in radios)
        if lost:
            yield RadioReason.RADIO_LOST if lost == len(radios) else RadioReason.ONE_RADIO_LOST
        if any(each.error for each in radios if not each.is_lost):
            yield RadioReason.RADIO_FAULT
