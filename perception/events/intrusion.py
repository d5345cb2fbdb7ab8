"""Intrusions on the carriageway: people and animals (405), objects (401)."""

from __future__ import annotations

from collections.abc import Iterable, Set

import numpy as np

from perception.events.rule import Occurrence, of_tracks
from perception.events.settings import ObjectSettings, PedestrianSettings
from perception.objects import Ints, RoadUser
from perception.traffic.ground import CROSSWALK, JUNCTION, MOTOR
from perception.traffic.situation import Situation


def on_carriageway(now: Situation, rows: Ints) -> Ints:
    """Return those of the rows (k,) that are where only motor vehicles should be."""
    ground = now.ground[rows]
    on: Ints = rows[((ground & (MOTOR | JUNCTION)) != 0) & ((ground & CROSSWALK) == 0)]
    return on


class PedestrianOnRoad:
    """A person on foot, or an animal."""

    def __init__(self, settings: PedestrianSettings) -> None:
        self.settings = settings

    def look(self, now: Situation, running: Set[int]) -> Iterable[Occurrence]:
        """Return them."""
        settings = self.settings
        rows = on_carriageway(now, (now.tracks.kind == RoadUser.PEDESTRIAN).nonzero()[0])
        if not len(rows):
            return []
        size = now.tracks.size_m[rows]
        upright = (size[:, 2] >= settings.least_height_m) & (size[:, 0] <= settings.most_length_m)
        return of_tracks(now, rows[upright & (now.speed_mps[rows] <= settings.fastest_mps)], settings.radius_m)


class ObjectOnRoad:
    """Something low that lies where it was seen first."""

    def __init__(self, settings: ObjectSettings) -> None:
        self.settings = settings

    def look(self, now: Situation, running: Set[int]) -> Iterable[Occurrence]:
        """Return them."""
        settings = self.settings
        small = (now.tracks.size_m[:, 2] <= settings.most_height_m) & (
            now.tracks.size_m[:, 0] <= settings.most_length_m
        )
        rows = on_carriageway(now, small.nonzero()[0])
        if not len(rows):
            return []
        came = now.tracks.position_m[rows] - now.past["first"][rows]
        still = (now.speed_mps[rows] <= settings.still_mps) & (np.hypot(came[:, 0], came[:, 1]) <= settings.still_m)
        return of_tracks(now, rows[still], settings.radius_m)
