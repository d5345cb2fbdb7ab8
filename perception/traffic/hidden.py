"""Vehicles before a stop line that no sensor sees any more: behind other vehicles, or standing too far away.

A vehicle that is lost on a lane with a red light drives on to the end of the queue on that lane and waits there, until
another vehicle is seen in its place, or until the light has been green for long enough that the queue has moved off.
Then it drives on to the stop line. The probability that it exists falls with time, as it may change lanes unseen;
below 0.5 it is forgotten. A vehicle that is seen for the first time nearer to the stop line than a hidden vehicle that
drives is taken for that hidden vehicle, and gets its delay; so is one that is seen for the first time as it crosses the
stop line, where the hidden one should have crossed it a moment ago.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from perception.objects import SECOND_NS, Floats, Ints, Mask, RoadUser
from perception.occlusion.following import STANDSTILL_M, speed_behind
from perception.occlusion.survival import PACE
from perception.results import Tracks
from perception.traffic.lanes import LaneMap, Matches
from perception.traffic.memory import Rows
from perception.traffic.reappearance import STANDING_MPS, HiddenVehicle, give, is_claimed, is_taken, returns
from perception.traffic.signals import PhaseLights

LONGEST_NS = 120 * SECOND_NS
UNSIGNALLED_NS = 10 * SECOND_NS  # the same where no light is known
KNOWN_NS = SECOND_NS  # a track seen for a shorter time may be a false alarm
START_S, WAVE_MPS = 2.0, 5.0  # a queue starts so long after green, and this fast from the stop line back
DRIVING_MPS, OPEN_M = 10.0, 1e3  # speed to which a queue starts where no vehicle is ahead within so many metres
LEFT_BELOW = 0.5  # probability of existence below which a hidden vehicle that drives is forgotten
GONE_NS = 20 * SECOND_NS  # one that was forgotten may be seen so much later past the stop line


class Hidden:
    """Remembers the hidden vehicles of all lanes."""

    def __init__(self, lanes: LaneMap) -> None:
        self._phases = [[way.phase for way in line.connections] for line in lanes.lines]
        self._leaving = PACE[RoadUser.CAR] / (2.0 * lanes.half_width)  # (l + 1,) 1/s, sideways out of each lane
        self._numbers: list[int] = []  # track ids of the vehicles in view that come to a stop line,
        self._seen: tuple[Floats | Ints, ...] = ()  # and their places, speeds and delays at the last look, as columns
        self._hidden: list[HiddenVehicle] = []
        self._gone: list[HiddenVehicle] = []  # that left the hidden ones, and were not seen again
        self._last_ns = 0

    def update(
        self,
        now_ns: int,
        tracks: Tracks,
        speed: Floats,
        sure: Mask,
        comes: Mask,
        matches: Matches,
        past: Rows,
        lights: PhaseLights,
    ) -> list[HiddenVehicle]:
        """Return the hidden vehicles.

        speed (n,) m/s; `sure` (n,): tracks whose places are certain, the others count as lost; `comes` (n,): motor
        vehicles among the sure tracks on lanes towards the crossing.
        """
        there = set(tracks.id[sure].tolist())
        lost = [at for at, number in enumerate(self._numbers) if number not in there]
        if lost:
            self._hidden += self._waiting(lost)
        self._hidden = [one for one in self._hidden if one.number not in there or returns(one, tracks, past)]
        for one in self._hidden:
            one.starts = one.starts or not self._still_waits(one, now_ns, lights)
        rows = (comes & (now_ns - past["first_ns"] >= KNOWN_NS)).nonzero()[0]
        self._numbers = tracks.id[rows].tolist()
        self._seen = (
            matches.lane[rows],
            matches.to_stop_line_m[rows],
            tracks.size_m[rows, 0],
            speed[rows],
            past["delay_s"][rows],
            past["from_m"][rows],
        )
        if self._hidden:
            self._move_up(self._waiting(range(len(rows))), (now_ns - self._last_ns) / SECOND_NS)
            self._hidden = [one for one in self._hidden if self._stays(one, now_ns, tracks, sure, comes, matches, past)]
        self._gone = [one for one in self._gone if now_ns - one.left_ns < GONE_NS]
        self._last_ns = now_ns
        return self._hidden

    def hand_over(self, tracks: Tracks, past: Rows, crossed: Ints) -> None:
        """Let the rows (k,) of `past` (n,) that cross a stop line now be the hidden vehicles that they must be."""
        for row in crossed.tolist():
            lane, first_ns, from_m = (past[name][row] for name in ("origin", "first_ns", "from_m"))
            number = int(tracks.id[row])
            may_be = [
                one
                for one in (*self._hidden, *self._gone)
                if one.lane == lane and (one.number == number or (first_ns > one.seen_ns and from_m < one.lost_m))
            ]
            if may_be:
                one = min(may_be, key=lambda one: (one.number != number, one.to_stop_line_m))
                give(one, past, row)
                (self._hidden if one in self._hidden else self._gone).remove(one)

    def _waiting(self, which: Iterable[int]) -> list[HiddenVehicle]:
        """Return the vehicles `which`, row numbers among those that were in view at the last look."""
        lane, to_stop_line, length, speed, delay_s, from_m = (column.tolist() for column in self._seen)
        return [
            HiddenVehicle(
                number=self._numbers[at],
                lane=lane[at],
                to_stop_line_m=to_stop_line[at],
                length_m=length[at],
                speed_mps=speed[at],
                delay_s=delay_s[at],
                seen_ns=self._last_ns,
                from_m=from_m[at],
                lost_m=to_stop_line[at],
            )
            for at in which
        ]

    def _stays(
        self, one: HiddenVehicle, now_ns: int, tracks: Tracks, sure: Mask, comes: Mask, matches: Matches, past: Rows
    ) -> bool:
        """Tell whether a vehicle still is hidden and before the stop line; masks (n,) as in `update`."""
        if not one.starts:
            return not is_taken(one, tracks, sure, matches, past)
        if is_claimed(one, comes, matches, past):
            return False
        there = one.to_stop_line_m > 0.0 and one.existence >= LEFT_BELOW
        if not there:
            one.left_ns = now_ns
            self._gone.append(one)
        return there

    def _still_waits(self, one: HiddenVehicle, now_ns: int, lights: PhaseLights) -> bool:
        """Tell whether the queue at its place has not moved off yet."""
        phases = self._phases[one.lane]
        if not lights.knows(phases):
            return now_ns - one.seen_ns < UNSIGNALLED_NS
        green_ns = lights.green_for_ns(phases, now_ns) or 0
        starts_ns = (START_S + one.to_stop_line_m / WAVE_MPS) * SECOND_NS
        return green_ns < starts_ns and now_ns - one.seen_ns < LONGEST_NS

    def _move_up(self, seen: list[HiddenVehicle], passed_s: float) -> None:
        """Let vehicles that drove when they were lost drive on to the end of their queue, or to the red light."""
        moving = [one for one in self._hidden if one.starts or one.speed_mps >= STANDING_MPS]
        for one in self._hidden:
            one.delay_s += passed_s * (one.speed_mps < STANDING_MPS)
            one.existence *= math.exp(-passed_s * self._leaving[one.lane]) if one.starts else 1.0
        if not moving:
            return
        gap, leading = _leaders(moving, [*seen, *self._hidden])
        speed = speed_behind(np.array([one.speed_mps for one in moving]), gap, leading, passed_s)
        room = np.maximum(gap - STANDSTILL_M, 0.0)
        starts = np.array([one.starts for one in moving])
        step = np.where(~starts & (speed < STANDING_MPS), room, np.minimum(speed * passed_s, room))  # it ends its queue
        for one, driven_m, speed_mps in zip(moving, step.tolist(), speed.tolist(), strict=True):
            one.to_stop_line_m -= driven_m
            one.speed_mps = speed_mps


def _leaders(behind: list[HiddenVehicle], vehicles: list[HiddenVehicle]) -> tuple[Floats, Floats]:
    """Return the gaps (k,) m to the next vehicle on the lane, or to the stop line, and its speed (k,) m/s, or 0."""
    lane, place, half, speed = np.array([[o.lane, o.to_stop_line_m, o.length_m / 2.0, o.speed_mps] for o in vehicles]).T
    own_lane, own_place, own_half = np.array([[o.lane, o.to_stop_line_m, o.length_m / 2.0] for o in behind]).T[
        :, :, None
    ]
    ahead = (lane == own_lane) & (place < own_place)
    gap = np.where(ahead, own_place - own_half - place - half, np.inf)
    number, next_one = np.arange(len(behind)), gap.argmin(axis=1)
    starts = np.array([one.starts for one in behind])
    gap, to_line = gap[number, next_one], np.where(starts, OPEN_M, (own_place - own_half)[:, 0])
    return np.minimum(gap, to_line), np.where(gap < to_line, speed[next_one], starts * DRIVING_MPS)
