"""PAM, the map of a parking area and the way in it (T/CSAE 157-2020, module PAM)."""

from __future__ import annotations

from typing import Annotated, get_args

from v2x import units
from v2x.fields import Flags
from v2x.records import names_ii
from v2x.records.common import DescriptiveName, Identity, MsgCount, Octet, Record, Word
from v2x.records.lane import POINTS, RoadPoint
from v2x.wire.layout import Wire
from v2x.wire.limits import Limits
from v2x.wire.positions import POSITION, Position, itself

PARKING_TYPE = Flags(get_args(names_ii.ParkingType), 10)
NODE_ATTRIBUTES = Flags(get_args(names_ii.PamNodeAttribute), 8)


class ParkingLotInfo(Record, frozen=True, kw_only=True):
    """The kind of parking area."""

    id: Annotated[Word | None, Wire("id")] = None
    name: Annotated[DescriptiveName | None, Wire("name")] = None
    slots: Annotated[Word | None, Wire("number")] = None
    floors: Annotated[Annotated[int, Limits(0, 256)] | None, Wire("buildingLayerNum")] = None
    type: Annotated[names_ii.ParkingLotType | None, Wire("avpType")] = None  # p0 plain .. p5 automated vehicles only


class ParkingSlotPosition(Record, frozen=True, kw_only=True):
    """Three corners of a rectangle; cars enter over its top edge."""

    top_left: Annotated[Position | None, Wire("topLeft", relative=True)]
    top_right: Annotated[Position | None, Wire("topRight", relative=True)]
    bottom_left: Annotated[Position | None, Wire("bottomLeft", relative=True)]


class ParkingSlot(Record, frozen=True, kw_only=True):
    """A place for one vehicle."""

    slot_id: Annotated[Word, Wire("slotID")]
    corners: Annotated[ParkingSlotPosition | None, Wire("position")] = None
    sign: Annotated[DescriptiveName | None, Wire("sign")] = None
    type: Annotated[tuple[names_ii.ParkingType, ...], Wire("parkingType", PARKING_TYPE)]
    status: Annotated[names_ii.SlotStatus, Wire("status")]
    theta: Annotated[names_ii.ParkingTheta, Wire("parkingSpaceTheta")]
    lock: Annotated[names_ii.ParkingLock, Wire("parkingLock")]


class ParkingDrive(Record, frozen=True, kw_only=True):
    """The drive from the upstream node to the node that holds it (PAMDrive)."""

    upstream: Annotated[Word, Wire("upstreamPAMNodeId")]
    drive_id: Annotated[Octet | None, Wire("driveID")] = None
    two_way_separated: Annotated[bool | None, Wire("twowaySepration")] = None
    speed_limit_mps: Annotated[float | None, Wire("speedLimit", units.SPEED)] = None
    clearance_m: Annotated[float | None, Wire("heightRestriction", units.CLEARANCE)] = None
    width_m: Annotated[float | None, Wire("driveWidth", units.LANE_WIDTH)] = None
    lanes: Annotated[Annotated[int, Limits(0, 100)] | None, Wire("laneNum")] = None
    points: Annotated[tuple[RoadPoint, ...], POINTS, Wire("points")] = ()
    movements: Annotated[tuple[Word, ...], Limits(0, 32), Wire("movements")] = ()  # nodes that can be reached
    slots: Annotated[tuple[ParkingSlot, ...], Limits(0, 256), Wire("parkingSlots")] = ()


class ParkingNode(Record, frozen=True, kw_only=True):
    """A place where drives meet (PAMNode)."""

    id: Annotated[Word, Wire("id")]  # 0..255 for tests
    position: Annotated[Position | None, Wire("refPos", POSITION, reference=itself)]
    floor: Annotated[Annotated[int, Limits(-128, 128)] | None, Wire("floor")] = None
    attributes: Annotated[tuple[names_ii.PamNodeAttribute, ...] | None, Wire("attributes", NODE_ATTRIBUTES)] = None
    drives: Annotated[tuple[ParkingDrive, ...], Limits(0, 63), Wire("inDrives")] = ()


class ParkingGuide(Record, frozen=True, kw_only=True):
    """The way for one vehicle."""

    vehicle_id: Annotated[Identity, Wire("vehId")]
    path: Annotated[tuple[Word, ...], Limits(1, 32), Wire("drivePath")]  # nodes
    slot_id: Annotated[Word | None, Wire("targetParkingSlot")] = None


class ParkingAreaMap(Record, frozen=True, kw_only=True, tag="PAMData"):
    """A parking area, its places and the way to them."""

    msg_cnt: Annotated[MsgCount, Wire("msgCnt")]
    moy: Annotated[int | None, Wire("timeStamp", units.MOY)] = None  # minute of the UTC year
    lot: Annotated[ParkingLotInfo, Wire("parkingLotInfo")]
    nodes: Annotated[tuple[ParkingNode, ...], Limits(1, 63), Wire("pamNodes")]
    guides: Annotated[tuple[ParkingGuide, ...], Limits(0, 16), Wire("parkingAreaGuidance")] = ()
