"""Stopped vehicle (903): a vehicle that stands where traffic should move.

A vehicle on a lane stands for a reason when it is near the stop line or another one is close ahead of it on its lane.
Past the stop lines it may be giving way, and of one that has stood since it was seen first those ahead may never have
been seen: these must stand for longer. Once the event runs only moving on, or the
track's end, ends it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Set

import numpy as np

from perception.events.rule import Occurrence, of_track, running_rows, threshold
from perception.events.settings import StoppedVehicleSettings
from perception.objects import Ints, Mask
from perception.traffic.ground import JUNCTION
from perception.traffic.situation import Situation

ASIDE_M = 2.0  # a vehicle no farther beside the way of another is ahead of it


class StoppedVehicle:
    """The rule."""

    def __init__(self, settings: StoppedVehicleSettings) -> None:
        self.settings = settings

    def look(self, now: Situation, running: Set[int]) -> Iterable[Occurrence]:
        """Return the vehicles that stand without reason."""
        settings = self.settings
        slow = now.speed < threshold(now, running, settings.walking_mps, settings.release_mps)
        rows = (now.is_vehicle & slow).nonzero()[0]
        if not len(rows):
            return []
        on_lane = now.lanes.is_motor[now.lane[rows]]
        towards = on_lane & (now.to_stop_line[rows] > 0.0)
        alone = towards & (now.to_stop_line[rows] > settings.queue_zone_m)
        if alone.any():
            alone[alone] = ~self._follows(now, rows[alone])
        beyond = on_lane & now.lanes.leads_away[now.lane[rows]]
        giving_way = ~towards & (beyond | ((now.ground[rows] & JUNCTION) != 0))
        seen = alone | giving_way | running_rows(now, running)[rows]
        return [self._occurrence(now, row, here) for row, here in zip(rows[seen].tolist(), towards[seen], strict=True)]

    def _occurrence(self, now: Situation, row: int, towards: bool) -> Occurrence:
        """Return the occurrence of a vehicle; `towards`: on a lane towards the stop line."""
        settings = self.settings
        came = math.dist(now.tracks.position[row], now.past["first"][row])
        after_s = settings.start_in_junction_after_s
        if towards:
            after_s = settings.start_after_s if came >= settings.least_way_m else settings.start_if_never_moved_after_s
        return of_track(now, row, settings.radius_m, after_s)

    def _follows(self, now: Situation, rows: Ints) -> Mask:
        """Return which of the rows (k,) have another vehicle close ahead on their lane or on their way, seen or hidden.

        Beside a lane's middle the one ahead may be taken to be on the next lane; a vehicle that changes lanes follows
        those ahead along the lane, too, whichever way it points.
        """
        others = (now.is_vehicle & (now.lane >= 0)).nonzero()[0]
        to_end = np.append(now.to_end[others], [one.to_stop_line_m for one in now.hidden])
        lane = np.append(now.lane[others], [one.lane for one in now.hidden])
        ahead = now.to_end[rows, None] - to_end  # m: how far the other is ahead
        close = (now.lane[rows, None] == lane) & (ahead > 0.0) & (ahead <= self.settings.queue_gap_m)
        follows: Mask = close.any(axis=1)
        if not follows.all():
            follows[~follows] = self._is_behind(now, rows[~follows], others)
        return follows

    def _is_behind(self, now: Situation, rows: Ints, others: Ints) -> Mask:
        """Return which of the rows (k,) have one of the others (o,) on their way, close ahead."""
        off = now.tracks.position[others] - now.tracks.position[rows, None]  # (k, o, 2) m
        behind = np.zeros(len(rows), dtype=np.bool_)
        for way in (now.ahead[rows, None], now.along[rows, None]):
            along = (off * way).sum(axis=2)
            aside = np.abs(off[..., 0] * way[..., 1] - off[..., 1] * way[..., 0])
            near: Mask = (along > 0.0) & (along <= self.settings.queue_gap_m) & (aside <= ASIDE_M)
            behind |= near.any(axis=1)
        return behind
