"""VIR, a vehicle's intentions and requests (T/CSAE 157-2020, module VIR)."""

from __future__ import annotations

from typing import Annotated, TypeAlias, get_args

from v2x import units
from v2x.fields import Flags
from v2x.records import names_ii
from v2x.records.bsm import DateTime
from v2x.records.common import Identity, MsgCount, NodeReferenceId, Octet, Record, VehicleClassification, Word
from v2x.records.parking import PARKING_TYPE
from v2x.records.planning import DRIVE_BEHAVIOR, Path, PathPlanningPoint
from v2x.records.rsi import ReferencePath
from v2x.records.sections import MovementEx
from v2x.wire.layout import Wire
from v2x.wire.limits import Limits
from v2x.wire.positions import POSITION, Position, itself

PARKING_REQUEST = Flags(get_args(names_ii.ParkingRequest), 12)


class LaneChangeRequest(Record, frozen=True, kw_only=True, tag="laneChange"):
    """To change to a lane of a link (Req-LaneChange)."""

    upstream: Annotated[NodeReferenceId, Wire("upstreamNode")]
    downstream: Annotated[NodeReferenceId, Wire("downstreamNode")]
    lane: Annotated[Octet, Wire("targetLane")]


class ClearTheWayRequest(Record, frozen=True, kw_only=True, tag="clearTheWay"):
    """To have a lane cleared (Req-ClearTheWay)."""

    upstream: Annotated[NodeReferenceId, Wire("upstreamNode")]
    downstream: Annotated[NodeReferenceId, Wire("downstreamNode")]
    lane: Annotated[Octet, Wire("targetLane")]
    path: Annotated[ReferencePath | None, Wire("relatedPath")] = None
    begin: Annotated[DateTime | None, Wire("tBegin")] = None
    end: Annotated[DateTime | None, Wire("tEnd")] = None


class SignalPriorityRequest(Record, frozen=True, kw_only=True, tag="signalPriority"):
    """To have green at a junction (Req-SignalPriority)."""

    intersection_id: Annotated[NodeReferenceId, Wire("intersectionId")]
    movement: Annotated[MovementEx, Wire("requiredMov")]
    arrival_s: Annotated[float | None, Wire("estimatedArrivalTime", units.TIME_OFFSET)] = None  # after secMark
    distance_m: Annotated[float | None, Wire("distance2Intersection", units.DISTANCE)] = None


class SensorSharingRequest(Record, frozen=True, kw_only=True, tag="sensorSharing"):
    """Request for the objects that other senders see in an area (Req-SensorSharing)."""

    areas: Annotated[tuple[ReferencePath, ...], Limits(1, 8), Wire("detectArea")]


class ParkingAreaRequest(Record, frozen=True, kw_only=True, tag="parking"):
    """To use a parking area (Req-ParkingArea)."""

    vehicle_class: Annotated[VehicleClassification, Wire("vehicleClass")]
    request: Annotated[tuple[names_ii.ParkingRequest, ...], Wire("req", PARKING_REQUEST)]
    parking_type: Annotated[tuple[names_ii.ParkingType, ...] | None, Wire("parkingType", PARKING_TYPE)] = None
    slot_id: Annotated[Word | None, Wire("expectedParkingSlotID")] = None


Request: TypeAlias = (
    LaneChangeRequest | ClearTheWayRequest | SignalPriorityRequest | SensorSharingRequest | ParkingAreaRequest
)


class DriveRequest(Record, frozen=True, kw_only=True):
    """One request, repeated under one id until it is done."""

    request_id: Annotated[Octet, Wire("reqID")]
    status: Annotated[names_ii.RequestStatus, Wire("status")]
    priority: Annotated[int | None, Wire("reqPriority", units.PRIORITY)] = None  # 0..7, 7 highest
    vehicle_id: Annotated[Identity | None, Wire("targetVeh")] = None  # the vehicle that it is for
    rsu_id: Annotated[Identity | None, Wire("targetRSU")] = None  # the roadside unit that it is for
    info: Annotated[Request | None, Wire("info")] = None
    life_time_s: Annotated[float | None, Wire("lifeTime", units.TIME_OFFSET)] = None  # after secMark


class Intention(Record, frozen=True, kw_only=True):
    """The vehicle's state, intentions and requests (IARData)."""

    current: Annotated[PathPlanningPoint | None, Wire("currentPos")] = None
    path: Annotated[Path, Wire("path-Planning")] = ()
    behavior: Annotated[tuple[names_ii.DriveBehavior, ...] | None, Wire("currentBehavior", DRIVE_BEHAVIOR)] = None
    requests: Annotated[tuple[DriveRequest, ...], Limits(0, 8), Wire("reqs")] = ()


class VehicleIntentionAndRequest(Record, frozen=True, kw_only=True, tag="VehIntentionAndRequest"):
    """Intention and requests of one vehicle."""

    msg_cnt: Annotated[MsgCount, Wire("msgCnt")]
    id: Annotated[Identity, Wire("id")]  # that of the vehicle's BSM
    sec_mark_ms: Annotated[int | None, Wire("secMark", units.SEC_MARK)]  # inside the UTC minute
    position: Annotated[Position | None, Wire("refPos", POSITION, reference=itself)]  # at secMark
    intention: Annotated[Intention, Wire("intAndReq")]
