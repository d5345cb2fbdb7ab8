"""MAP, the lanes of the road (modules Map, MapNode, MapLink, MapLane).

A node is a junction; a link leads from the upstream node to the node that holds it and consists of lanes.
"""

from __future__ import annotations

from typing import Annotated

from v2x import units
from v2x.records import names
from v2x.records.common import DescriptiveName, MsgCount, NodeReferenceId, Octet, Record
from v2x.records.lane import MANEUVERS, POINTS, LaneAttributes, LaneType, RoadPoint, SpeedLimit
from v2x.records.sections import LinkEx, ProhibitedZone
from v2x.wire.layout import NOT_2017, PHASE_II, Wire
from v2x.wire.limits import Limits
from v2x.wire.positions import POSITION, Position, itself

__all__ = [
    "ConnectingLane",
    "Connection",
    "Lane",
    "LaneAttributes",
    "LaneType",
    "Link",
    "MapData",
    "Movement",
    "Node",
    "RoadPoint",
    "SpeedLimit",
]


class ConnectingLane(Record, frozen=True, kw_only=True):
    """The lane behind the junction."""

    lane: Annotated[Octet, Wire("lane")]  # id in the downstream link
    maneuvers: Annotated[tuple[names.Maneuver, ...] | None, Wire("maneuver", MANEUVERS)] = None


class Connection(Record, frozen=True, kw_only=True):
    """A way from a lane through the junction."""

    remote: Annotated[NodeReferenceId, Wire("remoteIntersection")]  # next node on the way
    lane: Annotated[ConnectingLane | None, Wire("connectingLane")] = None
    phase_id: Annotated[Octet | None, Wire("phaseId")] = None  # the SPAT phase that controls it


class Movement(Record, frozen=True, kw_only=True):
    """A way from a link through the junction."""

    remote: Annotated[NodeReferenceId, Wire("remoteIntersection")]  # next node on the way
    phase_id: Annotated[Octet | None, Wire("phaseId")] = None  # the SPAT phase that controls it


class Lane(Record, frozen=True, kw_only=True):
    """One lane of a link."""

    lane_id: Annotated[Octet, Wire("laneID")]  # 1.. from the left in driving direction; 0 unknown
    width_m: Annotated[float | None, Wire("laneWidth", units.LANE_WIDTH, differs=NOT_2017)] = None
    attributes: Annotated[LaneAttributes | None, Wire("laneAttributes")] = None
    maneuvers: Annotated[tuple[names.Maneuver, ...] | None, Wire("maneuvers", MANEUVERS)] = None
    connects_to: Annotated[tuple[Connection, ...], Limits(0, 16), Wire("connectsTo")] = ()  # T/CSAE 53-2020, else 8
    speed_limits: Annotated[tuple[SpeedLimit, ...], Limits(0, 9), Wire("speedLimits")] = ()
    points: Annotated[tuple[RoadPoint, ...], POINTS, Wire("points")] = ()  # centre line towards the stop line


class Link(Record, frozen=True, kw_only=True):
    """The road from the upstream node to the node that holds the link."""

    name: Annotated[DescriptiveName | None, Wire("name")] = None
    upstream: Annotated[NodeReferenceId, Wire("upstreamNodeId")]
    speed_limits: Annotated[tuple[SpeedLimit, ...], Limits(0, 9), Wire("speedLimits")] = ()
    width_m: Annotated[
        float | None,
        Wire("linkWidth", units.LANE_WIDTH, differs={"csae53-2017": Wire("laneWidth", units.LANE_WIDTH)}),
    ] = None  # must be given except in T/CSAE 53-2020
    points: Annotated[tuple[RoadPoint, ...], POINTS, Wire("points")] = ()  # centre line downstream
    movements: Annotated[tuple[Movement, ...], Limits(0, 32), Wire("movements")] = ()
    lanes: Annotated[tuple[Lane, ...], Limits(1, 32), Wire("lanes")]


class Node(Record, frozen=True, kw_only=True):
    """A junction and the links that lead to it."""

    name: Annotated[DescriptiveName | None, Wire("name")] = None
    id: Annotated[NodeReferenceId, Wire("id")]
    position: Annotated[Position | None, Wire("refPos", POSITION, reference=itself)]
    links: Annotated[tuple[Link, ...], Limits(0, 32), Wire("inLinks")] = ()
    links_ex: Annotated[tuple[LinkEx, ...], Limits(0, 32), Wire("inLinks-ex", differs=PHASE_II)] = ()
    prohibited: Annotated[ProhibitedZone | None, Wire("prohibitedzone", differs=PHASE_II)] = None


class MapData(Record, frozen=True, kw_only=True, tag="mapFrame"):
    """The road network around the unit."""

    msg_cnt: Annotated[MsgCount, Wire("msgCnt")]
    moy: Annotated[int | None, Wire("timeStamp", units.MOY)] = None  # minute of the UTC year
    nodes: Annotated[tuple[Node, ...], Limits(1, 63), Wire("nodes")]  # T/CSAE 53-2020, else 32
