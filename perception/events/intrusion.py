"""Intrusions on the carriageway: people and animals (405), objects (401)."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import ClassVar

import numpy as np

from perception.events.rule import Code, EventRow, Occurrence, RuleSettings, of_tracks
from perception.objects import Ints, RoadUser
from perception.sensor import NotNegative, Positive
from perception.traffic.ground import CROSSWALK, JUNCTION, MOTOR
from perception.traffic.lanes import LaneMap
from perception.traffic.situation import Situation


def on_carriageway(now: Situation, rows: Ints) -> Ints:
    """Return those of the rows (k,) that are where only motor vehicles should be."""
    ground = now.ground[rows]
    on: Ints = rows[((ground & (MOTOR | JUNCTION)) != 0) & ((ground & CROSSWALK) == 0)]
    return on


class PedestrianSettings(RuleSettings):
    """A person on foot, or an animal, where only motor vehicles should be."""

    row: ClassVar = EventRow("Pedestrian on the road", "行人", urgency=6)

    code: Code = 405
    start_after_s: NotNegative = 0.8
    sure_for_s: NotNegative = 1.5
    end_after_s: NotNegative = 1.0
    fastest_mps: Positive = 5.0  # a faster road user is not on foot
    least_height_m: NotNegative = 0.9  # a lower one is an object
    most_length_m: Positive = 1.5  # a longer one is a vehicle that a camera took for a pedestrian
    radius_m: Positive = 5.0  # of its area on air

    def rule(self, lanes: LaneMap) -> PedestrianOnRoad:
        """Return the rule that looks for it."""
        return PedestrianOnRoad(self)


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


class ObjectSettings(RuleSettings):
    """Something low that lies on the carriageway."""

    row: ClassVar = EventRow("Object on the road", "抛洒物", urgency=5)

    code: Code = 401
    start_after_s: NotNegative = 0.5
    sure_for_s: NotNegative = 0.5
    end_after_s: NotNegative = 1.0
    most_height_m: Positive = 0.9  # a higher thing is no object on the road
    most_length_m: Positive = 3.0  # a longer thing is no object on the road
    still_mps: Positive = 0.8  # slower stands still
    still_m: Positive = 2.0  # largest distance from where it was seen first
    radius_m: Positive = 3.0  # of its area on air

    def rule(self, lanes: LaneMap) -> ObjectOnRoad:
        """Return the rule that looks for it."""
        return ObjectOnRoad(self)


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
