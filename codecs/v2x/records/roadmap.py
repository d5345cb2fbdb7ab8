"""MAP, the lanes of the road (modules Map, MapNode, MapLink, MapLane, MapPoint, MapSpeedLimit).

A node is a junction; a link leads from the upstream node to the node that holds it and consists of lanes.
"""

from __future__ import annotations

from typing import Annotated, get_args

from v2x import units
from v2x.errors import EncodeError
from v2x.fields import Flags
from v2x.layout import Wire
from v2x.positions import POSITION, Position, itself
from v2x.records import names
from v2x.records.common import NodeReferenceId, Record

MANEUVERS = Flags(get_args(names.Maneuver), 12)
LANE_SHARING = Flags(get_args(names.LaneSharing), 10)
LANE_FLAGS: dict[names.LaneKind, Flags[str]] = {
    "vehicle": Flags(get_args(names.VehicleLaneFlag), 8),
    "crosswalk": Flags(get_args(names.CrosswalkFlag), 16),
    "bikeLane": Flags(get_args(names.BikeLaneFlag), 16),
    "sidewalk": Flags(get_args(names.SidewalkFlag), 16),
    "median": Flags(get_args(names.BarrierFlag), 16),
    "striping": Flags(get_args(names.StripingFlag), 16),
    "trackedVehicle": Flags(get_args(names.TrackedVehicleFlag), 16),
    "parking": Flags(get_args(names.ParkingFlag), 16),
}


class LaneType(Record, frozen=True, kw_only=True):
    """What a lane is for, and the flags of that kind of lane (`names`: VehicleLaneFlag, CrosswalkFlag, ...)."""

    kind: names.LaneKind
    flags: tuple[str, ...] = ()


class LaneTypeAttributes:
    """CHOICE between the flags of the kinds of lane."""

    def to_wire(self, value: LaneType | None) -> tuple[str, tuple[bytes, int]]:
        """Return (alternative, bits)."""
        if value is None or value.kind not in LANE_FLAGS:
            raise EncodeError(f"{value and value.kind!r} is none of {', '.join(LANE_FLAGS)}")
        return value.kind, LANE_FLAGS[value.kind].to_wire(value.flags)

    def from_wire(self, wire: tuple[names.LaneKind, tuple[bytes, int]]) -> LaneType:
        """Return kind and flags."""
        kind, bits = wire
        return LaneType(kind=kind, flags=LANE_FLAGS[kind].from_wire(bits))


class LaneAttributes(Record, frozen=True, kw_only=True):
    """Who uses a lane, and what it is."""

    shared_with: Annotated[tuple[names.LaneSharing, ...] | None, Wire("shareWith", LANE_SHARING)] = None
    type: Annotated[LaneType, Wire("laneType", LaneTypeAttributes())]


class SpeedLimit(Record, frozen=True, kw_only=True):
    """One limit of a link or lane; that of the lane counts more."""

    type: Annotated[names.SpeedLimitType, Wire("type")]
    speed_mps: Annotated[float | None, Wire("speed", units.SPEED)]


class RoadPoint(Record, frozen=True, kw_only=True):
    """A point of a centre line."""

    position: Annotated[Position | None, Wire("posOffset", relative=True)]


class ConnectingLane(Record, frozen=True, kw_only=True):
    """The lane behind the junction."""

    lane: Annotated[int, Wire("lane")]  # id in the downstream link
    maneuvers: Annotated[tuple[names.Maneuver, ...] | None, Wire("maneuver", MANEUVERS)] = None


class Connection(Record, frozen=True, kw_only=True):
    """A way from a lane through the junction."""

    remote: Annotated[NodeReferenceId, Wire("remoteIntersection")]  # next node on the way
    lane: Annotated[ConnectingLane | None, Wire("connectingLane")] = None
    phase_id: Annotated[int | None, Wire("phaseId")] = None  # the SPAT phase that controls it


class Movement(Record, frozen=True, kw_only=True):
    """A way from a link through the junction."""

    remote: Annotated[NodeReferenceId, Wire("remoteIntersection")]  # next node on the way
    phase_id: Annotated[int | None, Wire("phaseId")] = None  # the SPAT phase that controls it


class Lane(Record, frozen=True, kw_only=True):
    """One lane of a link."""

    lane_id: Annotated[int, Wire("laneID")]  # 1.. from the left in driving direction; 0 unknown
    width_m: Annotated[float | None, Wire("laneWidth", units.LANE_WIDTH)] = None
    attributes: Annotated[LaneAttributes | None, Wire("laneAttributes")] = None
    maneuvers: Annotated[tuple[names.Maneuver, ...] | None, Wire("maneuvers", MANEUVERS)] = None
    connects_to: Annotated[tuple[Connection, ...], Wire("connectsTo")] = ()  # up to 8 (T/CSAE 53-2020: 16)
    speed_limits: Annotated[tuple[SpeedLimit, ...], Wire("speedLimits")] = ()  # up to 9
    points: Annotated[tuple[RoadPoint, ...], Wire("points")] = ()  # centre line towards the stop line, 2..31


class Link(Record, frozen=True, kw_only=True):
    """The road from the upstream node to the node that holds the link."""

    name: Annotated[str | None, Wire("name")] = None  # ASCII, 1..63
    upstream: Annotated[NodeReferenceId, Wire("upstreamNodeId")]
    speed_limits: Annotated[tuple[SpeedLimit, ...], Wire("speedLimits")] = ()  # up to 9
    width_m: Annotated[float | None, Wire("linkWidth", units.LANE_WIDTH)] = None  # must be given in YD/T 3709-2020
    points: Annotated[tuple[RoadPoint, ...], Wire("points")] = ()  # centre line downstream, 2..31
    movements: Annotated[tuple[Movement, ...], Wire("movements")] = ()  # up to 32
    lanes: Annotated[tuple[Lane, ...], Wire("lanes")]  # 1..32


class Node(Record, frozen=True, kw_only=True):
    """A junction and the links that lead to it."""

    name: Annotated[str | None, Wire("name")] = None  # ASCII, 1..63
    id: Annotated[NodeReferenceId, Wire("id")]
    position: Annotated[Position | None, Wire("refPos", POSITION, reference=itself)]
    links: Annotated[tuple[Link, ...], Wire("inLinks")] = ()  # up to 32


class MapData(Record, frozen=True, kw_only=True, tag="mapFrame"):
    """The road network around the unit."""

    msg_cnt: Annotated[int, Wire("msgCnt")]  # 0..127
    moy: Annotated[int | None, Wire("timeStamp", units.MOY)] = None  # minute of the UTC year
    nodes: Annotated[tuple[Node, ...], Wire("nodes")]  # 1..32 (T/CSAE 53-2020: 63)
