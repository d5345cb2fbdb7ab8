"""A crossing from a few words about its roads: where they lie, how many lanes with which arrows, crosswalks, phases."""

from __future__ import annotations

import math
import re
from typing import Literal

import msgspec
import numpy as np

from hw.detail import Detail
from perception.geo import Reference, direction_of
from perception.objects import Floats
from rsu.lab.maps.errors import PlaceUnknownError
from rsu.lab.maps.network import USUAL_BIKE_WIDTH_M, Junction, LaneKind, RoadLane, RoadNetwork, Walkway, band
from rsu.lab.maps.turns import supposed
from rsu.site.lanemap import Maneuver

PhasePlan = Literal["none", "approach", "movement"]
KEY = "new"
_ARROWS: dict[str, Maneuver] = {"l": "left", "s": "straight", "r": "right", "u": "uturn"}
_LEG = re.compile(r"(?P<heading>\d+(?:\.\d+)?)=(?P<lanes>[lsru]+(?:,[lsru]+)*)?/(?P<out>\d)")
_WALK_M, _GAP_M, _CLEAR_M = 4.0, 1.5, 3.0  # depth of a crosswalk; to the stop line; to the road that is crossed
_FARTHEST_M = 60.0

_NO_LEG = Detail(
    "expected a road such as 0=l,s,sr/2 (where it lies in degrees from north, arrows of its lanes in from the left, "
    "number of lanes out), got {text}",
    "道路应形如 0=l,s,sr/2（方位角，自左起各进口车道的箭头，出口车道数），实为 {text}",
)
_TWICE = Detail(
    "expected roads at least 20 deg apart, got {one:g} and {other:g}",
    "道路方位应相差至少 20 度，实为 {one:g} 与 {other:g}",
)
_FEW = Detail("expected two roads or more, one of them with lanes in", "应有两条以上道路，且至少一条有进口车道")


class LegPlan(msgspec.Struct, frozen=True):
    """One road: the direction in which it lies, the arrows of its lanes in from the left, its lanes out."""

    heading_deg: float
    arrows: tuple[tuple[Maneuver, ...], ...]
    lanes_out: int


class CrossingPlan(msgspec.Struct, frozen=True):
    """The whole crossing."""

    legs: tuple[LegPlan, ...]
    width_m: float = 3.5
    reach_m: float = 150.0
    limit_mps: float | None = 16.67
    bikes: bool = False
    crosswalks: bool = True
    phases: PhasePlan = "movement"


def leg(text: str) -> LegPlan:
    """Return the road that a word such as `90=l,s,sr/2` tells. PlaceUnknownError: it tells none."""
    found = _LEG.fullmatch(text.replace(" ", "").lower())
    if found is None:
        raise PlaceUnknownError(_NO_LEG.of(text=text))
    lanes = found["lanes"].split(",") if found["lanes"] else []
    arrows = tuple(tuple(dict.fromkeys(_ARROWS[letter] for letter in lane)) for lane in lanes)
    return LegPlan(float(found["heading"]) % 360.0, arrows, int(found["out"]))


def crossing(plan: CrossingPlan, place: Reference | None) -> RoadNetwork:
    """Return the lanes, turns, crosswalks and signals of a plan around [0, 0]. PlaceUnknownError: no such roads."""
    _check(plan)
    network = RoadNetwork(reference=place)
    stop = _stop(plan)
    starts: list[str] = []
    ends: list[str] = []
    for each in plan.legs:
        starts += _lanes(network, plan, each, stop, incoming=True)
        ends += _lanes(network, plan, each, stop, incoming=False)
        if plan.crosswalks:
            network.walks.append(_walk(plan, each, stop))
    network.turns = supposed(network, KEY, starts, ends)
    network.junctions[KEY] = Junction(KEY, np.zeros(2), "new crossing")
    for turn in network.turns:
        road = network.lanes[turn.start].road
        turn.signal = {"none": None, "approach": road, "movement": f"{road} {turn.maneuver}"}[plan.phases]
    return network


def _check(plan: CrossingPlan) -> None:
    if len(plan.legs) < 2 or not any(each.arrows for each in plan.legs):
        raise PlaceUnknownError(_FEW)
    headings = sorted(each.heading_deg for each in plan.legs)
    for one, other in zip(headings, [*headings[1:], headings[0] + 360.0], strict=True):
        if other - one < 20.0:
            raise PlaceUnknownError(_TWICE.of(one=one, other=other % 360.0))


def _sides(plan: CrossingPlan, road: LegPlan) -> tuple[float, float]:
    """Return the widths of the lanes in and out."""
    bike = USUAL_BIKE_WIDTH_M if plan.bikes else 0.0
    counts = len(road.arrows), road.lanes_out
    return tuple(count * plan.width_m + bike * (count > 0) for count in counts)  # type: ignore[return-value]


def _stop(plan: CrossingPlan) -> float:
    """Return the distance of all stop lines from the middle: clear of the widest road beside, and of a crosswalk."""
    headings = sorted(each.heading_deg for each in plan.legs)
    least = min(b - a for a, b in zip(headings, [*headings[1:], headings[0] + 360.0], strict=True))
    widest = max(max(_sides(plan, each)) for each in plan.legs)
    clear = widest / math.tan(math.radians(min(least, 90.0) / 2)) + _CLEAR_M
    return min(clear + (_WALK_M + _GAP_M) * plan.crosswalks, _FARTHEST_M)


def _lanes(network: RoadNetwork, plan: CrossingPlan, road: LegPlan, stop: float, incoming: bool) -> list[str]:
    """Add the lanes of one direction of a road, from the left; return their keys."""
    out: Floats = direction_of(road.heading_deg)
    right = np.array([-out[1], out[0]]) * (1.0 if incoming else -1.0)  # of the driving direction
    distances = [plan.reach_m, stop] if incoming else [stop, plan.reach_m]
    count = len(road.arrows) if incoming else road.lanes_out
    kinds: list[tuple[LaneKind, float]] = [("vehicle", plan.width_m)] * count
    kinds += [("bike", USUAL_BIKE_WIDTH_M)] if plan.bikes and count else []
    edge, keys = 0.0, []
    for place, (kind, width) in enumerate(kinds):
        side = "in" if incoming else "out"
        key = f"{road.heading_deg:g} {side} {place + 1}"
        network.lanes[key] = RoadLane(
            line_m=np.array([distance * out for distance in distances]) + (edge + width / 2) * right,
            width_m=width,
            road=f"{road.heading_deg:g} {side}",
            kind=kind,
            limit_mps=plan.limit_mps if kind == "vehicle" else 5.56,
            arrows=road.arrows[place] if incoming and kind == "vehicle" else (),
        )
        edge += width
        keys.append(key)
    return keys


def _walk(plan: CrossingPlan, road: LegPlan, stop: float) -> Walkway:
    out: Floats = direction_of(road.heading_deg)
    right = np.array([-out[1], out[0]])
    into, away = _sides(plan, road)
    middle = (stop - _GAP_M - _WALK_M / 2) * out
    signal = None if plan.phases == "none" else f"walk {road.heading_deg:g}"
    return Walkway(band(np.array([middle + into * right, middle - away * right]), _WALK_M), signal)
