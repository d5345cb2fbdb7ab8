"""All reasons of the gate, in the order in which they are shown; the rows of messages give the effect of each."""

from __future__ import annotations

from rsu.reasons.place import PlaceReason
from rsu.reasons.radio import RadioReason
from rsu.reasons.sensors import SensorReason
from rsu.reasons.signal import SignalReason
from rsu.reasons.weather import WeatherReason
from rsu.reasons.words import Reason

GATE: tuple[Reason, ...] = (*PlaceReason, *SignalReason, *SensorReason, *WeatherReason, *RadioReason)
NORMAL = frozenset(
    {RadioReason.SWITCHED_OFF, RadioReason.ORDERED_OFF, RadioReason.NOTHING_TO_SAY}
)  # silence for these is no fault
