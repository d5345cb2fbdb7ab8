"""Junctions of maps that name none: the places where lanes cross, with the ways through them.

Lanes that cross another, and those that part or meet with such a lane, are ways inside a junction; the lanes before and
after them are the roads.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from perception.geo import heading_difference, heading_of
from perception.objects import Floats
from rsu.lab.maps.network import Junction, RoadNetwork, RoadTurn, at, length_m, towards

_INSIDE_M = 1.0  # of both lines: where two lanes only touch they do not cross
_LEAST_DEG = 15.0
_LONGEST_M = 90.0  # of a way through a junction
_DEEPEST = 6  # pieces in a row inside
_NEAR_M = 30.0  # of two crossings of lanes, within one junction


class _Graph:
    """Which pieces follow which."""

    def __init__(self, follows: Iterable[tuple[str, str]]) -> None:
        self.after: dict[str, list[str]] = defaultdict(list)
        self.before: dict[str, list[str]] = defaultdict(list)
        for first, last in follows:
            self.after[first].append(last)
            self.before[last].append(first)

    def siblings(self, key: str) -> set[str]:
        """Return the pieces that begin or end where a piece does."""
        beside = {other for one in self.before[key] for other in self.after[one]}
        return (beside | {other for one in self.after[key] for other in self.before[one]}) - {key}


def junctions(network: RoadNetwork, signals: Mapping[str, str]) -> None:
    """Find the junctions of a network and their turns; ways inside are lanes no longer. `signals`: lane -> signal."""
    graph = _Graph(network.follows)
    crossed = crossings(network)
    inner = _grown(set(crossed), graph, network)
    for number, group in enumerate(_groups(inner, crossed, graph), 1):
        key = str(number)
        turns = [RoadTurn(*pair, key) for each in group for pair in _through(each, group, graph)]
        turns = [RoadTurn(start, end, key) for start, end in sorted({(turn.start, turn.end) for turn in turns})]
        marks = [mark for each in group for mark in crossed.get(each, {}).values()]
        if turns and marks:
            network.junctions[key] = Junction(key, np.mean(marks, axis=0))
            for turn in turns:
                turn.signal = signals.get(turn.start)
            network.turns += turns
    network.lanes = {key: lane for key, lane in network.lanes.items() if key not in inner}
    network.follows = [pair for pair in network.follows if not inner & set(pair)]


def crossings(network: RoadNetwork) -> dict[str, dict[str, Floats]]:
    """Return the lanes that cross each other: key -> other key -> place (2,)."""
    from shapely import LineString, STRtree

    keys = list(network.lanes)
    found: dict[str, dict[str, Floats]] = defaultdict(dict)
    if not keys:
        return found
    paths = [LineString(network.lanes[key].line_m) for key in keys]
    for one, other in STRtree(paths).query(paths, predicate="crosses").T.tolist():
        if other < one:
            continue  # each pair comes twice
        met = paths[one].intersection(paths[other])
        for point in getattr(met, "geoms", [met]):
            if point.geom_type == "Point" and _cross(paths[one], paths[other], point):
                place = np.array([point.x, point.y])
                found[keys[one]][keys[other]] = found[keys[other]][keys[one]] = place
    return found


def _cross(one: object, other: object, point: object) -> bool:
    headings = []
    for path in (one, other):
        line = np.array(path.coords)  # type: ignore[attr-defined]
        here, whole = path.project(point), length_m(line)  # type: ignore[attr-defined]
        if not _INSIDE_M < here < whole - _INSIDE_M:
            return False
        near = at(line, np.array([here - 0.5, here + 0.5]))
        headings.append(float(heading_of(near[1] - near[0])))
    turn = abs(float(heading_difference(*headings)))
    return _LEAST_DEG < turn < 180.0 - _LEAST_DEG


def _grown(inner: set[str], graph: _Graph, network: RoadNetwork) -> set[str]:
    """Return the ways inside with those that part or meet with one of them."""
    fresh = inner
    while fresh:
        beside = {other for each in fresh for other in graph.siblings(each)} - inner
        fresh = {each for each in beside if length_m(network.lanes[each].line_m) < _LONGEST_M and _turns(each, network)}
        inner = inner | fresh
    return inner


def _turns(key: str, network: RoadNetwork) -> bool:
    """Tell whether a piece is a way, not a road that goes on: it bends, or it is short."""
    line = network.lanes[key].line_m
    ends = (heading_of(towards(line, at_end)) for at_end in (False, True))
    return length_m(line) < 40.0 or abs(float(heading_difference(*ends))) > 20.0


def _groups(inner: set[str], crossed: Mapping[str, Mapping[str, Floats]], graph: _Graph) -> list[set[str]]:
    """Return the ways inside by junctions, those with the most ways first."""
    rest, groups = set(inner), []
    while rest:
        group, fresh = set(), {min(rest)}
        while fresh:
            group |= fresh
            near = {other for each in fresh for other in (*crossed.get(each, ()), *graph.siblings(each))}
            near |= {other for each in fresh for other in (*graph.after[each], *graph.before[each])}
            fresh = (near & inner) - group
        groups.append(group)
        rest -= group
    return sorted(groups, key=lambda group: (-len(group), min(group)))


def _through(key: str, group: set[str], graph: _Graph) -> list[tuple[str, str]]:
    """Return the pairs of lanes before and after the junction whose way begins with a piece."""
    starts = [each for each in graph.before[key] if each not in group]
    ends, reached = [], [key]
    for _ in range(_DEEPEST if starts else 0):
        nexts = [after for each in reached for after in graph.after[each]]
        ends += [each for each in nexts if each not in group]
        reached = [each for each in nexts if each in group]
    return [(start, end) for start in starts for end in ends]
