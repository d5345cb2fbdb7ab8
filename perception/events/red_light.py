"""Red-light running: a vehicle that drives on over a stop line whose light is red.

Where the ways of a lane have different lights it is known only when the vehicle's way is.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import ClassVar

import msgspec
import numpy as np

from perception.events.rule import Code, EventRow, Occurrence, RuleSettings, of_track
from perception.objects import SECOND_NS
from perception.results import MOVEMENTS
from perception.sensor import NotNegative, Positive
from perception.traffic.lanes import NONE, LaneMap
from perception.traffic.situation import Situation


class _Crossing(msgspec.Struct):
    """A stop line crossed, and which of the lane's ways had a red light long enough before."""

    at_ns: int
    lane: int
    red: frozenset[str]  # of MOVEMENTS


class RedLightSettings(RuleSettings):
    """A vehicle that drives on over a stop line whose light is red."""

    row: ClassVar = EventRow("Red light run", "闯红灯")

    code: Code = 9912
    on_air: bool = False
    start_after_s: NotNegative = 0.0
    end_after_s: NotNegative = 2.0
    red_for_s: NotNegative = 1.0  # before its front reaches the line
    least_mps: Positive = 3.0  # slower is not looked at
    past_line_m: NotNegative = 3.0  # its middle must be so far past the line
    decide_within_s: Positive = 4.0  # where the lane's ways have different lights: until its way must be known
    radius_m: Positive = 10.0  # of its area on air

    def rule(self, lanes: LaneMap) -> RedLight:
        """Return the rule that looks for it."""
        return RedLight(self)


class RedLight:
    """The rule."""

    def __init__(self, settings: RedLightSettings) -> None:
        self.settings = settings
        self._crossings: dict[int, _Crossing] = {}  # by track id: not yet decided

    def look(self, now: Situation, running: Set[int]) -> Iterable[Occurrence]:
        """Return the vehicles that have just been found to have run a red light."""
        for row in now.crossed.tolist():
            if now.is_vehicle[row] and now.lanes.is_motor[now.past["origin"][row]]:
                self._note(now, row)
        if not self._crossings:
            return []
        rows = {number: row for row, number in enumerate(now.tracks.id.tolist()) if number in self._crossings}
        limit_ns = now.now_ns - int(self.settings.decide_within_s * SECOND_NS)
        found = [row for number, row in rows.items() if self._is_sure(now, row, self._crossings[number])]
        done = {int(now.tracks.id[row]) for row in found}
        self._crossings = {
            number: crossing
            for number, crossing in self._crossings.items()
            if number not in done and crossing.at_ns > limit_ns
        }
        return [of_track(now, row, self.settings.radius_m) for row in found]

    def _note(self, now: Situation, row: int) -> None:
        """Keep a crossing if any of the lane's ways was red when the vehicle's front came to the line."""
        speed = float(now.speed_mps[row])
        if speed < self.settings.least_mps:
            return
        lane = int(now.past["origin"][row])
        front_ns = int(now.past["crossed_ns"][row]) - int(now.tracks.size_m[row, 0] / 2.0 / speed * SECOND_NS)
        red = frozenset(
            way.movement
            for way in now.lanes.lines[lane].connections
            if (now.lights.red_for_ns([way.phase], front_ns) or 0) >= self.settings.red_for_s * SECOND_NS
        )
        if red:
            self._crossings[int(now.tracks.id[row])] = _Crossing(front_ns, lane, red)

    def _is_sure(self, now: Situation, row: int, crossing: _Crossing) -> bool:
        """Tell whether a vehicle drives on, on a way that was red."""
        past_line = -float(now.lanes.short_of_stop_line(np.array([crossing.lane]), now.tracks.position_m[[row]])[0])
        if past_line < self.settings.past_line_m or now.speed_mps[row] < self.settings.least_mps:
            return False
        if all(way.movement in crossing.red for way in now.lanes.lines[crossing.lane].connections):
            return True
        movement = int(now.past["movement"][row])
        return movement != NONE and MOVEMENTS[movement] in crossing.red
