"""Stopped vehicle (903): a vehicle that stands where traffic should move.

A vehicle on a lane stands for a reason when it is near the stop line or another one is close ahead of it on its lane.
Past the stop lines it may be giving way, and of one that has stood since it was seen first those ahead may never have
been seen: these must stand for longer. Once the event runs only moving on, or the
track's end, ends it.
"""

from __future__ import annotations

from collections.abc import Iterable, Set

import numpy as np

from perception.events.rule import Sighting, of_track, running_rows
from perception.events.settings import StoppedVehicleSettings
from perception.geo import direction_of
from perception.objects import Ints
from perception.traffic.ground import JUNCTION
from perception.traffic.lanes import Mask
from perception.traffic.situation import Situation

ASIDE_M = 2.0  # who is no farther beside the way of a vehicle is ahead of it


class StoppedVehicle:
    """The rule."""

    def __init__(self, settings: StoppedVehicleSettings) -> None:
        self.settings = settings

    def look(self, now: Situation, running: Set[int]) -> Iterable[Sighting]:
        """Return the vehicles that stand without reason."""
        settings = self.settings
        known = running_rows(now, running)
        standing = now.is_vehicle & (now.speed < np.where(known, settings.release_mps, settings.walking_mps))
        rows = standing.nonzero()[0]
        if not len(rows):
            return []
        towards = (now.to_stop_line[rows] > 0.0) & now.lanes.is_motor[now.lane[rows]]
        unexplained = towards & (now.to_stop_line[rows] > settings.queue_zone_m) & ~self._follows(now, rows)
        beyond = now.lanes.is_motor[now.lane[rows]] & now.lanes.leads_away[now.lane[rows]]
        giving_way = ~towards & (beyond | ((now.ground[rows] & JUNCTION) != 0))
        came = np.linalg.norm(now.tracks.position[rows] - now.past["first"][rows], axis=1)
        start_after_s = np.where(
            towards,
            np.where(came < settings.least_way_m, settings.start_if_never_moved_after_s, settings.start_after_s),
            settings.start_in_junction_after_s,
        )
        seen = unexplained | giving_way | known[rows]
        return [
            of_track(now, int(row), settings.radius_m, float(after_s))
            for row, after_s in zip(rows[seen], start_after_s[seen], strict=True)
        ]

    def _follows(self, now: Situation, rows: Ints) -> Mask:
        """Return which of the rows have another vehicle close ahead, seen or hidden: on their lane, or on their way.

        Beside a lane's middle the one ahead may be taken to be on the next lane.
        """
        others = (now.is_vehicle & (now.lane >= 0)).nonzero()[0]
        to_end = np.append(now.to_end[others], [one.to_stop_line for one in now.hidden])
        lane = np.append(now.lane[others], [one.lane for one in now.hidden])
        ahead = now.to_end[rows, None] - to_end  # m: how far the other is ahead
        same = now.lane[rows, None] == lane
        off = now.tracks.position[others] - now.tracks.position[rows, None]  # (k, o, 2) m
        way = direction_of(now.tracks.heading[rows])[:, None]
        along = (off * way).sum(axis=2)
        aside = np.abs(off[..., 0] * way[..., 1] - off[..., 1] * way[..., 0])
        close = same & (ahead > 0.0) & (ahead <= self.settings.queue_gap_m)
        close[:, : len(others)] |= (along > 0.0) & (along <= self.settings.queue_gap_m) & (aside <= ASIDE_M)
        follows: Mask = close.any(axis=1)
        return follows
