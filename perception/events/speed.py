"""Overspeed (901) and slow vehicle (902), against the limit of the lane."""

from __future__ import annotations

from collections.abc import Iterable, Set

import numpy as np

from perception.events.rule import Occurrence, of_tracks, running_rows, threshold
from perception.events.settings import OverspeedSettings, SlowVehicleSettings
from perception.traffic.situation import Situation


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
