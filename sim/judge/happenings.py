"""True happenings on the roads of the bench, found in the world alone, by rules of the judge's own.

A rule names an event by its code on air. Each is told twice, by limits on either side of the definition that a roadside
a `POSSIBLE` happening excuses an event on air, a `CERTAIN` one has to be on air.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from perception.objects import Floats, Ints, RoadUser
from sim.frames import EMERGENCY_OBU, PERIOD_NS, WorldFrame
from sim.judge.polygons import Mask
from sim.judge.roads import NONE, LanePlaces, Roads

OBJECT, PEDESTRIAN, CONGESTION = 401, 405, 707
OVERSPEED, SLOW, STOPPED, WRONG_WAY, EMERGENCY = 901, 902, 903, 904, 905

MOTOR = [RoadUser.CAR, RoadUser.TRUCK, RoadUser.BUS, RoadUser.MOTORCYCLE]
NEVER = np.inf
STAYS = 0.7  # share of the vehicles that makes a crowd with which it stays one, green or not
_PERIOD_S = PERIOD_NS / 1e9


class EventLimits(NamedTuple):
    """Where an event begins."""

    lasts_s: float  # it holds for so long
    reach_m: float  # no farther from the centre
    beside_m: float  # of people on foot and things that lie: beside the lanes of motor vehicles,
    away_m: float  # but so far from where people walk
    over: float  # speed over the limit, as a share of it
    slow: tuple[float, float]  # m/s, share of the limit: between them a vehicle creeps
    free_m: float  # without a vehicle or the stop line so near ahead
    stands_mps: float  # slower is standing
    gap_m: float  # without a vehicle or the stop line so near ahead, on a lane towards the crossing
    stays_s: float  # or elsewhere, for so long
    against_mps: float  # faster against the traffic
    crowd: int  # vehicles of a road
    crowd_mps: float  # that are slower
    green_s: float  # on lanes that have had green for so long


POSSIBLE = EventLimits(0.0, 1e3, 0.7, 0.0, 0.12, (0.7, 0.55), 25.0, 1.2, 10.0, 20.0, 1.0, 8, 4.5, 4.0)
CERTAIN = EventLimits(2.5, 60.0, -0.3, 2.5, 0.25, (1.8, 0.35), 60.0, 0.3, 30.0, 70.0, 3.0, 13, 2.0, 8.0)


class Happening(NamedTuple):
    """One road user in an event, or one vehicle of a crowd, in one frame."""

    code: int
    who: int  # id of the road user; of a crowd the number of its road
    position_m: tuple[float, float]  # m, site frame


class Happenings:
    """Follows the world frame by frame and finds happenings, by one set of limits."""

    def __init__(self, roads: Roads, limits: EventLimits) -> None:
        self._roads, self._limits = roads, limits
        self._lasted: dict[tuple[int, int], int] = {}  # (code, id) -> frames in a row
        self._green: Ints = np.zeros(len(roads.names), np.int64)  # frames in a row, of each lane
        self._speed_limit: dict[int, float] = {}  # of each vehicle, on the last lane outside the crossing
        self._crowded: set[int] = set()  # roads
        self._road = np.array([roads.names.index(name) for name in roads.names])

    def look(self, frame: WorldFrame, place: LanePlaces, turned: LanePlaces) -> list[Happening]:
        """Return the happenings of the next frame. Where motor vehicles are, with the traffic and against it."""
        lit = [any(frame.signals[each] in "Gg" for each in links) for links in self._roads.lights]
        self._green = np.where(lit, self._green + 1, 0) if frame.signals else self._green
        near = np.hypot(frame.position_m[:, 0], frame.position_m[:, 1]) <= self._limits.reach_m
        before, self._lasted = self._lasted, {}
        found = []
        for code, needed_s in self._rules(frame, place, turned.lane):
            for row in np.flatnonzero(np.isfinite(needed_s) & near).tolist():
                key = code, int(frame.id[row])
                self._lasted[key] = before.get(key, 0) + 1
                if self._lasted[key] * _PERIOD_S > max(float(needed_s[row]), self._limits.lasts_s):
                    found.append(_happening(code, key[1], frame, row))
        return [*found, *self._crowds(frame, place)]

    def _rules(self, frame: WorldFrame, place: LanePlaces, turned: Ints) -> Iterator[tuple[int, Floats]]:
        """Yield codes and for how long it must have been so, (n,) s, NEVER where it is not."""
        limits, speed = self._limits, np.hypot(frame.velocity_mps[:, 0], frame.velocity_mps[:, 1])
        off = self._roads.on_carriageway(frame.position_m, limits.beside_m, limits.away_m)
        yield PEDESTRIAN, _so(off & (frame.kind == RoadUser.PEDESTRIAN))
        yield OBJECT, _so(off & (frame.kind == RoadUser.UNKNOWN))
        yield EMERGENCY, _so(frame.equipped == EMERGENCY_OBU)
        allowed = self._allowed(frame, place)
        yield OVERSPEED, _so(speed > (1.0 + limits.over) * allowed)
        on, ahead = self._roads.is_open[place.lane] & (place.lane != NONE), self._free(place)
        creeps = (speed > limits.slow[0]) & (speed < limits.slow[1] * allowed)
        yield SLOW, _so(on & creeps & (ahead > limits.free_m))
        motor = np.isin(frame.kind, MOTOR)
        against = (place.lane == NONE) & (turned != NONE) & self._roads.is_open[turned]
        yield WRONG_WAY, _so(against & (speed > limits.against_mps))
        towards = on & self._roads.is_inward[place.lane]
        stands = motor & (speed < limits.stands_mps)
        alone = stands & towards & (ahead > limits.gap_m)
        yield STOPPED, np.where(alone, 0.0, np.where(stands & ~towards, limits.stays_s, NEVER))

    def _allowed(self, frame: WorldFrame, place: LanePlaces) -> Floats:
        """Return the speed limit of each road user, m/s; NaN: it was on no road yet."""
        open_ = (place.lane != NONE) & self._roads.is_open[place.lane]
        for row in np.flatnonzero(open_).tolist():
            self._speed_limit[int(frame.id[row])] = float(self._roads.limit[place.lane[row]])
        return np.array([self._speed_limit.get(each, np.nan) for each in frame.id.tolist()])

    def _free(self, place: LanePlaces) -> Floats:
        """Return the distance (n,) m to the vehicle ahead on the lane, or to the stop line, middle to middle."""
        ahead = place.to_end_m[:, None] - place.to_end_m
        ahead = np.where((place.lane[:, None] == place.lane) & (ahead > 0.0), ahead, np.inf)
        to_line = np.where(self._roads.is_inward[place.lane], place.to_end_m, np.inf)
        free: Floats = np.minimum(ahead.min(axis=1, initial=np.inf), to_line)
        return free

    def _crowds(self, frame: WorldFrame, place: LanePlaces) -> Iterator[Happening]:
        """Yield the vehicles of roads that are crowded."""
        limits, speed = self._limits, np.hypot(frame.velocity_mps[:, 0], frame.velocity_mps[:, 1])
        slow = (place.lane != NONE) & self._roads.is_inward[place.lane] & (speed < limits.crowd_mps)
        may_drive: Mask = self._green[place.lane] * _PERIOD_S > limits.green_s
        before, self._crowded = self._crowded, set()
        for road in np.unique(self._road[place.lane[slow]]).tolist():
            rows = np.flatnonzero(slow & (self._road[place.lane] == road))
            stays = road in before and len(rows) >= STAYS * limits.crowd
            if stays or int(may_drive[rows].sum()) >= limits.crowd:
                self._crowded.add(road)
                yield from (_happening(CONGESTION, road, frame, row) for row in rows.tolist())


def located(roads: Roads, frame: WorldFrame) -> tuple[LanePlaces, LanePlaces]:
    """Return the lanes of motor vehicles, with the traffic and against it; other road users are on no lane."""
    motor = np.isin(frame.kind, MOTOR)
    found = [roads.place(frame.position_m, frame.heading_deg, turned) for turned in (False, True)]
    one, other = (place._replace(lane=np.where(motor, place.lane, NONE)) for place in found)
    return one, other


def _so(mask: Mask) -> Floats:
    return np.where(mask, 0.0, NEVER)


def _happening(code: int, who: int, frame: WorldFrame, row: int) -> Happening:
    return Happening(code, who, (float(frame.position_m[row, 0]), float(frame.position_m[row, 1])))
