"""Emergency vehicle (905), by its own word."""

from __future__ import annotations

from collections.abc import Iterable, Set

import numpy as np

from perception.events.rule import Sighting, of_tracks
from perception.events.settings import EmergencySettings
from perception.traffic.situation import Situation


class EmergencyVehicle:
    """The rule."""

    def __init__(self, settings: EmergencySettings) -> None:
        self.settings = settings

    def look(self, now: Situation, running: Set[int]) -> Iterable[Sighting]:
        """Return the tracks whose BSM says so."""
        return of_tracks(now, np.flatnonzero(now.emergency), self.settings.radius_m)
