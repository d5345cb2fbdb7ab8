"""The links of phase II: sections with lanes along a reference line (T/CSAE 157-2020, module Map)."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from v2x import units
from v2x.records import names, names_ii
from v2x.records.common import DescriptiveName, NodeReferenceId, Octet, Record
from v2x.records.lane import MANEUVERS, POINTS, LaneAttributes, RoadPoint, SpeedLimit
from v2x.wire.layout import Wire
from v2x.wire.limits import Limits
from v2x.wire.positions import Position

LaneRef: TypeAlias = Annotated[int, Limits(-31, 31)]  # 0 the reference line, 1, 2, .. to its left, -1, -2, .. right
SectionId: TypeAlias = Annotated[int, Limits(1, 63)]  # 1.. from upstream
# relative to the position of the message or node
Polygon: TypeAlias = Annotated[tuple[Annotated[Position | None, Wire("", relative=True)], ...], Limits(4, 32)]


class MovementEx(Record, frozen=True, kw_only=True):
    """A way from a link through the junction."""

    remote: Annotated[NodeReferenceId, Wire("remoteIntersection")]  # next node on the way
    phase_id: Annotated[Octet | None, Wire("phaseId")] = None  # the SPAT phase that controls it
    turn: Annotated[names_ii.TurnDirection | None, Wire("turn-direction")] = None


class SignalWaitingLane(Record, frozen=True, kw_only=True):
    """The area inside the junction where vehicles that turn left wait."""

    width_m: Annotated[float, Wire("laneWidth", units.LANE_WIDTH)]
    points: Annotated[tuple[RoadPoint, ...], Limits(2, 31), Wire("points")]
    phase_ids: Annotated[tuple[Octet, ...], Limits(0, 7), Wire("allowedPhaseIds")] = ()  # when it may be entered


class ConnectingLaneEx(Record, frozen=True, kw_only=True):
    """The lane behind the junction, and the way to it."""

    section: Annotated[SectionId, Wire("target-section")]  # of the downstream link
    lane: Annotated[LaneRef, Wire("target-lane")]
    width_m: Annotated[float | None, Wire("connectingLaneWidth", units.LANE_WIDTH)] = None
    points: Annotated[tuple[RoadPoint, ...], POINTS, Wire("connectingLanePoints")] = ()
    isolated: Annotated[bool | None, Wire("isolatedConnectingLane")] = None


class ConnectionEx(Record, frozen=True, kw_only=True):
    """A way from a lane through the junction."""

    remote: Annotated[NodeReferenceId, Wire("remoteIntersection")]  # next node on the way
    waiting_lane: Annotated[SignalWaitingLane | None, Wire("swl")] = None
    lanes: Annotated[tuple[ConnectingLaneEx, ...], Limits(0, 16), Wire("connectingLane")] = ()
    phase_id: Annotated[Octet | None, Wire("phaseId")] = None  # the SPAT phase that controls it
    turn: Annotated[names_ii.TurnDirection | None, Wire("turn-direction")] = None


class StPoint(Record, frozen=True, kw_only=True):
    """A point along and across the reference line."""

    s_m: Annotated[float, Wire("s-axis", units.S_AXIS)]
    t_m: Annotated[float, Wire("t-axis", units.T_AXIS)]  # left +


class LaneLineType(Record, frozen=True, kw_only=True):
    """The markings on both sides of a lane."""

    left: Annotated[names_ii.LaneLine | None, Wire("leftLaneLine")]
    right: Annotated[names_ii.LaneLine | None, Wire("rightLaneLine")]


class LaneEx(Record, frozen=True, kw_only=True):
    """One lane of a section."""

    lane: Annotated[LaneRef, Wire("laneRefID")]
    width_m: Annotated[float | None, Wire("laneWidth", units.LANE_WIDTH)] = None
    attributes: Annotated[LaneAttributes | None, Wire("laneAttributes")] = None
    maneuvers: Annotated[tuple[names.Maneuver, ...] | None, Wire("maneuvers", MANEUVERS)] = None
    connects_to: Annotated[tuple[ConnectionEx, ...], Limits(0, 32), Wire("connectsTo-ex")] = ()
    speed_limits: Annotated[tuple[SpeedLimit, ...], Limits(0, 9), Wire("speedLimits")] = ()
    points: Annotated[tuple[StPoint, ...], Limits(2, 63, empty=True), Wire("st-points")] = ()
    lines: Annotated[LaneLineType | None, Wire("laneLineType")] = None  # not in all copies of the standard


class Section(Record, frozen=True, kw_only=True):
    """A stretch of a link in which the lanes stay the same."""

    section: Annotated[SectionId, Wire("secId")]
    lanes: Annotated[tuple[LaneEx, ...], Limits(1, 32), Wire("lanes")]


class LinkEx(Record, frozen=True, kw_only=True):
    """The road from the upstream node to the node that holds the link."""

    name: Annotated[DescriptiveName | None, Wire("name")] = None
    upstream: Annotated[NodeReferenceId, Wire("upstreamNodeId")]
    speed_limits: Annotated[tuple[SpeedLimit, ...], Limits(0, 9), Wire("speedLimits")] = ()
    width_m: Annotated[float | None, Wire("linkWidth", units.LANE_WIDTH)] = None
    reference_line: Annotated[tuple[RoadPoint, ...], POINTS, Wire("refLine")] = ()  # lane 0, of the whole link
    movements: Annotated[tuple[MovementEx, ...], Limits(0, 32), Wire("movements-ex")] = ()
    sections: Annotated[tuple[Section, ...], Limits(1, 16), Wire("sections")]


class ProhibitedZone(Record, frozen=True, kw_only=True):
    """Areas of a junction that must not be entered."""

    centre: Annotated[Polygon | None, Wire("centralCircleProhibitedZone")] = None
    non_motor: Annotated[tuple[Polygon, ...], Limits(0, 16), Wire("non-motorVehicleProhibitedZones")] = ()
    grid_line: Annotated[tuple[Polygon, ...], Limits(2, 16, empty=True), Wire("gridLineMarkingProhibitedZones")] = ()
