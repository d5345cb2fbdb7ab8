"""Which phases of a signal must never be green together: those whose ways meet, by the lane map and the site file.

Ways of different roads meet where they cross or end on the same road (a right turn: in the same lane), a way and a
crosswalk where one leads over the other. A permissive green may meet traffic to which it must yield: a right turn all
traffic, a left turn oncoming traffic, each of them people on a crosswalk. A site file adds pairs
(`signal.conflicts`) and takes pairs away, with its reason (`signal.no_conflicts`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

import numpy as np

from perception.objects import Floats
from rsu.site.lanemap import LaneMapFile
from rsu.site.signal import PhaseSettings, SignalSettings
from rsu.site.ways import Way, signalled

Pair = tuple[int, int]  # phases, the smaller first
_ONCOMING_DEG = 45.0  # a heading so close to the opposite one comes from ahead


def pairs(settings: SignalSettings, lane_map: LaneMapFile) -> dict[Pair, str]:
    """Return the phases that must not be green together, and why."""
    excepted = {pair(*each.phases) for each in settings.no_conflicts}
    found = {two: why for two, why in derived(settings, lane_map).items() if two not in excepted}
    return dict(sorted((found | {pair(*two): "site file" for two in settings.conflicts}).items()))


def derived(settings: SignalSettings, lane_map: LaneMapFile) -> dict[Pair, str]:
    """Return the phases whose ways meet by the lane map, and where."""
    phases = {phase.id: phase for phase in settings.phases}
    ways = [way for way in signalled(lane_map) if way.phase in phases]
    found: dict[Pair, str] = {}
    for two, why in (*_of_ways(ways, phases), *_of_crosswalks(ways, phases, lane_map)):
        if two[0] != two[1]:
            found.setdefault(two, why)
    return found


def pair(one: int, other: int) -> Pair:
    """Return two phases in the order in which pairs are kept."""
    return (one, other) if one < other else (other, one)


def _of_ways(ways: list[Way], phases: Mapping[int, PhaseSettings]) -> Iterator[tuple[Pair, str]]:
    for one, other in combinations(ways, 2):
        if one.link == other.link or _yields(one, other, phases) or _yields(other, one, phases):
            continue
        if _merge(one, other):
            yield pair(one.phase, other.phase), f"{one} and {other} end on the same road"
        elif crosses(one.line_m, other.line_m):
            yield pair(one.phase, other.phase), f"{one} and {other} cross"


def _merge(one: Way, other: Way) -> bool:
    """Tell whether two ways end in one lane. Only vehicles that turn right keep to one; others may come to any."""
    return one.target == other.target or (one.road == other.road and "right" not in (one.maneuver, other.maneuver))


def _yields(way: Way, other: Way, phases: Mapping[int, PhaseSettings]) -> bool:
    """Tell whether traffic on one way has to yield to traffic on the other."""
    if way.maneuver == "uturn":
        return True
    if phases[way.phase].green == "protected":
        return False
    opposite_deg = abs((way.heading_deg - other.heading_deg) % 360.0 - 180.0)
    return way.maneuver == "right" or (way.maneuver == "left" and opposite_deg < _ONCOMING_DEG)


def _of_crosswalks(
    ways: list[Way], phases: Mapping[int, PhaseSettings], lane_map: LaneMapFile
) -> Iterator[tuple[Pair, str]]:
    for walk in lane_map.crosswalks:
        if walk.phase is None or walk.phase not in phases:
            continue
        border = np.array([*walk.polygon, walk.polygon[0]])
        for way in ways:
            if phases[way.phase].green == "protected" and crosses(way.line_m, border):
                yield pair(way.phase, walk.phase), f"{way} leads over the crosswalk of phase {walk.phase}"


def crosses(one: Floats, other: Floats) -> bool:
    """Tell whether two lines (n, 2), (m, 2) cross."""
    a, b = one[:-1, None], one[1:, None]
    c, d = other[None, :-1], other[None, 1:]
    apart = (_side(a, b, c) * _side(a, b, d) > 0) | (_side(c, d, a) * _side(c, d, b) > 0)
    parallel = _cross(b - a, d - c) == 0
    return bool((~apart & ~parallel).any())


def _side(a: Floats, b: Floats, point: Floats) -> Floats:
    return np.sign(_cross(b - a, point - a))


def _cross(one: Floats, other: Floats) -> Floats:
    product: Floats = one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0]
    return product
