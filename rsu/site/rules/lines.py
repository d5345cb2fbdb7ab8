"""Lines of a lane map that cannot be: too far away, without length, against their direction; and names twice."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hw.detail import Detail
from rsu.core.errors import Finding
from rsu.site.lanemap import LaneMapFile
from rsu.site.reading import OfMap
from rsu.site.rules import walk
from rsu.site.rules.names import twice
from rsu.site.rules.shapes import Points, distance, steps
from rsu.site.source import Path_

FARTHEST_M = 3000.0  # from the node: a farther place is in other units
FARTHEST_NODE_M = 20_000.0  # from the reference point
NEAR_NODE_M = 150.0  # from the middle of the stop lines of its lanes
_SAME_M = 0.01
_SLACK_M = 2.0

_NAME_OF_LINK = Detail(
    'expected another name than that of the link "{name}"',
    '名称应与路段 "{name}" 不同',
)
_SAME_POINT = Detail(
    "expected another point than the one before, got {point} again",
    "应与前一个点不同，实际 {point} 重复",
)
_NODE_FAR_OFF = Detail(
    "expected metres east and north of the reference point, got {point} (in cm, or degrees?)",
    "应为相对基准点向东、向北的米数，实为 {point}（是否误用厘米或度？）",
)
_LINE_FAR_OFF = Detail(
    "expected metres, at most {most:g} from the node, got {point}, {away:.0f} away (in cm or mm?)",
    "单位应为米，距节点不超过 {most:g}，实为 {point}，相距 {away:.0f}（是否误用厘米或毫米？）",
)
_AGAINST = Detail(
    "expected points in driving direction, to the stop line of node {node}, got the first {first:.0f} m and "
    "the last {last:.0f} m from it",
    "各点应按行驶方向排列，止于节点 {node} 的停止线，实际首点距其 {first:.0f} m，末点距其 {last:.0f} m",
)
_AGAINST_EXIT = Detail(
    "expected points in driving direction, away from the node, got the first {first:.0f} m and the last "
    "{last:.0f} m from it",
    "各点应按行驶方向排列，驶离节点，实际首点距其 {first:.0f} m，末点距其 {last:.0f} m",
)
_NODE_ELSEWHERE = Detail(
    "expected the middle of the junction, got a place {off:.0f} m from the middle of its stop lines",
    "应为路口中心，实际距各停止线的中心 {off:.0f} m",
)


def names(of: OfMap) -> Iterator[Finding]:
    """Find nodes, links, lanes and exits that are called alike."""
    source, nodes = of.source, of.map.nodes
    yield from twice(source, ("nodes",), "id", [(node.region, node.id) for node in nodes])
    for n, node in enumerate(nodes):
        yield from twice(source, ("nodes", n, "links"), "name", [link.name for link in node.links])
    for place, _, link in walk.links(of.map):
        yield from twice(source, (*place, "lanes"), "id", [lane.id for lane in link.lanes])
    yield from twice(source, ("exits",), "name", [road.name for road in of.map.exits])
    taken = {link.name for node in nodes for link in node.links}
    for n, road in enumerate(of.map.exits):
        if road.name in taken:
            yield source.finding(("exits", n, "name"), _NAME_OF_LINK.of(name=road.name))
        numbers = [each.number for each in walk.exits(of.map) if each.road is road]
        yield from twice(source, ("exits", n, "lanes"), "id", numbers)


def lengths(of: OfMap) -> Iterator[Finding]:
    """Find points that stand on the one before: a line needs a direction everywhere."""
    for place, points in every_line(of.map):
        for index in np.flatnonzero(steps(points) < _SAME_M).tolist():
            yield of.source.finding((*place, index + 1), _SAME_POINT.of(point=_shown(points[index + 1])))


def distances(of: OfMap) -> Iterator[Finding]:
    """Find nodes, lines and areas too far away to be of this site, by their first point that is."""
    nodes = np.array([node.position for node in of.map.nodes])
    for n in np.flatnonzero(np.hypot(*nodes.T) > FARTHEST_NODE_M).tolist():
        yield of.source.finding(("nodes", n, "position"), _NODE_FAR_OFF.of(point=_shown(of.map.nodes[n].position)))
        return
    walks = [(("crosswalks", n, "polygon"), each.polygon) for n, each in enumerate(of.map.crosswalks)]
    for place, points in (*every_line(of.map), *walks):
        away = np.hypot(*(np.array(points)[:, None] - nodes).transpose(2, 0, 1)).min(axis=1)
        if (far := np.flatnonzero(away > FARTHEST_M)).size:
            index = int(far[0])
            yield of.source.finding(
                (*place, index), _LINE_FAR_OFF.of(most=FARTHEST_M, point=_shown(points[index]), away=away[index])
            )


def directions(of: OfMap) -> Iterator[Finding]:
    """Find lines that run against the traffic: links lead to their node, exits lead away; and nodes elsewhere."""
    if elsewhere := [*_elsewhere(of)]:
        yield from elsewhere
        return
    for place, node, link in walk.links(of.map):
        lines = [(("points",), link.points), *((("lanes", n, "points"), e.points) for n, e in enumerate(link.lanes))]
        for key, points in lines:
            first, last = (distance(points[end], node.position) for end in (0, -1))
            if last > first + _SLACK_M and first < NEAR_NODE_M:
                yield of.source.finding((*place, *key), _AGAINST.of(node=node.id, first=first, last=last))
    for at in walk.exits(of.map):
        first, last = (min(distance(at.lane.points[end], node.position) for node in of.map.nodes) for end in (0, -1))
        if first > last + _SLACK_M and last < NEAR_NODE_M and len(of.map.nodes) == 1:
            yield of.source.finding((*at.place, "points"), _AGAINST_EXIT.of(first=first, last=last))


def _elsewhere(of: OfMap) -> Iterator[Finding]:
    """Find nodes that neither the ends nor the beginnings of their lanes stand around."""
    for n, node in enumerate(of.map.nodes):
        lanes = [np.array([lane.points[0], lane.points[-1]]) for link in node.links for lane in link.lanes]
        if lanes and (off := float(np.hypot(*(np.mean(lanes, axis=0) - node.position).T).min())) > NEAR_NODE_M:
            yield of.source.finding(("nodes", n, "position"), _NODE_ELSEWHERE.of(off=off))


def every_line(lane_map: LaneMapFile) -> Iterator[tuple[Path_, Points]]:
    """Yield the lines of links, lanes and exits, with their places."""
    for place, _, link in walk.links(lane_map):
        yield (*place, "points"), link.points
        for number, lane in enumerate(link.lanes):
            yield (*place, "lanes", number, "points"), lane.points
    for at in walk.exits(lane_map):
        yield (*at.place, "points"), at.lane.points


def _shown(point: tuple[float, float]) -> str:
    return f"[{point[0]:g}, {point[1]:g}]"
