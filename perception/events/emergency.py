"""Emergency vehicle (905), by its own word."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import ClassVar

from perception.events.rule import Code, EventRow, Occurrence, RuleSettings, of_tracks
from perception.sensor import NotNegative, Positive
from perception.traffic.lanes import LaneMap
from perception.traffic.situation import Situation


class EmergencySettings(RuleSettings):
    """An emergency vehicle on its way, by its own word (BSM with siren or lights in use)."""

    row: ClassVar = EventRow("Emergency vehicle", "紧急车辆", urgency=6)

    code: Code = 905
    start_after_s: NotNegative = 0.0
    end_after_s: NotNegative = 2.0
    sure_for_s: NotNegative = 0.0
    radius_m: Positive = 20.0  # of its area on air

    def rule(self, lanes: LaneMap) -> EmergencyVehicle:
        """Return the rule that looks for it."""
        return EmergencyVehicle(self)


class EmergencyVehicle:
    """The rule."""

    def __init__(self, settings: EmergencySettings) -> None:
        self.settings = settings

    def look(self, now: Situation, running: Set[int]) -> Iterable[Occurrence]:
        """Return the tracks whose BSM says so."""
        return of_tracks(now, now.emergency.nonzero()[0], self.settings.radius_m)
