"""The traffic at one time, as events and statistics look at it: every track with its lane, its way and its past."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec
import numpy as np

from perception.geo import direction_of
from perception.objects import Floats, Ints, Mask, RoadUser
from perception.results import LanePlace, Tracks
from perception.traffic.ground import Flags, Ground
from perception.traffic.hidden import Hidden, HiddenVehicle
from perception.traffic.lanes import NONE, LaneMap, Matches
from perception.traffic.memory import Memory, Rows
from perception.traffic.movements import Movements
from perception.traffic.queues import Queues, QueueSettings, Standing, measure
from perception.traffic.signals import Lights

SECOND_NS = 1_000_000_000
VEHICLES = (RoadUser.UNKNOWN, RoadUser.CAR, RoadUser.TRUCK, RoadUser.BUS, RoadUser.MOTORCYCLE)
SMOOTHING_S = 1.0  # of the speed that steadiness is judged by
STOPPED_MPS, MOVING_MPS = 0.8, 1.5  # who has stopped goes on when faster than the second
STOPPED_S = 1.0  # who is slower than the first for so long has stopped
BACK_M = 3.0  # who is no farther before the stop line that it crossed has not come again: it stands on it
LOW_M = 0.9  # what is lower is no vehicle
SETTLED_S = 0.4  # where a new track is said to be moves until its speed is known
SURE_M = 1.0  # one standard deviation: who is not known so well may be elsewhere, such as one not seen for seconds
CONTESTED_S = -1.0  # who is contested has been sure for less than no time: it begins no event, whatever a rule wants
BESIDE_M = 3.0  # a stop line is crossed no further than this beside its lane
_IS_VEHICLE = np.isin(np.arange(len(RoadUser)), VEHICLES)


class Situation(msgspec.Struct, frozen=True, eq=False):
    """All road users at one time; rows (n,) aligned with `tracks`."""

    now_ns: int
    passed_s: float  # since the look before; 0 at the first one
    tracks: Tracks
    lanes: LaneMap
    speed: Floats  # m/s
    ahead: Floats  # (n, 2) unit vector of the heading; NaN: unknown
    is_vehicle: Mask
    sure: Mask  # it is known well where they are, and no sensor contradicts that they are there
    lane: Ints  # index into lanes.lines, NONE: on none
    along: Floats  # (n, 2) unit vector of the lane's direction; NaN where there is none
    to_end: Floats  # m
    to_stop_line: Floats  # m, NaN where there is none
    ground: Flags
    past: Rows  # of perception.traffic.memory, as it is after this look
    crossed: Ints  # rows that crossed a stop line since the look before
    halted: Ints  # rows on a lane towards the crossing that came to a standstill
    decided: Ints  # rows whose way through the junction is final since this look
    queues: Queues  # of every lane
    hidden: Sequence[HiddenVehicle]  # vehicles that stand in them but are not seen now
    lights: Lights
    is_green: Mask  # (l,) lanes any of whose ways has a green light
    emergency: Mask  # vehicles on their way with siren or lights

    def place(self, row: int) -> LanePlace | None:
        """Return where a row is in the lane map."""
        return self.lanes.place(int(self.lane[row]), float(self.to_stop_line[row]), int(self.past["movement"][row]))

    def phases(self, lane: int) -> list[int | None]:
        """Return the signal phases of a lane's connections."""
        return [way.phase for way in self.lanes.lines[lane].connections]


