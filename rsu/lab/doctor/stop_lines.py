"""Vehicles that pass stop lines, by the station's own RSMs: on green or on red of the phase that rules the lane. Pure.

Where most pass on red, the phases of the site file belong to other lamps than those at the crossing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from perception.geo import to_site
from perception.objects import Floats
from rsu.lab.doctor.lights import LightWatch
from rsu.site.config import Config
from v2x.records.rsm import Participant

_RED_S = 3.0  # shorter: the vehicle may have begun to pass on yellow, or SPAT was seen only since then
_GONE_NS = 1_500_000_000  # a number that was not told for so long may be another vehicle's
_MOVES_MPS = 2.0


class Passages(NamedTuple):
    """Vehicles over the stop lines of a phase."""

    green: int = 0
    red: int = 0


class _StopLine(NamedTuple):
    """The stop line of a lane that one phase rules."""

    phase: int
    at_m: Floats  # (2,) m
    ahead: Floats  # (2,) unit vector
    half_width_m: float


class StopLines:
    """Counts passages."""

    def __init__(self, config: Config) -> None:
        self.passages: dict[int, Passages] = {}
        self._reference = config.site.site.reference.reference()
        self._lanes = list(_lanes(config))
        self._places: dict[int, tuple[int, Floats]] = {}  # number -> when, where

    def see(self, participants: Iterable[Participant], now_ns: int, lights: LightWatch) -> None:
        """Take the road users of one RSM."""
        for each in participants:
            if each.ptc_type != "motor" or each.position is None or (each.speed_mps or 0.0) < _MOVES_MPS:
                continue
            place = np.array(to_site(each.position.latitude_deg, each.position.longitude_deg, self._reference))
            before = self._places.get(each.ptc_id)
            self._places[each.ptc_id] = now_ns, place
            if before is not None and now_ns - before[0] <= _GONE_NS:
                self._pass(before[1], place, now_ns, lights)

    def _pass(self, before: Floats, after: Floats, now_ns: int, lights: LightWatch) -> None:
        for lane in self._lanes:
            one, other = (float((place - lane.at_m) @ lane.ahead) for place in (before, after))
            if not one < 0.0 <= other:
                continue
            crossed = before + (after - before) * one / (one - other) - lane.at_m
            if abs(float(crossed[0] * lane.ahead[1] - crossed[1] * lane.ahead[0])) > lane.half_width_m:
                continue
            counted = self.passages.get(lane.phase, Passages())
            red_s = lights.red_for_s(lane.phase, now_ns)
            if red_s is not None and red_s >= _RED_S:
                self.passages[lane.phase] = counted._replace(red=counted.red + 1)
            elif lights.is_green(lane.phase):
                self.passages[lane.phase] = counted._replace(green=counted.green + 1)


def _lanes(config: Config) -> Iterable[_StopLine]:
    """Yield the lanes of motor vehicles that exactly one phase rules."""
    for link in (link for node in config.lane_map.nodes for link in node.links):
        of_movements = {movement.downstream: movement.phase for movement in link.movements}
        for lane in link.lanes:
            phases = {way.phase or of_movements.get(way.downstream) for way in lane.connects_to}
            phase = next(iter(phases), None)
            if lane.type == "vehicle" and len(phases) == 1 and phase is not None:
                last, step = np.array(lane.points[-1]), np.subtract(lane.points[-1], lane.points[-2])
                yield _StopLine(phase, last, step / np.hypot(*step), lane.width_m / 2)
