"""Counts one look at the traffic into a tally: stop lines, lanes, virtual loops, zones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from perception.objects import SECOND_NS, Ints, Mask, RoadUser
from perception.traffic.ground import FIRST_ZONE, Areas, Ground, Polygon
from perception.traffic.lanes import LaneMap
from perception.traffic.reappearance import HiddenVehicle
from perception.traffic.situation import Situation
from perception.traffic.tally import Passage, TrafficTally, Turn

AWAY_NS = 3 * SECOND_NS  # a road user that comes back within this time has not been away from a loop or zone
LONGEST_HEADWAY_NS = 600 * SECOND_NS  # two that are farther apart have nothing to do with each other


class VirtualLoop(NamedTuple):
    """A virtual loop."""

    lane: int  # index into LaneMap.lines
    to_stop_line_m: float  # m, of its middle
    length_m: float  # m


class TrafficCounter:
    """Counts, and keeps the state that counting needs from one look to the next."""

    def __init__(
        self, lanes: LaneMap, observed_m: float, loops: Sequence[VirtualLoop], zones: Sequence[Polygon]
    ) -> None:
        self._lanes = lanes
        self._observed_m = observed_m
        self._loops = list(loops)
        self._zones = Ground(lanes, Areas(zones=zones)) if zones else None
        self._zone_flags = [FIRST_ZONE << number for number in range(len(zones))]
        self._there_ns: list[dict[int, int]] = [{} for _ in (*loops, *zones)]  # when each was there last, by track id
        self._front_ns = [0] * len(lanes.lines)  # when the newest front came to each stop line,
        self._rear_ns = [0] * len(lanes.lines)  # and its rear left it

    def empty(self) -> TrafficTally:
        """Return a tally of nothing."""
        return TrafficTally(len(self._lanes.lines), len(self._there_ns))

    def count(self, now: Situation, tally: TrafficTally) -> None:
        """Count one look."""
        tally.seconds += now.passed_s
        on_foot = now.tracks.kind == RoadUser.PEDESTRIAN
        for row in now.crossed.tolist():
            if not on_foot[row]:
                tally.passages.append(self._passage(now, row))
        for row in now.decided.tolist():
            if not on_foot[row]:
                past = now.past[row]
                turn = Turn(
                    int(past["origin"]), int(past["movement"]), int(now.tracks.kind[row]), float(past["delay_s"])
                )
                tally.turns.append(turn)
        tally.take_queues(now.queues.length_m, now.queues.vehicles)
        self._measure_lanes(now, tally, ~on_foot)
        for row in now.crossed[now.past["unseen_s"][now.crossed] > 0.0].tolist():
            self._add_unseen(now, row, tally)
        self._watch_spots(now, tally)

    def _passage(self, now: Situation, row: int) -> Passage:
        """Return the passage of a row that crossed, with the times of its front and rear at the stop line."""
        lane, speed = int(now.past["origin"][row]), float(now.speed_mps[row])
        length, pace = float(now.tracks.size_m[row, 0]), max(speed, 1.0)
        beyond = -float(self._lanes.short_of_stop_line(np.array([lane]), now.tracks.position_m[[row]])[0])
        middle_ns = int(now.tracks.stamp_ns[row]) - int(beyond / pace * SECOND_NS)
        half_ns = int(length / 2.0 / pace * SECOND_NS)
        front_ns = max(middle_ns - half_ns, self._front_ns[lane])  # two side by side may be told of in any order
        headway_ns, gap_ns = front_ns - self._front_ns[lane], front_ns - self._rear_ns[lane]
        self._front_ns[lane], self._rear_ns[lane] = front_ns, max(middle_ns + half_ns, self._rear_ns[lane])
        follows = headway_ns < LONGEST_HEADWAY_NS
        return Passage(
            lane=lane,
            kind=int(now.tracks.kind[row]),
            speed_mps=speed,
            length_m=length,
            delay_s=float(now.past["delay_s"][row]),
            headway_s=headway_ns / SECOND_NS if follows else None,
            gap_s=max(0.0, gap_ns / SECOND_NS) if follows else None,
        )

    def _measure_lanes(self, now: Situation, tally: TrafficTally, counted: Mask) -> None:
        """Add the time since the look before to the lanes' present state; counted (n,): no pedestrians."""
        count, length = len(self._lanes.lines), now.tracks.size_m[:, 0]
        over = counted & (np.abs(now.to_stop_line) <= length / 2.0)
        tally.covered_s[now.lane[over]] += now.passed_s  # once for a lane, however many stand there
        seen = counted & now.sure
        rows = (seen & (now.to_stop_line > 0.0) & (now.to_stop_line <= self._observed_m)).nonzero()[0]
        lane = now.lane[rows]
        tally.length_m_s += now.passed_s * np.bincount(lane, length[rows], count)
        tally.present_s += now.passed_s * np.bincount(lane, minlength=count)
        tally.travelled_m += now.passed_s * np.bincount(lane, now.speed_mps[rows], count)
        for one in now.hidden:
            if one.to_stop_line_m <= self._observed_m:
                present_s = now.passed_s * one.existence
                tally.length_m_s[one.lane] += present_s * one.length_m
                tally.present_s[one.lane] += present_s
                tally.travelled_m[one.lane] += present_s * one.speed_mps
        if len(now.halted):
            tally.stops += np.bincount(now.lane[now.halted], minlength=count)
        tally.green_s += now.passed_s * now.is_green

    def _add_unseen(self, now: Situation, row: int, tally: TrafficTally) -> None:
        """Count the unseen way of a row that crossed a stop line: it drove all of it at one pace."""
        past, length = now.past[row], float(now.tracks.size_m[row, 0])
        lane, unseen_m, unseen_s = int(past["origin"]), float(past["unseen_m"]), float(past["unseen_s"])
        tally.length_m_s[lane] += unseen_s * length
        tally.present_s[lane] += unseen_s
        tally.travelled_m[lane] += unseen_m
        for spot, loop in zip(tally.spots, self._loops, strict=False):
            over_m = length + loop.length_m
            if loop.lane == lane and loop.to_stop_line_m - over_m / 2.0 > self._observed_m - unseen_m:
                over_s = unseen_s * over_m / unseen_m
                spot.kinds[int(now.tracks.kind[row])] += 1
                spot.speeds_mps.append(unseen_m / unseen_s)
                spot.occupied_s += over_s
                spot.present_s += over_s

    def _watch_spots(self, now: Situation, tally: TrafficTally) -> None:
        """Count the road users that come over the loops and into the zones."""
        for number, loop in enumerate(self._loops):
            reach = (now.tracks.size_m[:, 0] + loop.length_m) / 2.0
            over = (now.lane == loop.lane) & (np.abs(now.to_stop_line - loop.to_stop_line_m) <= reach)
            hidden = [
                one
                for one in now.hidden
                if one.lane == loop.lane
                and abs(one.to_stop_line_m - loop.to_stop_line_m) <= (one.length_m + loop.length_m) / 2
            ]
            self._watch(number, now, tally, over.nonzero()[0], hidden)
        if self._zones is not None:
            flags = self._zones.at(now.tracks.position_m)
            for number, flag in enumerate(self._zone_flags, len(self._loops)):
                self._watch(number, now, tally, (flags & flag).nonzero()[0])

    def _watch(
        self, number: int, now: Situation, tally: TrafficTally, rows: Ints, hidden: Sequence[HiddenVehicle] = ()
    ) -> None:
        """Count the road users in the rows (k,), which are now on loop or in zone `number`, and the hidden vehicles.

        A hidden vehicle is there with its probability, and is counted when it is seen there.
        """
        spot, there = tally.spots[number], now.tracks.id[rows].tolist()
        before = self._there_ns[number]
        unseen = {one.number: one.existence for one in hidden if one.number not in there}
        before |= {user: now.now_ns for user in unseen if user in before}
        spot.occupied_s += now.passed_s * (1.0 if there else max(unseen.values(), default=0.0))
        spot.present_s += now.passed_s * (len(there) + sum(unseen.values()))
        for row, user in zip(rows.tolist(), there, strict=True):
            if user not in before:
                spot.kinds[int(now.tracks.kind[row])] += 1
                spot.speeds_mps.append(float(now.speed_mps[row]))
            before[user] = now.now_ns
        for user in [user for user, seen_ns in before.items() if now.now_ns - seen_ns > AWAY_NS]:
            del before[user]
