"""GeoJSON lines of the boundaries between lanes: a lane lies between two that run beside each other."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from hw.detail import Detail
from perception.geo import heading_difference, heading_of
from perception.objects import Floats
from rsu.lab.maps import ends, geojson
from rsu.lab.maps.bounds import between
from rsu.lab.maps.inference import crossings, junctions
from rsu.lab.maps.loose import divided, joined
from rsu.lab.maps.network import RoadLane, RoadNetwork, at, cut, length_m
from rsu.lab.maps.notes import Notes
from rsu.lab.maps.placing import Stated

_APART_M = (2.3, 4.6)
_ALIKE_DEG = 12.0
_LEAST_M = 5.0

_PAIRED = Detail(
    "lanes between boundaries that run beside each other at 2.3 to 4.6 m, in their direction",
    "车道取相距 2.3 至 4.6 m 的相邻边界之间，方向与边界一致",
)
_SINGLE = Detail("boundary with no other one beside it", "旁边没有其他边界的边界线")


def read(path: Path, stated: Stated, notes: Notes) -> RoadNetwork:
    """Read a file. MapError: it is none, or has no lines."""
    network = geojson.lines(path, stated, notes)
    edges = {key: lane.line_m for key, lane in network.lanes.items()}
    network.lanes, used = {}, set()
    for left, right in _pairs(edges):
        overlap = _overlap(edges[left], edges[right])
        bounds = overlap and between([overlap[0]], [overlap[1]])
        if bounds:
            network.lanes[f"{left}/{right}"] = RoadLane(line_m=bounds.middle_m, width_m=bounds.width_m)
            used |= {left, right}
    notes.assumed(_PAIRED)
    for _ in edges.keys() - used:
        notes.left_out(_SINGLE)
    joined(network)
    divided(network, crossings(network))
    junctions(network, {})
    ends.junctions(network, notes)
    return network


def _pairs(edges: dict[str, Floats]) -> list[tuple[str, str]]:
    """Return the boundaries of which the second is the nearest to the right of the first."""
    from shapely import LineString, Point, STRtree

    keys = list(edges)
    if not keys:
        return []
    paths = [LineString(edges[key]) for key in keys]
    tree = STRtree(paths)
    found = []
    for n, key in enumerate(keys):
        line = edges[key]
        middle, ahead = at(line, length_m(line) * np.array([0.5, 0.5])), None
        around = at(line, length_m(line) * np.array([0.45, 0.55]))
        ahead = around[1] - around[0]
        heading = float(heading_of(ahead))
        right = np.array([ahead[1], -ahead[0]]) / max(float(np.hypot(*ahead)), 1e-9)
        best = (_APART_M[1], "")
        for other in tree.query(Point(middle[0]).buffer(_APART_M[1])):
            place = paths[other].project(Point(middle[0]))
            step = at(edges[keys[other]], np.array([place]))[0] - middle[0]
            aside = float(step @ right)
            if other != n and _APART_M[0] < aside < best[0] and _alike(edges[keys[other]], place, heading):
                best = (aside, keys[other])
        if best[1]:
            found.append((key, best[1]))
    return found


def _alike(line: Floats, place: float, heading: float) -> bool:
    around = at(line, np.array([place - 1.0, place + 1.0]))
    return abs(float(heading_difference(heading_of(around[1] - around[0]), heading))) < _ALIKE_DEG


def _overlap(left: Floats, right: Floats) -> tuple[Floats, Floats] | None:
    """Return the parts (n, 2) of two boundaries that lie beside each other; None: they are too short."""
    from shapely import LineString, Point

    one, other = LineString(left), LineString(right)
    begin, end = (other.project(Point(left[index])) for index in (0, -1))
    if end - begin < _LEAST_M:
        return None
    mine = cut(right, begin, end)
    first, last = (one.project(Point(mine[index])) for index in (0, -1))
    return (cut(left, first, last), mine) if last - first > _LEAST_M else None
