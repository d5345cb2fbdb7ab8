"""Lines of lanes without a word about where they lead: which follow each other, how wide they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from scipy.spatial import cKDTree

from hw.detail import Detail
from perception.geo import heading_difference, heading_of
from perception.objects import Floats
from rsu.lab.maps.network import USUAL_WIDTH_M, RoadNetwork, at, cut, length_m, towards
from rsu.lab.maps.notes import Notes

_JOINED_M, _JOINED_DEG = 0.5, 40.0
_LANE_M = (2.3, 5.0)  # from the middle of a lane to that of the next
_ALIKE_DEG = 15.0
_EVERY_M, _MOST_SAMPLES = 2.0, 2000
_MARGIN_M, _LEAST_M, _ONE_CROSSING_M = 15.0, 12.0, 45.0

_BY_NEIGHBOURS = Detail(
    "width of a lane by the distance of those beside it: {low:.1f} to {high:.1f} m",
    "车道宽度取与相邻车道的间距：{low:.1f} 至 {high:.1f} m",
)
_USUAL = Detail(
    "width of {count} lanes that have none beside them: {width} m", "{count} 条车道旁无其他车道：宽度取 {width} m"
)


def joined(network: RoadNetwork) -> None:
    """Find the lanes that begin where others end, in about the same direction."""
    keys = list(network.lanes)
    if not keys:
        return
    lines = [network.lanes[key].line_m for key in keys]
    ahead = [(towards(line, True), towards(line, False)) for line in lines]
    near = cKDTree([line[0] for line in lines]).query_ball_point([line[-1] for line in lines], _JOINED_M)
    for one, found in enumerate(near):
        for other in found:
            turn = heading_difference(heading_of(ahead[other][1]), heading_of(ahead[one][0]))
            if one != other and abs(float(turn)) < _JOINED_DEG:
                network.follows.append((keys[one], keys[other]))


def widths(network: RoadNetwork, unknown: Iterable[str], notes: Notes) -> None:
    """Give lanes the distance from those beside them as width, in the middle of their length; else the usual one."""
    keys = list(network.lanes)
    if not keys:
        return
    middles = [at(lane.line_m, np.array([length_m(lane.line_m) / 2]))[0] for lane in network.lanes.values()]
    samples = [_sampled(network.lanes[key].line_m) for key in keys]
    tree = cKDTree(np.vstack([each[0] for each in samples]))
    headings = np.concatenate([each[1] for each in samples])
    points = np.vstack([each[0] for each in samples])
    found, alone = [], 0
    for key in unknown:
        index = keys.index(key)
        own = float(heading_of(towards(network.lanes[key].line_m)))
        width = _beside(middles[index], own, tree, points, headings)
        network.lanes[key].width_m = width or USUAL_WIDTH_M
        found += [width] if width else []
        alone += width is None
    if found:
        notes.assumed(_BY_NEIGHBOURS.of(low=min(found), high=max(found)))
    if alone:
        notes.assumed(_USUAL.of(count=alone, width=USUAL_WIDTH_M))


def _sampled(line: Floats) -> tuple[Floats, Floats]:
    """Return points (n, 2) every two metres of a line and its headings (n,) there."""
    whole = length_m(line)
    steps = np.linspace(0.0, whole, int(np.clip(whole / _EVERY_M, 2, _MOST_SAMPLES)))
    points = at(line, steps)
    headings = heading_of(np.diff(points, axis=0))
    return points, np.append(headings, headings[-1])


def _beside(place: Floats, heading: float, tree: cKDTree, points: Floats, headings: Floats) -> float | None:
    near = np.array(tree.query_ball_point(place, _LANE_M[1] + 0.5), dtype=int)
    alike = near[np.abs(heading_difference(headings[near], heading)) < _ALIKE_DEG]
    right = np.array([np.cos(np.radians(heading)), -np.sin(np.radians(heading))])
    aside = np.abs((points[alike] - place) @ right)
    lanes = aside[(aside > _LANE_M[0]) & (aside < _LANE_M[1])]
    return float(lanes.min()) if len(lanes) else None


def divided(network: RoadNetwork, crossed: Mapping[str, Mapping[str, Floats]]) -> None:
    """Cut lanes that run through a crossing in one piece: before it, within it, after it."""
    for key, marks in crossed.items():
        lane = network.lanes[key]
        for first, last in _spans(lane.line_m, list(marks.values())):
            _divide(network, key, first, last)


def _spans(line: Floats, marks: list[Floats]) -> list[tuple[float, float]]:
    """Return the parts of a line within crossings, from its end backwards."""
    from shapely import LineString, Point

    path = LineString(line)
    places = sorted(path.project(Point(mark)) for mark in marks)
    spans: list[list[float]] = []
    for place in places:
        if spans and place - spans[-1][1] < _ONE_CROSSING_M:
            spans[-1][1] = place
        else:
            spans.append([place, place])
    return [(first - _MARGIN_M, last + _MARGIN_M) for first, last in reversed(spans)]


def _divide(network: RoadNetwork, key: str, first: float, last: float) -> None:
    """Cut the last piece of a lane in front of and behind a crossing, where enough of it is left."""
    import msgspec

    lane = network.lanes[key]
    whole = length_m(lane.line_m)
    for place in (last, first):
        if not _LEAST_M < place < whole - _LEAST_M:
            continue
        name = f"{key}~{sum(each.startswith(f'{key}~') for each in network.lanes) + 1}"
        network.lanes[name] = msgspec.structs.replace(lane, line_m=cut(network.lanes[key].line_m, place, whole))
        network.lanes[key] = msgspec.structs.replace(lane, line_m=cut(network.lanes[key].line_m, 0.0, place))
        network.follows = [(name, after) if before == key else (before, after) for before, after in network.follows]
        network.follows.append((key, name))
        whole = place
