"""Who or what does not belong on the carriageway: people and animals (405), objects (401)."""

from __future__ import annotations

from collections.abc import Iterable, Set

import numpy as np

from perception.events.rule import Sighting, of_tracks
from perception.events.settings import ObjectSettings, PedestrianSettings
from perception.objects import RoadUser
from perception.traffic.ground import CROSSWALK, JUNCTION, MOTOR
from perception.traffic.lanes import Mask
from perception.traffic.situation import Situation


def on_carriageway(now: Situation) -> Mask:
    """Return which rows (n,) are where only motor vehicles should be."""
    on: Mask = ((now.ground & (MOTOR | JUNCTION)) != 0) & ((now.ground & CROSSWALK) == 0)
    return on


class PedestrianOnRoad:
    """Somebody on foot, or an animal."""

    def __init__(self, settings: PedestrianSettings) -> None:
        self.settings = settings

    def look(self, now: Situation, running: Set[int]) -> Iterable[Sighting]:
        """Return them."""
        settings = self.settings
        walks = (now.tracks.kind == RoadUser.PEDESTRIAN) & (now.speed <= settings.fastest_mps)
        size = now.tracks.size
        upright = (size[:, 2] >= settings.least_height_m) & (size[:, 0] <= settings.most_length_m)
        rows = (walks & upright & on_carriageway(now)).nonzero()[0]
        return of_tracks(now, rows, settings.radius_m)


class ObjectOnRoad:
    """Something low that lies where it was seen first."""

    def __init__(self, settings: ObjectSettings) -> None:
        self.settings = settings

    def look(self, now: Situation, running: Set[int]) -> Iterable[Sighting]:
        """Return them."""
        settings, size = self.settings, now.tracks.size
        small = (size[:, 2] <= settings.most_height_m) & (size[:, 0] <= settings.most_length_m)
        came = now.tracks.position - now.past["first"]
        still = (now.speed <= settings.still_mps) & (np.hypot(came[:, 0], came[:, 1]) <= settings.still_m)
        return of_tracks(now, (small & still & on_carriageway(now)).nonzero()[0], settings.radius_m)
