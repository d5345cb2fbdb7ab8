"""Looks at the tracks once a cycle and remembers their past: tracks, lights -> the situation."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from perception.geo import direction_of
from perception.objects import SECOND_NS, Floats, Ints, Mask, RoadUser
from perception.results import Tracks
from perception.traffic import progress
from perception.traffic.ground import Ground
from perception.traffic.hidden import Hidden
from perception.traffic.lanes import NONE, LaneMap, Matches
from perception.traffic.memory import Rows, TrackMemory
from perception.traffic.movements import Movements
from perception.traffic.platoons import Platoons
from perception.traffic.queues import Queues, QueueSettings, Standing, measure
from perception.traffic.reappearance import STANDING_MPS, HiddenVehicle
from perception.traffic.signals import PhaseLights
from perception.traffic.situation import Situation

VEHICLES = (RoadUser.UNKNOWN, RoadUser.CAR, RoadUser.TRUCK, RoadUser.BUS, RoadUser.MOTORCYCLE)
LOW_M = 0.9  # a lower body is no vehicle
_IS_VEHICLE = np.isin(np.arange(len(RoadUser)), VEHICLES)


class Observer:
    """Makes the situation, and keeps the state that this needs from one look to the next."""

    def __init__(self, lanes: LaneMap, ground: Ground, queues: QueueSettings) -> None:
        self._lanes = lanes
        self._ground = ground
        self._queues = queues
        self._movements = Movements(lanes)
        self._hidden = Hidden(lanes)
        self._platoons = Platoons(lanes, queues.observed_m)
        self._memory = TrackMemory()
        self._lights = PhaseLights()
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
        ahead = direction_of(tracks.heading_deg)
        matches = self._lanes.match_ahead(tracks.position_m, ahead, past["lane"])
        speed = np.hypot(tracks.velocity_mps[:, 0], tracks.velocity_mps[:, 1])
        progress.meet(past, tracks, now_ns, passed_s)
        crossed = self._cross(now_ns, tracks, past)
        decided = self._movements.decide(past, tracks, ahead, matches.lane)
        halted = progress.drive(past, self._lanes, self._queues, matches, speed, passed_s)
        is_vehicle = _IS_VEHICLE[tracks.kind] & (tracks.size_m[:, 2] > LOW_M)
        queues, hidden = self._look_at_queues(now_ns, tracks, speed, is_vehicle, matches, past)
        self._memory.keep(tracks.id, past)
        return Situation(
            now_ns=now_ns,
            passed_s=passed_s,
            tracks=tracks,
            lanes=self._lanes,
            speed_mps=speed,
            ahead=ahead,
            is_vehicle=is_vehicle,
            sure=past["sure_s"] > 0.0,
            matches=matches,
            ground=self._ground.at(tracks.position_m),
            past=past,
            crossed=crossed,
            halted=halted,
            decided=decided,
            queues=queues,
            hidden=hidden,
            lights=self._lights,
            is_green=self._is_green,
            emergency=_among(tracks.vehicle_id, emergencies),
        )

    def _cross(self, now_ns: int, tracks: Tracks, past: Rows) -> Ints:
        """Return the rows (k,) that cross a stop line now; their unseen ways before it are put into `past` (n,)."""
        crossed = progress.cross(past, self._lanes, tracks)
        self._hidden.hand_over(tracks, past, crossed)
        self._platoons.credit(past, crossed, now_ns)
        return crossed

    def _look_at_queues(
        self, now_ns: int, tracks: Tracks, speed: Floats, is_vehicle: Mask, matches: Matches, past: Rows
    ) -> tuple[Queues, Sequence[HiddenVehicle]]:
        """Return the queues, and the hidden vehicles, of which those that stand are in them.

        speed (n,) m/s; is_vehicle (n,); matches, past: rows (n,) aligned with `tracks`.
        """
        sure = past["sure_s"] > 0.0
        comes = sure & is_vehicle & (matches.to_stop_line_m > 0.0) & self._lanes.is_motor[matches.lane]
        hidden = self._hidden.update(now_ns, tracks, speed, sure, comes, matches, past, self._lights)
        row = (comes & (past["slow_s"] >= self._queues.queue_after_s)).nonzero()[0]
        columns = (matches.lane[row], matches.to_stop_line_m[row], tracks.size_m[row, 0], row, tracks.existence[row])
        standing = [Standing(*one) for one in zip(*(column.tolist() for column in columns), strict=True)]
        standing += [
            Standing(one.lane, one.to_stop_line_m, one.length_m, NONE, one.still_there(now_ns))
            for one in hidden
            if one.speed_mps < STANDING_MPS
        ]
        return measure(self._queues, standing, len(self._lanes.lines)), hidden

    def _green_lanes(self) -> Mask:
        """Return which lanes (l,) have a green light."""
        green = self._lights.green()
        return np.array([not green.isdisjoint(phases) for phases in self._phases], dtype=np.bool_)


def _among(identities: Sequence[bytes | None], wanted: Collection[bytes]) -> Mask:
    """Return which of n BSM ids are among the wanted (n,)."""
    if not wanted:
        return np.zeros(len(identities), dtype=np.bool_)
    return np.array([identity in wanted for identity in identities], dtype=np.bool_)
