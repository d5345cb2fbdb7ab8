"""From lanes around a junction to roads: lanes side by side, from the left; their lengths, middle lines, names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from perception.geo import heading_difference, heading_of
from perception.objects import Floats
from rsu.lab.maps.network import RoadLane, RoadNetwork, along, at, cut, length_m, tidy, towards

_BESIDE_DEG, _BESIDE_M = 25.0, 2.5  # lanes of one road: by their directions, by the gap between their edges
_ABREAST_M = 12.0  # along the road
_STRAIGHT_ON_DEG = 45.0
_WIDTH_OVER_M = 30.0  # of the junction
_COMPASS = ("north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest")


class Bundle(NamedTuple):
    """The lanes of one road in one direction at a junction, from the left."""

    keys: tuple[str, ...]
    heading_deg: float  # deg at the junction, in driving direction
    end_m: Floats  # (2,) m, their middle at the junction


def bundles(lanes: Mapping[str, RoadLane], incoming: bool) -> list[Bundle]:
    """Return the roads of lanes that all lead to, or all away from, one junction; clockwise from north."""
    keys = list(lanes)
    groups = {key: {key} for key in keys}
    for n, one in enumerate(keys):
        for other in keys[:n]:
            if groups[one] is not groups[other] and _together(lanes[one], lanes[other], incoming):
                groups[one] |= groups[other]
                for each in groups[one]:
                    groups[each] = groups[one]
    found = [_bundle([key for key in keys if key in group], lanes, incoming) for group in _distinct(groups.values())]
    return sorted(found, key=lambda each: ((each.heading_deg + 180.0 * incoming + 1.0) % 360.0, *each.end_m))


def _distinct(groups: Iterable[set[str]]) -> list[set[str]]:
    return list({id(group): group for group in groups}.values())


def _together(one: RoadLane, other: RoadLane, incoming: bool) -> bool:
    ahead, beside = (towards(lane.line_m, incoming) for lane in (one, other))
    if abs(float(heading_difference(heading_of(ahead), heading_of(beside)))) > _BESIDE_DEG:
        return False
    if one.road and one.road == other.road:
        return True
    step = _end(other, incoming) - _end(one, incoming)
    aside, on = abs(float(step @ [ahead[1], -ahead[0]])), abs(float(step @ ahead))
    return aside < (one.width_m + other.width_m) / 2 + _BESIDE_M and on < _ABREAST_M


def _end(lane: RoadLane, incoming: bool) -> Floats:
    end: Floats = lane.line_m[-1 if incoming else 0]
    return end


def _bundle(keys: list[str], lanes: Mapping[str, RoadLane], incoming: bool) -> Bundle:
    ahead = np.mean([towards(lanes[key].line_m, incoming) for key in keys], axis=0)
    right = np.array([ahead[1], -ahead[0]])
    ends = {key: _end(lanes[key], incoming) for key in keys}
    keys = sorted(keys, key=lambda key: float(ends[key] @ right))
    return Bundle(tuple(keys), float(heading_of(ahead)), np.mean(list(ends.values()), axis=0))


def lengthened(key: str, network: RoadNetwork, reach_m: float, incoming: bool) -> tuple[Floats, float]:
    """Return the line (n, 2) of a lane with the pieces before it (incoming) or after it, and its width.

    The width is that of the longest piece near the junction: short pieces at stop lines widen into it.
    """
    line = network.lanes[key].line_m
    seen, widths = {key}, [(min(length_m(line), _WIDTH_OVER_M), network.lanes[key].width_m)]
    while (before := length_m(line)) < reach_m:
        following = _next(key, line, network, incoming)
        if following is None or following in seen:
            break
        key = following
        seen.add(key)
        more = network.lanes[key].line_m
        widths.append((min(length_m(more), _WIDTH_OVER_M - before), network.lanes[key].width_m))
        line = tidy(np.vstack([more, line] if incoming else [line, more]))
    whole = length_m(line)
    width = max(widths)[1]
    if whole <= reach_m:
        return line, width
    return cut(line, whole - reach_m, whole) if incoming else cut(line, 0.0, reach_m), width


def _next(key: str, line: Floats, network: RoadNetwork, incoming: bool) -> str | None:
    """Return the piece with which a lane goes on; where several lanes part from it, it goes on as the straightest."""
    pairs = [(first, last) if incoming else (last, first) for first, last in network.follows]
    nexts = [piece for piece, mine in pairs if mine == key and piece in network.lanes]
    straight = [each for each in nexts if _on(line, network.lanes[each].line_m, incoming) < _STRAIGHT_ON_DEG]
    if not straight:
        return None
    chosen = min(straight, key=lambda each: _on(line, network.lanes[each].line_m, incoming))
    ahead = network.lanes[chosen].line_m
    parting = [mine for piece, mine in pairs if piece == chosen and mine in network.lanes]
    return chosen if key == min(parting, key=lambda each: _on(network.lanes[each].line_m, ahead, incoming)) else None


def _on(line: Floats, more: Floats, incoming: bool) -> float:
    """Return how much a piece turns against the line that it goes on with, in degrees."""
    one, other = towards(line, not incoming), towards(more, incoming)
    return abs(float(heading_difference(heading_of(one), heading_of(other))))


def stopped(line: Floats, stop_lines: Iterable[Floats], within_m: float = 40.0) -> Floats:
    """Return a line (n, 2) up to the first stop line that it crosses over its last metres."""
    from shapely import LineString

    whole = length_m(line)
    path = LineString(line)
    crossed = []
    for each in stop_lines:
        met = path.intersection(LineString(each))
        if not met.is_empty:
            crossed.append(path.project(met.representative_point()))
    near = [distance for distance in crossed if whole - within_m < distance and distance > 5.0]
    return cut(line, 0.0, min(near)) if near else line


def middle_line(lines: list[Floats]) -> Floats:
    """Return the mean (n, 2) of lines that end side by side, over the length that all have."""
    common = min(length_m(line) for line in lines)
    back = np.linspace(common, 0.0, 41)
    mean: Floats = np.mean([at(line, along(line)[-1] - back) for line in lines], axis=0)
    return mean


def simplified(line: Floats, tolerance_m: float, most: int = 31) -> Floats:
    """Return the fewest points (k, 2) that keep a line (n, 2) within a tolerance; wider where more than `most` are."""
    from shapely import LineString

    drawn = tidy(line)
    if len(drawn) < 2:  # points of a short line lie so close together that one is left
        drawn = line[[0, -1]]
    while len(found := np.array(LineString(drawn).simplify(tolerance_m).coords)) > most:
        tolerance_m *= 1.5
    return found


def compass(heading_deg: float) -> str:
    """Return the name of a direction, of eight."""
    return _COMPASS[int((heading_deg + 22.5) % 360.0 // 45.0)]
