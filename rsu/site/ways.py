"""The ways through the junction that a signal rules, as lines on the ground, from the lane map.

A way goes from the stop line on the curve to the exit lane, and on that lane for a little: the crosswalk may lie there.
Where the lane map has no such exit lane, one is supposed beside the road that comes from there, or else where the
manoeuvre leads; traffic keeps right.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from perception.objects import Floats
from perception.traffic.paths import bend
from rsu.site.lanemap import ConnectionModel, ExitLane, LaneMapFile, LaneModel, LinkModel, Maneuver, NodeId, NodeModel

ALONG_EXIT_M = 15.0
_WIDTH_M = 3.25  # of a supposed exit lane
_TURN_DEG = {"straight": 0.0, "left": -90.0, "right": 90.0, "uturn": 180.0}


class Way(NamedTuple):
    """One way that a phase rules."""

    phase: int
    link: str  # name of the link that it comes from
    maneuver: Maneuver
    target: tuple[int, int, int]  # region and id of the node that it leads to, lane of that road
    heading_deg: float  # deg at the stop line, clockwise from north
    line_m: Floats  # (n, 2) m, site frame

    @property
    def road(self) -> tuple[int, int]:
        """Return region and id of the node that it leads to."""
        return self.target[:2]

    def __str__(self) -> str:
        """Return it as a person would name it."""
        return f"{self.link} {self.maneuver}"


class Through(NamedTuple):
    """One way of a lane through the junction, ruled by a phase or not."""

    link: LinkModel
    lane: LaneModel
    connection: ConnectionModel
    phase: int | None
    line_m: Floats  # (n, 2) m, site frame


def through(lane_map: LaneMapFile) -> Iterator[Through]:
    """Yield every way; a lane's own phase goes before that of the movement."""
    exits = {(way.downstream, lane.id or n): lane for way in lane_map.exits for n, lane in enumerate(way.lanes, 1)}
    for node in lane_map.nodes:
        for link in node.links:
            phases = {movement.downstream: movement.phase for movement in link.movements}
            for lane in link.lanes:
                for connection in lane.connects_to:
                    phase = connection.phase or phases.get(connection.downstream)
                    line = _line(node, lane, connection, exits.get((connection.downstream, connection.lane)))
                    yield Through(link, lane, connection, phase, line)


def signalled(lane_map: LaneMapFile) -> Iterator[Way]:
    """Yield every way that a phase rules."""
    for link, lane, connection, phase, line in through(lane_map):
        if phase is not None:
            yield _way(phase, link, lane, connection, line)


def _way(phase: int, link: LinkModel, lane: LaneModel, connection: ConnectionModel, line: Floats) -> Way:
    east, north = _direction(lane.points[-2:])
    target = (connection.downstream.region, connection.downstream.id, connection.lane)
    return Way(phase, link.name, connection.maneuver, target, math.degrees(math.atan2(east, north)) % 360.0, line)


def _line(node: NodeModel, lane: LaneModel, connection: ConnectionModel, exit_lane: ExitLane | None) -> Floats:
    first, ahead = np.array(lane.points[-1]), _direction(lane.points[-2:])
    if exit_lane is not None:
        points = np.array(exit_lane.points)
        last, onward = points[0], _direction(points[:2])
    else:
        last, onward = _supposed(node, first, ahead, connection)
    return np.vstack([bend(first, ahead, last, onward), last + ALONG_EXIT_M * onward])


def _supposed(node: NodeModel, first: Floats, ahead: Floats, connection: ConnectionModel) -> tuple[Floats, Floats]:
    """Return where an exit lane should begin that the map does not have, and its direction."""
    middle = np.array(node.position)
    onward = _out_to(node, connection.downstream, middle)
    if onward is None:
        turn = math.radians(_TURN_DEG[connection.maneuver])
        east, north = ahead
        onward = np.array(
            [east * math.cos(turn) + north * math.sin(turn), north * math.cos(turn) - east * math.sin(turn)]
        )
    right = np.array([onward[1], -onward[0]])
    reach = float(np.hypot(*(first - middle)))
    return middle + reach * onward + (connection.lane - 0.5) * _WIDTH_M * right, onward


def _out_to(node: NodeModel, neighbour: NodeId, middle: Floats) -> Floats | None:
    """Return the direction (unit vector) of the road to a neighbour, None where no link comes from there."""
    for link in node.links:
        if link.upstream == NodeId(region=neighbour.region, id=neighbour.id):
            return -_direction(link.points[-2:])
    return None


def _direction(points: Floats | list[tuple[float, float]]) -> Floats:
    step = np.subtract(points[-1], points[-2], dtype=np.float64)
    direction: Floats = step / max(float(np.hypot(*step)), 1e-9)
    return direction
