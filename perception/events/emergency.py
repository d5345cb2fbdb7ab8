"""Emergency vehicle (905), by its own word."""

from __future__ import annotations

from collections.abc import Iterable, Set

from perception.events.rule import Occurrence, of_tracks
from perception.events.settings import EmergencySettings
from perception.traffic.situation import Situation


class EmergencyVehicle:
    """The rule."""

    def __init__(self, settings: EmergencySettings) -> None:
        self.settings = settings

    def look(self, now: Situation, running: Set[int]) -> Iterable[Occurrence]:
        """Return the tracks whose BSM says so."""
        return of_tracks(now, now.emergency.nonzero()[0], self.settings.radius_m)