class Observer:
    """Looks at the tracks once a cycle and remembers what was."""

    def __init__(self, lanes: LaneMap, ground: Ground, queues: QueueSettings) -> None:
        self._lanes = lanes
        self._ground = ground
        self._queues = queues
        self._movements = Movements(lanes)
        self._hidden = Hidden(lanes)
        self._memory = Memory()
        self._lights = Lights()
        self._phases = [{way.phase for way in line.connections} for line in lanes.lines]
        self._is_green = self._green_lanes()
        self._last_ns = 0

    def look(
        self, now_ns: int, tracks: Tracks, colours: Mapping[int, str], emergencies: Collection[bytes] = ()
    ) -> Situation:
        """Return the situation. `colours` by signal phase; `emergencies`: BSM ids of emergency vehicles."""
        if self._lights.update(now_ns, colours):
            self._is_green = self._green_lanes()
        passed_s = (now_ns - self._last_ns) / SECOND_NS if 0 < now_ns - self._last_ns < SECOND_NS else 0.0
        self._last_ns = now_ns
        past = self._memory.recall(tracks.id, now_ns)
        ahead = direction_of(tracks.heading)
        matches = self._lanes.match_ahead(tracks.position, ahead, past["lane"])
        speed = np.hypot(tracks.velocity[:, 0], tracks.velocity[:, 1])
        self._meet(past, tracks, now_ns, passed_s)
        crossed = self._cross(past, tracks, matches)
        decided = self._movements.decide(past, tracks, ahead, matches.lane)
        halted = self._follow(past, matches, speed, passed_s)
        is_vehicle = _IS_VEHICLE[tracks.kind] & (tracks.size[:, 2] > LOW_M)
        sure = past["sure_s"] > 0.0
        comes = sure & is_vehicle & (matches.to_stop_line > 0.0) & self._lanes.is_motor[matches.lane]
        hidden = self._hidden.update(now_ns, tracks, speed, sure, comes, matches, past, self._lights)
        self._memory.keep(tracks.id, past)
        return Situation(
            now_ns=now_ns,
            passed_s=passed_s,
            tracks=tracks,
            lanes=self._lanes,
            speed=speed,
            ahead=ahead,
            is_vehicle=is_vehicle,
            sure=sure,
            lane=matches.lane,
            along=matches.along,
            to_end=matches.to_end,
            to_stop_line=matches.to_stop_line,
            ground=self._ground.at(tracks.position),
            past=past,
            crossed=crossed,
            halted=halted,
            decided=decided,
            queues=self._measure_queues(tracks, comes, matches, past, hidden),
            hidden=hidden,
            lights=self._lights,
            is_green=self._is_green,
            emergency=_among(tracks.vehicle_id, emergencies),
        )

    def _meet(self, past: Rows, tracks: Tracks, now_ns: int, passed_s: float) -> None:
        """Note when and where new ones were seen first, and for how long everybody's place has been sure."""
        sure = (most_variance(tracks.covariance[:, :2, :2]) <= SURE_M**2) & ~tracks.contested
        never = np.where(tracks.contested, CONTESTED_S, 0.0)
        past["sure_s"] = np.where(sure, np.maximum(past["sure_s"], 0.0) + passed_s, never)
        past["first"] = np.where(past["sure_s"][:, None] < SETTLED_S, tracks.position, past["first"])
        new = past["first_ns"] == 0
        if new.any():
            past["first_ns"][new] = now_ns

    def _cross(self, past: Rows, tracks: Tracks, matches: Matches) -> Ints:
        """Return the rows that were before a stop line and are now past it, on whatever way they went on."""
        ahead = (past["approach"] != NONE).nonzero()[0]
        lane = past["approach"][ahead].astype(np.int64)
        gone: Ints = ahead[self._lanes.short_of_stop_line(lane, tracks.position[ahead]) <= 0.0]
        if not len(gone):
            return gone
        lane = past["approach"][gone].astype(np.int64)
        off = tracks.position[gone] - self._lanes.ends[lane]
        along = self._lanes.end_directions[lane]
        beside = np.abs(off[:, 0] * along[:, 1] - off[:, 1] * along[:, 0])
        near = beside <= self._lanes.half_width[lane] + BESIDE_M
        crossed: Ints = gone[near]
        past["approach"][gone] = NONE
        past["origin"][crossed] = lane[near]
        past["movement"][crossed], past["decided"][crossed] = NONE, False
        past["crossed_ns"][crossed] = tracks.stamp_ns[crossed]
        return crossed

    def _measure_queues(
        self, tracks: Tracks, comes: Mask, matches: Matches, past: Rows, hidden: Sequence[HiddenVehicle]
    ) -> Queues:
        """Return the queues, with those in them who are hidden."""
        row = (comes & (past["slow_s"] >= self._queues.queue_after_s)).nonzero()[0]
        columns = (matches.lane[row], matches.to_stop_line[row], tracks.size[row, 0], row)
        standing = [Standing(*one) for one in zip(*(column.tolist() for column in columns), strict=True)]
        standing += [Standing(one.lane, one.to_stop_line, one.length, NONE) for one in hidden]
        return measure(self._queues, standing, len(self._lanes.lines))

    def _green_lanes(self) -> Mask:
        """Return which lanes (l,) have a green light."""
        green = self._lights.green()
        return np.array([not green.isdisjoint(phases) for phases in self._phases], dtype=np.bool_)

    def _follow(self, past: Rows, matches: Matches, speed: Floats, passed_s: float) -> Ints:
        """Bring what is remembered up to now; return the rows that came to a standstill before a stop line."""
        lane = matches.lane
        back_m = np.where(past["origin"] == lane, BACK_M, 0.0)
        towards = matches.to_stop_line > back_m
        other = (towards & (past["approach"] != lane)).nonzero()[0]  # another lane than before
        if len(other):
            past["delay_s"][other[past["approach"][other] == NONE]] = 0.0
            past["approach"][other], past["movement"][other] = lane[other], self._lanes.only_movement[lane[other]]
        other = (past["lane"] != lane).nonzero()[0]
        if len(other):
            limit = self._lanes.speed_limit[lane[other]]
            past["speed_limit"][other] = np.where(np.isnan(limit), past["speed_limit"][other], limit)
        past["lane"] = lane
        share = min(1.0, passed_s / SMOOTHING_S)
        before = past["steady_speed"]
        past["steady_speed"] = np.where(np.isnan(before), speed, before + share * (speed - before))
        slow = speed < self._queues.queue_mps
        past["slow_s"] = np.where(slow, past["slow_s"] + passed_s, 0.0)
        slowed = 1.0 - np.minimum(1.0, speed / past["speed_limit"])
        seen = towards & (matches.to_stop_line <= self._queues.observed_m) & np.isfinite(slowed)
        past["delay_s"] += np.where(seen, passed_s * slowed, 0.0)
        past["still_s"] = np.where(speed < STOPPED_MPS, past["still_s"] + passed_s, 0.0)
        stands = past["still_s"] >= STOPPED_S
        halted: Ints = (towards & ~past["stopped"] & stands).nonzero()[0]
        past["stopped"] = np.where(past["stopped"], speed < MOVING_MPS, stands)
        return halted


def most_variance(covariance: Floats) -> Floats:
    """Return a bound (k,) of the variance in any direction (Gershgorin), of covariances (k, 2, 2)."""
    variance: Floats = np.maximum(covariance[:, 0, 0], covariance[:, 1, 1]) + np.abs(covariance[:, 0, 1])
    return variance


def _among(identities: Sequence[bytes | None], wanted: Collection[bytes]) -> Mask:
    if not wanted:
        return np.zeros(len(identities), dtype=np.bool_)
    return np.array([identity in wanted for identity in identities], dtype=np.bool_)
