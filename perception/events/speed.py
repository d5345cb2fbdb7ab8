"""Overspeed (901) and slow vehicle (902), against the limit of the lane."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import ClassVar

import numpy as np

from perception.events.rule import Code, EventRow, Occurrence, RuleSettings, of_tracks, running_rows, threshold
from perception.sensor import NotNegative, Positive
from perception.traffic.lanes import LaneMap
from perception.traffic.situation import Situation


class OverspeedSettings(RuleSettings):
    """A vehicle that is faster than the limit of its lane."""

    row: ClassVar = EventRow("Overspeed", "超速", vehicle_status=2)

    code: Code = 901
    start_after_s: NotNegative = 0.7
    end_after_s: NotNegative = 1.0
    over_percent: NotNegative = 20.0  # above the limit
    release_percent: NotNegative = 15.0  # above the limit, less ends it
    sigmas: NotNegative = 2.0  # and by so many standard deviations of the speed
    radius_m: Positive = 10.0  # of its area on air

    def rule(self, lanes: LaneMap) -> Overspeed:
        """Return the rule that looks for it."""
        return Overspeed(self)


class Overspeed:
    """A vehicle that is surely faster than allowed; past the stop line the limit of its last lane holds."""

    def __init__(self, settings: OverspeedSettings) -> None:
        self.settings = settings

    def look(self, now: Situation, running: Set[int]) -> Iterable[Occurrence]:
        """Return the vehicles that are too fast."""
        settings = self.settings
        percent = threshold(now, running, settings.over_percent, settings.release_percent)
        limit = now.past["speed_limit"] * (1.0 + percent / 100.0)
        rows = (now.is_vehicle & (now.speed_mps > limit)).nonzero()[0]
        if not len(rows):
            return []
        known = running_rows(now, running)
        variance = np.linalg.eigvalsh(now.tracks.covariance[rows, 2:, 2:])[:, -1]
        sure = now.speed_mps[rows] - settings.sigmas * np.sqrt(variance) > limit[rows]
        return of_tracks(now, rows[sure | known[rows]], settings.radius_m)


class SlowVehicleSettings(RuleSettings):
    """A vehicle that creeps where it could drive."""

    row: ClassVar = EventRow("Slow vehicle", "慢行", urgency=4, vehicle_status=5)

    code: Code = 902
    start_after_s: NotNegative = 1.2
    end_after_s: NotNegative = 1.0
    under_percent: Positive = 40.0  # of the limit
    release_percent: Positive = 50.0  # of the limit, more ends it
    least_mps: Positive = 1.5  # slower is standing
    steady_mps: Positive = 0.4  # largest difference from its smoothed speed: it neither brakes nor accelerates
    free_m: Positive = 40.0  # free road ahead, and to the stop line
    radius_m: Positive = 10.0  # of its area on air

    def rule(self, lanes: LaneMap) -> SlowVehicle:
        """Return the rule that looks for it."""
        return SlowVehicle(self)


class SlowVehicle:
    """A vehicle that creeps steadily although nothing is ahead of it."""

    def __init__(self, settings: SlowVehicleSettings) -> None:
        self.settings = settings

    def look(self, now: Situation, running: Set[int]) -> Iterable[Occurrence]:
        """Return the vehicles that are too slow."""
        settings = self.settings
        percent = threshold(now, running, settings.under_percent, settings.release_percent)
        creeping = (now.speed_mps > settings.least_mps) & (now.speed_mps < now.past["speed_limit"] * percent / 100.0)
        rows = (now.is_vehicle & creeping).nonzero()[0]
        if not len(rows):
            return []
        steady = np.abs(now.speed_mps[rows] - now.past["steady_speed"][rows]) <= settings.steady_mps
        steady |= running_rows(now, running)[rows]
        rows = rows[steady & now.lanes.is_motor[now.lane[rows]] & ~(now.to_stop_line[rows] <= settings.free_m)]
        if not len(rows):
            return []
        others = (now.is_vehicle & (now.lane >= 0)).nonzero()[0]
        ahead = now.to_end[rows, None] - now.to_end[others]
        near = (now.lane[rows, None] == now.lane[others]) & (ahead > 0.0) & (ahead <= settings.free_m)
        return of_tracks(now, rows[~near.any(axis=1)], settings.radius_m)
