"""Lines that a MAP message implies: lanes side by side in their link, and the roads that lead away."""

from __future__ import annotations

import math

import numpy as np

from perception.objects import Floats
from rsu.lab.maps.map_json import NodeKey, SaidLink, SaidNode, SaidWay
from rsu.lab.maps.network import USUAL_WIDTH_M, Junction, RoadLane, RoadNetwork, towards
from rsu.site.lanemap import Maneuver

_GAP_M, _EXIT_M = 0.5, 80.0  # between a link and the exit beside it; length of an exit
_LEFT_RAD: dict[Maneuver | None, float] = {"left": math.pi / 2, "right": -math.pi / 2, "uturn": math.pi}


def road_from(node: SaidNode, neighbour: NodeKey) -> str:
    """Return the key of the road from a neighbour to a node."""
    return f"{node.key} from {neighbour}"


def side_by_side(link: SaidLink, whole: Floats) -> dict[int, Floats]:
    """Return the lines (n, 2) of lanes, by number, that lie side by side around the middle line of their link."""
    lanes = sorted(link.lanes, key=lambda lane: lane.number)
    widths = np.array([lane.width_m or USUAL_WIDTH_M for lane in lanes])
    aside = np.cumsum(widths) - widths / 2 - widths.sum() / 2
    return {lane.number: shifted(whole, float(offset)) for lane, offset in zip(lanes, aside, strict=True)}


def shifted(line: Floats, right_m: float) -> Floats:
    """Return a line (n, 2) moved to its right."""
    from shapely import LineString

    if abs(right_m) < 0.01:
        return line
    moved = LineString(line).offset_curve(-right_m, join_style="mitre")
    if moved.geom_type == "LineString" and not moved.is_empty:
        return np.array(moved.coords)
    ahead = towards(line)  # a bend sharper than the offset: the whole line is moved
    return line + right_m * np.array([ahead[1], -ahead[0]])


class SupposedExits:
    """The lanes that lead away from a node."""

    def __init__(self, node: SaidNode, middle: Floats) -> None:
        """`middle`: (2,) m, of the stop lines."""
        self._node, self._middle = node, middle

    def lane(self, network: RoadNetwork, junction: Junction, start: str, way: SaidWay) -> str:
        """Return the key of the lane in which a way ends; it is made where it is not there yet."""
        road = f"{self._node.key} to {way.node}"
        key = f"{road} {way.lane}"
        if key not in network.lanes:
            line = self._beside(network, way)
            line = self._ahead(network.lanes[start].line_m, way) if line is None else line
            network.lanes[key] = RoadLane(line_m=line, width_m=USUAL_WIDTH_M, road=road, number=way.lane)
            junction.neighbours[road] = way.node
        return key

    def _beside(self, network: RoadNetwork, way: SaidWay) -> Floats | None:
        """Return the line beside the link that comes from the same node; None: there is no such link."""
        road = road_from(self._node, way.node)
        lanes = [lane for lane in network.lanes.values() if lane.road == road]
        if not lanes:
            return None
        left = min(lanes, key=lambda lane: lane.number or 0)
        aside = left.width_m / 2 + _GAP_M + (max(way.lane, 1) - 0.5) * USUAL_WIDTH_M
        return shifted(left.line_m[::-1], aside)

    def _ahead(self, line: Floats, way: SaidWay) -> Floats:
        """Return a line where the manoeuvre leads to."""
        east, north = towards(line)
        turn = _LEFT_RAD.get(way.arrow, 0.0)
        cos, sin = math.cos(turn), math.sin(turn)
        onward = np.array([east * cos - north * sin, east * sin + north * cos])
        right = np.array([onward[1], -onward[0]])
        reach = max(float(np.hypot(*(line[-1] - self._middle))), 5.0)
        begin = self._middle + reach * onward + (max(way.lane, 1) - 0.5) * USUAL_WIDTH_M * right
        return np.array([begin, begin + _EXIT_M * onward])
