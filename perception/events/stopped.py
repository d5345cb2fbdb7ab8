"""Stopped vehicle (903): a vehicle that stands where traffic should move.

A vehicle on a lane stands for a reason when it is near the stop line or another one is close ahead of it on its lane.
Where no sensor would see another one ahead, there may be one: nothing is said of the vehicle.
Past the stop lines it may be giving way, and of one that has stood since it was seen first those ahead may never have
been seen: these must stand for longer. Once the event runs only moving on, or the
track's end, ends it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Set
from typing import ClassVar

import numpy as np

from perception.events.rule import Code, EventRow, Occurrence, RuleSettings, of_track, running_rows, threshold
from perception.geo import heading_of
from perception.objects import SECOND_NS, Ints, Mask
from perception.sensor import NotNegative, Positive
from perception.traffic.ground import JUNCTION
from perception.traffic.lanes import LaneMap
from perception.traffic.reappearance import STANDING_MPS
from perception.traffic.situation import Situation

CAR_M = 4.6  # length of a car that may stand ahead
CLEAR_NS = 5 * SECOND_NS  # passing vehicles hide the road ahead for moments too short to stop there unseen
PLACES = 4  # where one may stand, over the distance that counts
ASIDE_M = 2.0  # a vehicle no farther beside the way of another is ahead of it


class StoppedVehicleSettings(RuleSettings):
    """A vehicle that stands where traffic should move."""

    row: ClassVar = EventRow("Stopped vehicle", "异常停车", urgency=5, vehicle_status=4)

    code: Code = 903
    start_after_s: NotNegative = 1.5  # standing without reason on a lane
    start_in_junction_after_s: NotNegative = 45.0  # standing past the stop lines or on a road that leads away
    start_if_never_moved_after_s: NotNegative = 45.0  # standing since it was seen first: those ahead may be hidden
    end_after_s: NotNegative = 0.0
    walking_mps: Positive = 0.8  # slower is standing
    release_mps: Positive = 1.5  # faster is moving again
    queue_zone_m: NotNegative = 20.0  # before the stop line, where the first of a queue may stand
    least_way_m: NotNegative = 3.0  # a vehicle that has come so far counts as having moved
    queue_gap_m: Positive = 20.0  # a vehicle within this distance ahead explains a stop
    radius_m: Positive = 5.0  # of its area on air

    def rule(self, lanes: LaneMap) -> StoppedVehicle:
        """Return the rule that looks for it."""
        return StoppedVehicle(self)


class StoppedVehicle:
    """The rule."""

    def __init__(self, settings: StoppedVehicleSettings) -> None:
        self.settings = settings
        self._clear_ns: dict[int, int] = {}  # by track: when the road ahead of it was last seen to be empty

    def look(self, now: Situation, running: Set[int]) -> Iterable[Occurrence]:
        """Return the vehicles that stand without reason."""
        settings = self.settings
        slow = now.speed_mps < threshold(now, running, settings.walking_mps, settings.release_mps)
        rows = (now.is_vehicle & slow).nonzero()[0]
        if not len(rows):
            return []
        on_lane = now.lanes.is_motor[now.lane[rows]]
        towards = on_lane & (now.to_stop_line[rows] > 0.0)
        alone = towards & (now.to_stop_line[rows] > settings.queue_zone_m)
        if alone.any():
            alone[alone] = ~self._follows(now, rows[alone])
            alone[alone] = self._was_clear_ahead(now, rows[alone])
        beyond = on_lane & now.lanes.leads_away[now.lane[rows]]
        giving_way = ~towards & (beyond | ((now.ground[rows] & JUNCTION) != 0))
        seen = alone | giving_way | running_rows(now, running)[rows]
        return [self._occurrence(now, row, here) for row, here in zip(rows[seen].tolist(), towards[seen], strict=True)]

    def _occurrence(self, now: Situation, row: int, towards: bool) -> Occurrence:
        """Return the occurrence of a vehicle; `towards`: on a lane towards the stop line."""
        settings = self.settings
        came = math.dist(now.tracks.position_m[row], now.past["first"][row])
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
        hidden = [one for one in now.hidden if one.speed_mps < STANDING_MPS]
        to_end = np.append(now.to_end[others], [one.to_stop_line_m for one in hidden])
        lane = np.append(now.lane[others], [one.lane for one in hidden])
        ahead = now.to_end[rows, None] - to_end  # m: how far the other is ahead
        close = (now.lane[rows, None] == lane) & (ahead > 0.0) & (ahead <= self.settings.queue_gap_m)
        follows: Mask = close.any(axis=1)
        if not follows.all():
            follows[~follows] = self._is_behind(now, rows[~follows], others)
        return follows

    def _was_clear_ahead(self, now: Situation, rows: Ints) -> Mask:
        """Return ahead of which of the rows (k,) sensors saw an empty road now or a moment ago."""
        clear = now.tracks.id[rows[self._is_clear_ahead(now, rows)]]
        self._clear_ns.update(dict.fromkeys(clear.tolist(), now.now_ns))
        self._clear_ns = {one: then for one, then in self._clear_ns.items() if now.now_ns - then <= CLEAR_NS}
        return np.isin(now.tracks.id[rows], list(self._clear_ns))

    def _is_clear_ahead(self, now: Situation, rows: Ints) -> Mask:
        """Return ahead of which of the rows (k,) sensors would see a vehicle that explains the stop."""
        first = (now.tracks.size_m[rows, 0] + CAR_M) / 2.0
        share = np.linspace(0.0, 1.0, PLACES)
        ahead = first[:, None] * (1.0 - share) + self.settings.queue_gap_m * share  # (k, PLACES) m
        places = now.tracks.position_m[rows, None] + ahead[..., None] * now.along[rows, None]
        headings = np.repeat(heading_of(now.along[rows]), PLACES)
        shown = now.shows(places.reshape(-1, 2), headings)
        clear: Mask = np.logical_and.reduce(shown.reshape(len(rows), PLACES), axis=1)
        return clear

    def _is_behind(self, now: Situation, rows: Ints, others: Ints) -> Mask:
        """Return which of the rows (k,) have one of the others (o,) on their way, close ahead."""
        off = now.tracks.position_m[others] - now.tracks.position_m[rows, None]  # (k, o, 2) m
        behind = np.zeros(len(rows), dtype=np.bool_)
        for way in (now.ahead[rows, None], now.along[rows, None]):
            along = (off * way).sum(axis=2)
            aside = np.abs(off[..., 0] * way[..., 1] - off[..., 1] * way[..., 0])
            near: Mask = (along > 0.0) & (along <= self.settings.queue_gap_m) & (aside <= ASIDE_M)
            behind |= near.any(axis=1)
        return behind
