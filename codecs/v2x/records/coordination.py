"""RSC, requests of the roadside to single vehicles or lanes (T/CSAE 157-2020, module RSC)."""

from __future__ import annotations

from typing import Annotated, get_args

from v2x import units
from v2x.fields import Flags
from v2x.records import names_ii
from v2x.records.bsm import DateTime
from v2x.records.common import Identity, MsgCount, Record
from v2x.records.planning import DRIVE_BEHAVIOR, Path
from v2x.records.rsi import ReferenceLink, ReferencePath
from v2x.wire.layout import Wire
from v2x.wire.limits import Limits
from v2x.wire.positions import POSITION, Position, itself

COORDINATION_INFO = Flags(get_args(names_ii.CoordinationInfo), 8)


class DriveSuggestion(Record, frozen=True, kw_only=True):
    """The manoeuvre that a vehicle should make."""

    behavior: Annotated[tuple[names_ii.DriveBehavior, ...], Wire("suggestion", DRIVE_BEHAVIOR)]
    life_time_s: Annotated[float | None, Wire("lifeTime", units.TIME_OFFSET)] = None  # after the message's secMark
    link: Annotated[ReferenceLink | None, Wire("relatedLink")] = None
    path: Annotated[ReferencePath | None, Wire("relatedPath")] = None


class VehicleCoordination(Record, frozen=True, kw_only=True):
    """A suggestion for one vehicle."""

    vehicle_id: Annotated[Identity, Wire("vehId")]
    suggestion: Annotated[DriveSuggestion | None, Wire("driveSuggestion")] = None
    path: Annotated[Path, Wire("pathGuidance")] = ()
    info: Annotated[tuple[names_ii.CoordinationInfo, ...] | None, Wire("info", COORDINATION_INFO)] = None


class LaneCoordination(Record, frozen=True, kw_only=True):
    """A suggestion for all vehicles of some lanes."""

    lanes: Annotated[ReferenceLink, Wire("targetLane")]
    path: Annotated[ReferencePath | None, Wire("relatedPath")] = None
    begin: Annotated[DateTime | None, Wire("tBegin")] = None
    end: Annotated[DateTime | None, Wire("tEnd")] = None
    speed_mps: Annotated[float | None, Wire("recommendedSpeed", units.SPEED)] = None
    behavior: Annotated[tuple[names_ii.DriveBehavior, ...] | None, Wire("recommendedBehavior", DRIVE_BEHAVIOR)] = None
    info: Annotated[tuple[names_ii.CoordinationInfo, ...] | None, Wire("info", COORDINATION_INFO)] = None
    description: Annotated[str | None, Wire("description", units.TEXT)] = None


class RoadsideCoordination(Record, frozen=True, kw_only=True, tag="RoadsideCoordination"):
    """Suggestions of the roadside."""

    msg_cnt: Annotated[MsgCount, Wire("msgCnt")]
    id: Annotated[Identity, Wire("id")]  # of the RSU
    sec_mark_ms: Annotated[int | None, Wire("secMark", units.SEC_MARK)]  # inside the UTC minute
    position: Annotated[Position | None, Wire("refPos", POSITION, reference=itself)]
    vehicles: Annotated[tuple[VehicleCoordination, ...], Limits(0, 16), Wire("coordinates")] = ()
    lanes: Annotated[tuple[LaneCoordination, ...], Limits(0, 8), Wire("laneCoordinates")] = ()
